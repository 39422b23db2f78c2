"""What a start costs: processor time of the commands, from an empty folder of machine code on; memory of the service.

    python -m bench.start CORPUS

CORPUS is a folder of articles, such as `corpus/`. Nothing outside a temporary folder is read or changed. The page of
figures is Markdown. Processor time is that of a command and of all processes it starts; memory is the PSS of all
processes of `kb serve --workers 2` after some searches (Linux; a page of n processes counts as one n-th in each).
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from bench.machine import describe_machine
from bench.proc import family_of, memory_of
from bench.tables import table

QUERIES = ("tea", "sleep", "magnesium", "muscle+relaxer", "%22jet+lag%22")
"""Searches asked of the service, each some times, so that both workers have answered."""

START_SECONDS = 300.0
"""Patience with a service that compiles before it listens."""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        print(start_page(options.corpus, Path(folder)))


def start_page(corpus: Path, folder: Path) -> str:
    """The figures as Markdown."""
    index, code = folder / "index", folder / "code"
    rows = [
        ["`kb index`, nothing compiled before", _seconds(code, "index", corpus, "--index", index)],
        ["`kb search`, nothing compiled before", _seconds(code, "search", "sleep", "--index", index)],
        ["`kb --version`", _seconds(code, "--version")],
        ["`kb status`", _seconds(code, "status", "--index", index)],
        ["`kb prepare`", _seconds(code, "prepare")],
        ["`kb search`, prepared", _seconds(code, "search", "sleep", "--index", index)],
        ["`kb index`, prepared, nothing new", _seconds(code, "index", corpus, "--index", index)],
    ]
    fresh = folder / "fresh"
    memory = [
        ["first start, which compiles", f"{_service_megabytes(fresh, corpus, folder / 'first'):,.0f}"],
        ["second start", f"{_service_megabytes(fresh, corpus, folder / 'second'):,.0f}"],
    ]
    parts = [
        describe_machine(),
        table(["command", "CPU, s"], rows),
        table(["`kb serve --workers 2`", "PSS, MB"], memory),
    ]
    return "\n\n".join(parts)


def _seconds(code: Path, *arguments: str | Path) -> str:
    """Processor seconds of a command and of its processes, with two decimals."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "kb", *map(str, arguments)]
    subprocess.run(command, env=_environment(code), check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return f"{after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime:.2f}"


def _service_megabytes(code: Path, corpus: Path, index: Path) -> float:
    """Memory of all processes of a service with two workers, in megabytes."""
    with _service(code, corpus, index) as (process, address):
        for query in QUERIES * 8:
            with urlopen(f"{address}v1/search?q={query}&snippets=2") as answer:
                answer.read()
        time.sleep(2)
        return sum(memory_of(member).pss for member in family_of(process.pid)) / 1e6


@contextmanager
def _service(code: Path, corpus: Path, index: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running service, and its address."""
    command = [sys.executable, "-m", "kb", "serve", str(corpus), "--index", str(index), "--workers", "2", "--port", "0"]
    process = subprocess.Popen(
        command, env=_environment(code), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        yield process, _address(process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()


def _address(process: subprocess.Popen[str]) -> str:
    """The address that the service says, once it answers."""
    assert process.stdout
    said = next(line for line in process.stdout if " is at http" in line)
    address = said.split(" is at ")[1].split()[0]
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(URLError), urlopen(f"{address}readyz"):
            return address
        time.sleep(0.1)
    raise TimeoutError(f"{address} does not answer")


def _environment(code: Path) -> dict[str, str]:
    """The environment, without settings of kb, with a folder of its own for machine code."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    return {**inherited, "NUMBA_CACHE_DIR": str(code)}


if __name__ == "__main__":
    main()
