"""Rot of the index: random damage to the current generation, before it is opened and while it is open.

    python -m bench.reliability.flips ROUNDS [--seed N]

For each round a process opens the damaged index, asks some sixty probes, looks over the files once as a worker does
in the background, and asks again. No process may end by a signal, and after the look no answer may be wrong or an
error, as another whole generation is there. In every 25th round a build must repair the index. All files count as
large ones, which are not hashed at opening.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bench.reliability.probes import Probe, answers_of, compare, probes_of
from bench.reliability.rot import KINDS, WHILE_OPEN, Damage, draw_damage
from kb.articles.corpus import FolderCorpus
from kb.compiled import load, loops
from kb.cores import usable_cores
from kb.errors import IndexFailure
from kb.indexing.builder import Builder
from kb.indexing.verification import check
from kb.search.live import LiveSearcher, open_generation
from kb.settings import Settings
from kb.storage import checksums
from kb.storage.damage_notes import clear_notes
from kb.storage.generations import Generations
from kb.text.tokens import Analyzer

CORPUS = Path(__file__).parents[2] / "corpus"
ANALYZER = Analyzer()
SETTINGS = Settings(query_ms=60_000, scrub_minutes=0)

MOST_BYTES = 10_000_000
"""Bytes of an article file."""

REPAIRED = 25
"""A build repairs the index in every round of which the number is a multiple of this."""

MOST_MEMORY = 6 << 30
"""Address space of a process: a size read from a damaged file must not take all memory of the machine."""

MOST_SECONDS = 60
"""Seconds after which a process counts as hanging."""


class Archive(NamedTuple):
    """An index of two generations, and the expected answers to the probes by seal of the generation."""

    folder: Path
    probes: list[Probe]
    expected: dict[str, list[bytes]]


class Round(NamedTuple):
    """The end of a round.

    case      kind of damage, and the moment
    refused   whether the damaged generation was not opened
    wrong     answers wrong in silence before the look
    errors    errors before the look
    failures  broken promises in words
    """

    case: str
    refused: bool
    wrong: int
    errors: int
    failures: list[str]


def run_rounds(folder: Path, rounds: int, seed: int = 0, lanes: int = 0) -> list[Round]:
    """Rounds in `lanes` processes, by default as many as cores, each with an index of its own in the folder."""
    load(loops())
    lanes = min(lanes or usable_cores(), rounds)
    # Forked while no thread is running, so that every process has the machine code.
    started = [_fork(_lane, folder / f"lane-{lane}", range(lane, rounds, lanes), seed) for lane in range(lanes)]
    ended = [_finish(process) for process in started]
    return [Round(*fields) for status, rows in ended for fields in rows or [("lane", False, 0, 0, [status])]]


def table(rounds: Sequence[Round]) -> str:
    """The rounds of each case as a Markdown table."""
    heads = "damage", "rounds", "not opened", "wrong before", "errors before", "failed"
    lines = [f"| {' | '.join(heads)} |", "|---|---:|---:|---:|---:|---:|"]
    for case in sorted({each.case for each in rounds}):
        own = [each for each in rounds if each.case == case]
        counts = (sum(bool(value) for value in column) for column in list(zip(*own, strict=True))[1:])
        lines.append(f"| {case} | {len(own)} | {' | '.join(map(str, counts))} |")
    return "\n".join(lines)


def _lane(folder: Path, numbers: Sequence[int], seed: int) -> list[Round]:
    checksums.ALWAYS_HASHED = 0
    archive = _make_archive(folder)
    return [_round(archive, number, random.Random(f"{seed} {number}")) for number in numbers]


def _make_archive(folder: Path) -> Archive:
    shutil.copytree(CORPUS, folder / "corpus")
    for _ in range(2):
        Builder(folder / "index", ANALYZER).build(FolderCorpus(folder / "corpus", max_bytes=MOST_BYTES))
        changed = min((folder / "corpus").rglob("*.txt"))
        changed.write_text(changed.read_text(encoding="utf-8") + "\n\nAdded later.\n", encoding="utf-8")
    searchers = [open_generation(found, SETTINGS, ANALYZER) for found in Generations(folder / "index").all()]
    probes = probes_of(searchers[0])
    return Archive(folder / "index", probes, {found.seal: answers_of(found, probes) for found in searchers})


def _round(archive: Archive, number: int, chance: random.Random) -> Round:
    is_open = chance.random() < 0.4
    kinds = {kind: odds for kind, odds in KINDS.items() if kind in WHILE_OPEN or not is_open}
    damage = draw_damage(chance, Generations(archive.folder).current().path, kinds)
    case = f"{damage.kind}, {'while open' if is_open else 'before opening'}"
    if not is_open:
        damage.do()
    try:
        status, found = _finish(_fork(_attempt, archive, damage if is_open else None, number % REPAIRED == 0))
    finally:
        damage.undo()
        clear_notes(archive.folder)
    files = ", ".join(path.suffix or path.name for path in damage.before)
    if found is None:
        return Round(case, False, 0, 0, [f"round {number}, {case}, {files}: {status}"])
    refused, wrong, errors, failures = found
    return Round(case, refused, wrong, errors, [f"round {number}, {case}, {files}: {failure}" for failure in failures])


def _attempt(archive: Archive, damage: Damage | None, repairs: bool) -> tuple[bool, int, int, list[str]]:
    """Whether the newest generation was refused, differences before the look, and broken promises after it."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    signal.alarm(MOST_SECONDS)
    logging.disable()
    live = LiveSearcher(archive.folder, SETTINGS, ANALYZER)
    newest = live.current().generation == Generations(archive.folder).all()[0].name
    if damage:
        damage.do()
    wrong, errors = _differences(live, archive)
    live.look_over()
    failures = []
    if any(after := _differences(live, archive)):
        failures.append(f"{after[0]} wrong answers and {after[1]} errors after the look")
    live.close()
    if repairs and (problem := _repair(archive.folder)):
        failures.append(f"not repaired: {problem}")
    return not newest, wrong, errors, failures


