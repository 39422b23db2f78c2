"""Trial: starts of the service on indexes in all states, beside other builders, and where a rebuild is wanted."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from pathlib import Path

from bench.reliability.index_states import STATES, Damage
from bench.reliability.outcome import Outcome, Row, Scale, count_failures, seconds
from bench.reliability.programs import build_index, environment, tripwires
from bench.reliability.service import PROBE, Answer, answer_within, started, wait_until
from bench.reliability.texts import write_article, write_corpus
from kb.own_process import module_command
from kb.storage.lock import builder_at_work

START_S = 12.0
"""Seconds within which a start on a whole generation has to answer, machine code prepared."""

SLOW_S = 25
"""Seconds that reading the slow article takes: longer than a start may."""


def run_starts(scale: Scale, folder: Path) -> Outcome:
    """Rows of starts with and without a corpus, and of starts that a builder must not delay."""
    corpus, index = _two_generations(folder)
    states = dict(list(STATES.items())[:: scale.pick(1, 4)])
    rows = [
        _states("without a corpus", folder, index, states, []),
        _states("with a corpus", folder, index, states, [corpus]),
        _beside_a_stopped_builder(folder / "stopped", corpus, index),
        _after_a_change_of_language(folder / "language", corpus, index),
        _restarted_during_a_build(folder / "restart", corpus, index),
    ]
    return Outcome(tuple(rows))


def _two_generations(folder: Path) -> tuple[Path, Path]:
    corpus, index = folder / "corpus", folder / "index"
    write_corpus(corpus, 60)
    build_index(corpus, index)
    write_article(corpus / "second.txt", "Second", "A stone of the second generation.")
    build_index(corpus, index)
    return corpus, index


def _states(case: str, folder: Path, index: Path, states: dict[str, Damage], corpus: list[Path]) -> Row:
    """The row of starts on an index in each state; the working folder has no `corpus/`."""
    problems, slowest = [], 0.0
    for number, (state, damage) in enumerate(states.items()):
        place = folder / f"{case[:5].strip()}-{number}"
        copy = place / "index"
        shutil.copytree(index, copy)
        damage(copy)
        begin = time.monotonic()
        with started(place, *corpus, "--index", copy, "--workers", "1") as service:
            answer = answer_within(service, START_S)
            slowest = max(slowest, time.monotonic() - begin) if answer else slowest
            problems.append("" if answer else f"{state}: {service.said().strip()[-200:]}")
    return count_failures(f"states of the index folder, {case}", problems, f"first answer after {seconds(slowest)}")


def _beside_a_stopped_builder(folder: Path, corpus: Path, index: Path) -> Row:
    """The row of a start while another builder has the lock and does nothing."""
    own, copy = _copies(folder, corpus, index)
    write_article(own / "stop.txt", "Stop", "Reading this stops the process.")
    command = module_command("kb", "index", str(own), "--index", str(copy))
    variables = environment(**tripwires(folder / "wires", {"stop.txt": "stop"}))
    with subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as builder:
        try:
            if wait_until(lambda: builder_at_work(copy) is not None, 20) is None:
                raise TimeoutError("the builder to be stopped did not begin")
            time.sleep(1)
            row = _start("another builder stopped", folder, own, copy, {})
        finally:
            builder.send_signal(signal.SIGKILL)
    return row


def _after_a_change_of_language(folder: Path, corpus: Path, index: Path) -> Row:
    """The row of a start that has to read every article anew, one of them for longer than a start may take."""
    own, copy = _copies(folder, corpus, index)
    write_article(own / "slow.txt", "Slow", "Reading this stone takes long.")
    variables = {"KB_LANGUAGE": "german", **tripwires(folder / "wires", {"slow.txt": str(SLOW_S)})}
    return _start("changed language, a slow rebuild", folder, own, copy, variables)


def _restarted_during_a_build(folder: Path, corpus: Path, index: Path) -> Row:
    """The row of a restart while the watcher of the service before is in the middle of a build."""
    own, copy = _copies(folder, corpus, index)
    wires = tripwires(folder / "wires", {"slow.txt": str(SLOW_S)})
    with started(folder, own, "--index", copy, "--workers", "1", **wires) as service:
        if answer_within(service, START_S) is None:
            return Row("restart during a build", 1, 1, "the first start did not answer")
        write_article(own / "slow.txt", "Slow", "Reading this stone takes long.")
        wait_until(lambda: builder_at_work(copy) is not None, 10)
        time.sleep(0.5)
    return _start("restart during a build", folder, own, copy, wires)


def _start(case: str, folder: Path, corpus: Path, index: Path, variables: dict[str, str]) -> Row:
    begin = time.monotonic()
    with started(folder, corpus, "--index", index, "--workers", "1", **variables) as service:
        answer = answer_within(service, START_S, PROBE)
        passed = time.monotonic() - begin
    return count_failures(case, [_problem(answer)], f"first answer after {seconds(passed)}")


def _problem(answer: Answer | None) -> str:
    return "" if answer else f"no answer within {START_S:.0f} s"


def _copies(folder: Path, corpus: Path, index: Path) -> tuple[Path, Path]:
    return Path(shutil.copytree(corpus, folder / "corpus")), Path(shutil.copytree(index, folder / "index"))
