"""Trial: the process that keeps the index fresh is killed, starved or deaf; it has to be back, and to say so."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from bench.proc import holdings_of
from bench.reliability.outcome import Outcome, Row, Scale, count_failures, not_run, seconds
from bench.reliability.programs import build_index, run_kb, tripwires
from bench.reliability.service import NAMESPACE, Service, answer_within, serving, started, wait_until
from bench.reliability.texts import write_article, write_corpus

BACK_S = 30.0
"""Seconds within which a new article has to be found, whatever happened to the watcher."""

FOUND_S = 15.0
"""Seconds for the same where nothing was done to it."""

FORBID_NOTICES = "echo 0 > /proc/sys/user/max_inotify_watches"


def run_watcher(scale: Scale, folder: Path) -> Outcome:
    """Rows by mishap: new articles that had to be found after it, and states that `/readyz` had to tell."""
    rounds = scale.pick(3, 2)
    rows = [
        *_mishap("kill -9", folder / "killed", rounds, _kill),
        *_mishap("descriptors used up", folder / "starved", rounds, _starve),
        _without_notices(folder / "deaf"),
        *_deadly_article(folder / "deadly"),
        _deadly_first_build(folder / "first"),
    ]
    return Outcome(tuple(rows))


def _prepare(folder: Path) -> tuple[Path, Path]:
    corpus, index = folder / "corpus", folder / "index"
    write_corpus(corpus, 60)
    build_index(corpus, index)
    return corpus, index


def _mishap(case: str, folder: Path, rounds: int, harm: Callable[[int], None]) -> list[Row]:
    """Rows of articles found after harm to the watcher, and of `/readyz`, which has to speak of it."""
    corpus, index = _prepare(folder)
    waits: list[float | None] = []
    told = []
    with serving(folder, corpus, "--index", index, "--workers", "1") as service:
        find_new(service, corpus, "before", BACK_S)
        for number in range(rounds):
            if (process := service.watcher()) is None:
                waits.append(None)
                continue
            harm(process)
            waits.append(find_new(service, corpus, f"after{number}", BACK_S))
            told.append("" if b'"watcher"' in service.ask("/readyz").body else "/readyz does not speak of the watcher")
    return [_found(f"{case}: a new article found", waits), count_failures(f"{case}: told by /readyz", told)]


def find_new(service: Service, corpus: Path, word: str, limit: float) -> float | None:
    """Seconds until a new article is found; None if it is not in time."""
    write_article(corpus / f"{word}.txt", f"New {word}", f"An article with the word {word}.")
    return wait_until(lambda: b'"hits":[{' in service.ask(f"/v1/search?q={word}&match=all").body, limit)


def _found(case: str, waits: list[float | None]) -> Row:
    problems = ["" if wait is not None else f"not within {BACK_S:.0f} s" for wait in waits]
    return count_failures(case, problems, f"after {seconds(max((wait or 0.0 for wait in waits), default=0.0))}")


def _kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)
    # Whoever looks after it gets to see that it has gone.
    time.sleep(0.2)


def _starve(process: int) -> None:
    """Allow a process no descriptor more than it has open."""
    most = holdings_of(process).descriptors
    resource.prlimit(process, resource.RLIMIT_NOFILE, (most, most))


def _without_notices(folder: Path) -> Row:
    """The row of a machine that has no notices of changes left: changes have to be found by looking."""
    case = "no notices of changes: a new article found"
    if shutil.which(NAMESPACE[0]) is None or subprocess.run([*NAMESPACE, FORBID_NOTICES], check=False).returncode:
        return not_run(case, "user namespaces are not allowed here")
    corpus, index = _prepare(folder)
    with serving(folder, corpus, "--index", index, "--workers", "1", before=FORBID_NOTICES) as service:
        find_new(service, corpus, "before", BACK_S)
        return _found(case, [find_new(service, corpus, word, BACK_S) for word in ("one", "two")])


def _deadly_article(folder: Path) -> list[Row]:
    """Rows of an article that ends every process that opens it: others are found, and a start is not kept from it."""
    corpus, index = _prepare(folder)
    wires = tripwires(folder / "wires", {"deadly.txt": "kill"})
    with serving(folder, corpus, "--index", index, "--workers", "1", **wires) as service:
        write_article(corpus / "deadly.txt", "Deadly", "Reading this ends the process.")
        time.sleep(1)
        others = [find_new(service, corpus, "other", BACK_S * 2), find_new(service, corpus, "later", BACK_S)]
    with started(folder, corpus, "--index", index, "--workers", "1", **wires) as service:
        again = "" if answer_within(service, FOUND_S) else f"no answer within {FOUND_S:.0f} s: {service.said()[-200:]}"
    report = run_kb(folder, "index", corpus, "--index", index, "--all-skipped", **wires)
    named = "" if "deadly.txt" in report.stdout + report.stderr else f"exit code {report.returncode}, not named"
    return [
        _found("an article that ends its reader: others found", others),
        count_failures("an article that ends its reader: the next start answers", [again]),
        count_failures("an article that ends its reader: named by kb index", [named]),
    ]


def _deadly_first_build(folder: Path) -> Row:
    """The row of a first start with such an article in the corpus: the service gets to its index."""
    write_corpus(folder / "corpus", 60)
    write_article(folder / "corpus" / "deadly.txt", "Deadly", "Reading this ends the process.")
    wires = tripwires(folder / "wires", {"deadly.txt": "kill"})
    with started(folder, folder / "corpus", "--index", folder / "index", "--workers", "1", **wires) as service:
        answer = answer_within(service, BACK_S * 2)
    problem = "" if answer else f"no index within {BACK_S * 2:.0f} s: {service.said()[-200:]}"
    return count_failures("an article that ends its reader: the first build", [problem])
