"""Trial: builds killed at random moments, one after the other on the same index."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import kb
from bench.reliability.crashes import LEFTOVERS
from bench.reliability.forge import Forge, forge
from bench.reliability.outcome import Outcome, Scale, count_failures
from bench.reliability.texts import MARKER_WORD, MARKERS, versions_in, write_article, write_corpus, write_markers

ARTICLES = 60


def run_kills(scale: Scale, folder: Path) -> Outcome:
    """A row: builds killed, and after how many of them an article was lost or the next build failed."""
    corpus, index = folder / "corpus", folder / "index"
    write_corpus(corpus, ARTICLES)
    write_markers(corpus, 0)
    killed: list[bool] = []
    with forge(folder / "forge") as building:
        if building.build(corpus, "--index", index).code:
            raise RuntimeError("the first build failed")
        problems = list(_problems(building, corpus, index, scale.pick(200, 12), killed))
    return Outcome((count_failures("kill -9 at a random moment", problems, f"{sum(killed)} before their end"),))


def _problems(building: Forge, corpus: Path, index: Path, rounds: int, killed: list[bool]) -> Iterator[str]:
    """What was wrong after each killed build and the undisturbed one after it; `killed` gets whether it was in time."""
    chance = random.Random(5)
    longest = _time_one(building, corpus, index)
    for version in range(2, rounds + 2):
        _change(corpus, version)
        child = building.begin(corpus, "--index", index)
        killer = threading.Timer(chance.uniform(0, longest), _kill, [child])
        killer.start()
        ended = building.finish(child)
        killer.cancel()
        killer.join()
        killed.append(ended.code == -signal.SIGKILL)
        found = _versions(index)
        if found not in ({version - 1}, {version}):
            yield f"version {found} after a build of version {version} was killed"
            continue
        begin = time.monotonic()
        repaired = building.build(corpus, "--index", index)
        longest = time.monotonic() - begin
        left = [path.name for pattern in LEFTOVERS for path in index.glob(pattern)]
        if repaired.code or _versions(index) != {version} or left:
            yield f"the next build: {repaired.code} {repaired.output.strip()} {left}"
        else:
            yield ""


def _time_one(building: Forge, corpus: Path, index: Path) -> float:
    _change(corpus, 1)
    begin = time.monotonic()
    building.build(corpus, "--index", index)
    return time.monotonic() - begin


def _change(corpus: Path, version: int) -> None:
    """A new version of the markers, and of a third of the articles."""
    write_markers(corpus, version)
    for number in range(version % 3, ARTICLES, 3):
        write_article(corpus / f"{number % 10}" / f"{number:04}.txt", f"Page {number}", f"Stone and version {version}.")


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def _versions(index: Path) -> set[int]:
    """The versions that a search finds, of all articles that have to be there; empty if one is missing."""
    searcher = kb.open_index(index)
    try:
        markers = searcher.search(MARKER_WORD, limit=100)
        everything = searcher.search("", limit=1)
    finally:
        searcher.close()
    if len(markers.hits) != MARKERS or everything.total.value != ARTICLES + MARKERS:
        return set()
    return versions_in([hit.snippets[0].text for hit in markers.hits])
