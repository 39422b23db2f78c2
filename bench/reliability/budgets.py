"""What one request may cost: processor time, memory above the index, and how long the interpreter is held at once.

    python -m bench.reliability.budgets [FOLDER]

FOLDER holds the hostile index between runs; without it, the index is made in a temporary folder. Every kind of request
is asked of the service in a process of its own, which has opened the index and answered one small search. Memory is the
greatest anonymous resident set (Linux) during the request above the set before; "held" is the longest time for which
no other thread could run. The exit code is 1 if a request had no answer, an error, or took more than its bound.
"""

from __future__ import annotations

import argparse
import ctypes
import multiprocessing
import resource
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote_plus

from falcon import testing

from bench.machine import describe_machine
from bench.reliability.hostile import COLUMNS, HostileCorpus
from bench.reliability.queries import GRACE_S
from bench.tables import table
from kb.compiled import load, loops
from kb.indexing.builder import Builder
from kb.settings import Settings
from kb.text.tokens import Analyzer
from kb.web.app import open_app

_FORK = multiprocessing.get_context("fork")

_TICK_SECONDS = 0.001

CPU_S = Settings().query_ms / 1000 + GRACE_S
"""Processor seconds that a request may take; reading an article of 10 MB takes a small part of them."""

MEMORY_MB = 64.0
"""Memory that a request may take above the index."""

LONGEST_S = 60.0
"""Seconds after which a request counts as one without an answer."""

_PAIRS = [first + second for first in "bcdfghkl" for second in "aeiouxyz"]
_MISSPELLED = " ".join(f"a{pair}~2" for pair in _PAIRS)
_MANY_COLUMNS = " ".join(COLUMNS)


def _search(q: str, **parameters: object) -> str:
    given = {"q": q, **{name: str(value) for name, value in parameters.items()}}
    return "/v1/search?" + "&".join(f"{name}={quote_plus(value)}" for name, value in given.items())


REQUESTS: tuple[tuple[str, str], ...] = (
    ("article, no q", "/articles/prose"),
    ("article, q in it", "/articles/prose?q=sleep+alpha+the"),
    ("article of one word", "/articles/same?q=aa"),
    ("article, phrase", "/articles/letters?q=" + quote_plus("a-" * 60)),
    ("article as JSON", "/v1/articles/prose"),
    ("article as JSON, q in it", "/v1/articles/same?q=aa"),
    ("64 fuzzy words", _search(_MISSPELLED, mode="staff")),
    ("prefix of 1.1 M words", _search("aa* OR ab*", mode="staff")),
    ("64 prefixes", _search(" ".join(f"a{pair}*" for pair in _PAIRS), mode="staff")),
    ("64 wildcards", _search(" ".join(f"a{pair[0]}*{pair[1]}*" for pair in _PAIRS), mode="staff")),
    ("typing", _search("a", typing="true")),
    ("joined pieces", _search("a-" * 256)),
    ("one word, long articles", _search("aa")),
    ("two words next to each other", _search("alpha beta", snippets=5)),
    ("64 words next to each other", _search(_MANY_COLUMNS[:500])),
    ("64 words exactly", _search(_MANY_COLUMNS[:500], exact="true")),
    ("wide phrase", _search('"' + " ".join(COLUMNS[:40]) + '"~100', mode="staff")),
    ("phrase of one word", _search('"' + "aa " * 60 + '"~100', mode="staff")),
    ("any word of all", _search("a aa alpha beta sleep", match="any", limit=100, snippets=5)),
    ("every article", _search("", limit=100, snippets=5)),
    ("facets", _search("", facets="tag,site,author,language,year")),
    ("filter", "/v1/search?q=&filter[tag]=tag+7+3"),
    ("sort by title", _search("", sort="title", offset=900, limit=100)),
    ("sort by date", _search("alpha beta", sort="-date")),
    ("suggest a", "/v1/suggest?q=a"),
    ("suggest two", "/v1/suggest?q=a+l"),
    ("nothing found", _search("aq1 ar2 as3 at4 au5 av6 aw7 ax8")),
    ("explain fuzzy", _search("aa~1", mode="staff", explain="true")),
    ("explain columns", _search(_MANY_COLUMNS[:500], mode="staff", explain="true")),
    ("explain phrase", _search('"' + "a " * 60 + '"', mode="staff", explain="true")),
    ("result page", "/?q=alpha+beta+aa"),
)
"""Kinds of request, each with an address."""