def _differences(live: LiveSearcher, archive: Archive) -> tuple[int, int]:
    try:
        searcher = live.current()
    except IndexFailure:
        return 0, len(archive.probes)
    return compare(answers_of(searcher, archive.probes), archive.expected[searcher.seal])


def _repair(folder: Path) -> str:
    """The first problem of the index after a build upon a copy, or ""."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        copy = Path(name) / "index"
        shutil.copytree(folder, copy)
        Builder(copy, ANALYZER).build(FolderCorpus(folder.parent / "corpus", max_bytes=MOST_BYTES))
        return "".join(check(Generations(copy).current())[:1])


class _Process(NamedTuple):
    """A forked process, and the descriptor to read the result from."""

    pid: int
    result: int


def _fork(function: Callable[..., Any], *arguments: Any) -> _Process:
    """Start a process that runs a function and writes the result as JSON."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return _Process(pid, reading)
    code = 1
    try:
        with os.fdopen(writing, "w") as file:
            json.dump(function(*arguments), file)
        code = 0
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(code)


def _finish(process: _Process) -> tuple[str, Any]:
    """How a process ended, and its result; None if it did not end well."""
    with os.fdopen(process.result) as file:
        written = file.read()
    _, status = os.waitpid(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code == 0:
        return "", json.loads(written)
    return f"ended by {signal.Signals(-code).name}" if code < 0 else "ended by an exception", None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the rounds, print the table and every failure; 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m bench.reliability.flips", description=__doc__.partition("\n")[0])
    parser.add_argument("rounds", type=int, help="processes that open a damaged index")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other damage")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kb-flips-") as folder:
        rounds = run_rounds(Path(folder), options.rounds, options.seed)
    print(table(rounds))
    failures = [failure for each in rounds for failure in each.failures]
    print(*failures, f"{len(rounds)} rounds, {len(failures)} failures, {time.monotonic() - started:.0f} s", sep="\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
