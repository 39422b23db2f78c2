"""Trial: hundreds of publications by one process with few descriptors, and readers that follow them."""

from __future__ import annotations

import resource
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import kb
from bench.proc import Holdings, holdings_of
from bench.reliability.growth import constant
from bench.reliability.outcome import Outcome, Row, Scale, seconds
from bench.reliability.programs import environment
from bench.reliability.service import stop, wait_until
from bench.reliability.texts import MARKER_WORD, MARKERS, marker_text, write_corpus, write_markers
from kb.articles.corpus import FolderCorpus
from kb.indexing.builder import Builder
from kb.own_process import module_command
from kb.storage.generations import Generations
from kb.text.tokens import Analyzer

DESCRIPTORS = 256
"""Limit of open files: macOS's default."""

WARM_UP = 10
"""Publications after which descriptors and maps have to stay as many."""

PUBLISHED_S = 20.0
"""Seconds within which a change has to be published."""

_SPAWN = get_context("spawn")


def run_builds(scale: Scale, folder: Path) -> Outcome:
    """Rows of publications by `kb index --watch`, and by one process that also searches every generation."""
    rounds = scale.pick(300, 30)
    corpus = folder / "corpus"
    write_corpus(corpus, 30)
    return Outcome((*_by_the_watcher(corpus, folder / "watched", rounds), *_by_one_process(folder, rounds)))


def _by_the_watcher(corpus: Path, index: Path, rounds: int) -> list[Row]:
    held: list[Holdings] = []
    waits: list[float | None] = []
    with _watching(corpus, index) as watcher:
        for version in range(rounds):
            newest = Generations(index).newest_published() or 0
            write_markers(corpus, version)
            waits.append(
                wait_until(partial(_is_published, index, newest + 1), PUBLISHED_S),
            )
            if watcher.poll() is not None:
                break
            held.append(holdings_of(watcher.pid))
        missed = waits.count(None) + rounds - len(waits)
        ended = f"ended with {watcher.returncode}; " if watcher.returncode is not None else ""
    slowest = max((wait for wait in waits if wait is not None), default=0.0)
    return [
        Row(
            f"kb index --watch, {DESCRIPTORS} descriptors: published",
            rounds,
            missed,
            f"{ended}slowest {seconds(slowest)}",
        ),
        constant("kb index --watch: descriptors and maps", held[WARM_UP:]),
    ]


@contextmanager
def _watching(corpus: Path, index: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = module_command("kb", "index", str(corpus), "--index", str(index), "--watch")
    with (index.parent / "watch.log").open("wb") as log:
        watcher = subprocess.Popen(command, env=environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    resource.prlimit(watcher.pid, resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
    try:
        if wait_until(lambda: Generations(index).newest_published(), 60) is None:
            raise TimeoutError(f"no first build: {(index.parent / 'watch.log').read_text()[-500:]}")
        # The watch begins after the first build; a change before it would be seen a minute later.
        time.sleep(1)
        yield watcher
    finally:
        stop(watcher)


def _is_published(index: Path, number: int) -> bool:
    return (Generations(index).newest_published() or 0) >= number


def _by_one_process(folder: Path, rounds: int) -> list[Row]:
    ours, theirs = _SPAWN.Pipe(duplex=False)
    process = _SPAWN.Process(target=_build_and_search, args=(folder, rounds, theirs), daemon=True)
    process.start()
    theirs.close()
    held: list[Holdings] = []
    problem = ""
    try:
        while isinstance(found := ours.recv(), Holdings):
            held.append(found)
        problem = found
    except EOFError:
        problem = "the process ended"
    process.join()
    return [
        Row(f"builds and searches of one process, {DESCRIPTORS} descriptors", rounds, rounds - len(held), problem),
        constant("builds and searches of one process: descriptors and maps", held[WARM_UP:]),
    ]


def _build_and_search(folder: Path, rounds: int, results: Connection) -> None:
    """Builds, each followed by a search in the new generation; sends what is open after each, then the error if any."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
    corpus, index = folder / "own", folder / "index"
    write_corpus(corpus, 30)
    try:
        for version in range(rounds):
            write_markers(corpus, version)
            Builder(index, Analyzer()).build(FolderCorpus(corpus, max_bytes=10**7))
            searcher = kb.open_index(index)
            texts = [hit.snippets[0].text for hit in searcher.search(MARKER_WORD).hits]
            searcher.close()
            if texts != [marker_text(version)] * MARKERS:
                raise ValueError(f"version {version} is not found: {texts[:1]}")
            results.send(holdings_of())
        results.send("")
    except Exception as error:
        results.send(f"{type(error).__name__}: {error}")