class Cost(NamedTuple):
    """What a request took."""

    status: int
    cpu: float
    """Seconds."""
    seconds: float
    held: float
    """Longest time without another thread, in seconds."""
    partial: str
    size: int
    """Bytes of the answer."""
    above: float = 0.0
    """Memory above that before, in megabytes."""

    @property
    def cells(self) -> list[str]:
        figures = f"{self.cpu:.2f}", f"{self.seconds:.2f}", f"{self.above:.0f}", f"{1000 * self.held:.0f}"
        return [str(self.status), *figures, self.partial, f"{self.size / 1000:,.0f}"]

    @property
    def problem(self) -> str:
        """What breaks the promise, in words; empty if nothing does."""
        if self.status >= 400:
            return f"status {self.status}"
        found = []
        if self.cpu > CPU_S:
            found.append(f"{self.cpu:.2f} s of processor time, of {CPU_S:.1f}")
        if self.above > MEMORY_MB:
            found.append(f"{self.above:.0f} MB above the index, of {MEMORY_MB:.0f}")
        return "; ".join(found)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table and every problem; 1 if there is one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--only", default="", help="requests with this text in their names")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        page, problems = budgets_page(options.folder or Path(temporary), options.only)
    print(page)
    print(*problems, f"{len(problems)} requests over their bounds", sep="\n")
    return 1 if problems else 0


def budgets_page(folder: Path, only: str = "") -> tuple[str, list[str]]:
    """The figures as Markdown, and the problems."""
    if not (folder / "CURRENT").exists():
        Builder(folder, Analyzer()).build(HostileCorpus())
    load(loops())
    heads = ["request", "status", "CPU, s", "time, s", "MB above", "held, ms", "partial", "answer, KB"]
    rows, problems = [], []
    for name, address in REQUESTS:
        if only in name:
            cells, problem = row_of(_cost(folder, address))
            rows.append([name, *cells])
            problems += [f"{name}: {problem}"] if problem else []
    return "\n\n".join([describe_machine(), table(heads, rows)]), problems


def row_of(cost: Cost | str) -> tuple[list[str], str]:
    """The figures of a request, or how its process ended without an answer, and the problem; empty if there is none."""
    if isinstance(cost, str):
        return [cost, *["-"] * 6], f"no answer, {cost}"
    return cost.cells, cost.problem


def _cost(folder: Path, address: str) -> Cost | str:
    """What a request took; without an answer, how its process ended."""
    ours, theirs = _FORK.Pipe()
    process = _FORK.Process(target=_ask, args=(folder, address, theirs))
    process.start()
    theirs.close()
    try:
        ours.recv()
        before = most = _anonymous(process.pid or 0)
        ours.send(None)
        deadline = time.monotonic() + LONGEST_S
        while not ours.poll(_TICK_SECONDS):
            most = max(most, _anonymous(process.pid or 0))
            if time.monotonic() > deadline:
                process.kill()
                return f"none within {LONGEST_S:.0f} s"
        return Cost(*ours.recv())._replace(above=(most - before) / 1e6)
    except (EOFError, ConnectionError):
        process.join()
        return ended(process.exitcode or 0)
    finally:
        process.join()


def ended(code: int) -> str:
    """How a process ended, given its exit code: negative is a signal."""
    return f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"


def _anonymous(pid: int) -> int:
    """Anonymous resident memory of a process, in bytes; 0 once it has ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("RssAnon:"):
                return 1024 * int(line.split()[1])
    return 0


def _ask(folder: Path, address: str, pipe: Connection) -> None:
    """Ask in this process, once the other side says so, and send the cost."""
    client = testing.TestClient(open_app(Settings(index=str(folder))))
    client.simulate_get("/v1/search?q=health")
    # What the start left to the allocator would hide the first megabytes of the request.
    ctypes.CDLL(None).malloc_trim(0)
    ticker = _Ticker()
    ticker.start()
    pipe.send(None)
    pipe.recv()
    usage, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    ticker.held = 0.0
    answer = client.simulate_get(address)
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF)
    held = ticker.held
    cpu = after.ru_utime + after.ru_stime - usage.ru_utime - usage.ru_stime
    partial = "yes" if '"partial":true' in answer.text or "time for this" in answer.text else ""
    pipe.send((answer.status_code, cpu, seconds, held, partial, len(answer.content)))


class _Ticker(threading.Thread):
    """A thread that wants to run every millisecond, and knows the longest time it could not."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.held = 0.0

    def run(self) -> None:
        last = time.perf_counter()
        while True:
            time.sleep(_TICK_SECONDS)
            now = time.perf_counter()
            self.held = max(self.held, now - last)
            last = now


if __name__ == "__main__":
    sys.exit(main())
