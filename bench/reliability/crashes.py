"""Trial: a build that is killed, or whose disk fails, at every system call that changes the disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import kb
from bench.reliability.faults import STRACE, Point, failing, mutating_points, traced
from bench.reliability.forge import Ended, Forge, forge
from bench.reliability.outcome import Outcome, Row, Scale, count_failures, not_run
from bench.reliability.texts import MARKER_WORD, marker_text, write_article, write_corpus, write_markers
from kb.errors import IndexFailure, NoIndex
from kb.indexing.verification import check
from kb.storage.generations import Generation

LANES = 2
"""Builds at a time."""

LEFTOVERS = ("building-*", "removing-*", "*.tmp")

_FAULTS = {
    "kill -9": ("signal=KILL", ("first", "change", "rebuild")),
    "disk full, once": ("error=ENOSPC", ("change",)),
    "disk full from then on": ("error=ENOSPC+", ("change", "rebuild")),
    "input/output error": ("error=EIO", ("change",)),
}
"""Faults by name: as strace has it, and the scenes in which it is tried."""


class Scene(NamedTuple):
    """A build to disturb.

    start      index folder before, or None for a first build
    corpus     articles of the build, markers of version 2
    variables  settings of the build
    """

    start: Path | None
    corpus: Path
    variables: dict[str, str]


def run_crashes(scale: Scale, folder: Path) -> Outcome:
    """Rows by fault and scene: builds disturbed, and after how many of them something was lost or in the way."""
    if STRACE is None:
        return Outcome((not_run("faults at system calls", "strace is not installed; tests/indexing/test_crashes.py"),))
    scenes = _prepare(folder)
    points = {name: _points(scene, folder / "dry")[:: scale.pick(1, 12)] for name, scene in scenes.items()}
    rows: list[Row] = []
    for fault, (injected, names) in _FAULTS.items():
        rows += [_try_all(f"{fault}, {name}", scenes[name], points[name], injected, folder) for name in names]
    return Outcome(tuple(rows))


def _prepare(folder: Path) -> dict[str, Scene]:
    corpus, start = folder / "corpus", folder / "start"
    write_corpus(corpus, 12)
    write_markers(corpus, 1)
    with forge(folder / "forge") as building:
        ended = building.build(corpus, "--index", start)
        if ended.code:
            raise RuntimeError(f"the first build failed: {ended.output}")
    write_markers(corpus, 2)
    write_article(corpus / "3" / "0003.txt", "Page 3", "Another stone.")
    write_article(corpus / "new.txt", "New page", "A new stone.")
    (corpus / "4" / "0004.txt").unlink()
    return {
        "first": Scene(None, corpus, {}),
        "change": Scene(start, corpus, {}),
        "rebuild": Scene(start, corpus, {"KB_LANGUAGE": "german"}),
    }


def _points(scene: Scene, folder: Path) -> list[Point]:
    """The calls of an undisturbed build of a scene."""
    index = _fresh_index(scene, folder)
    with forge(folder / "forge") as building:
        child = building.begin(scene.corpus, "--index", index, **scene.variables)
        with traced(child, folder / "trace.txt"):
            ended = building.finish(child)
    trace = (folder / "trace.txt").read_text(encoding="utf-8", errors="replace")
    shutil.rmtree(folder)
    if ended.code:
        raise RuntimeError(f"an undisturbed build failed: {ended.output}")
    return mutating_points(trace)


def _try_all(case: str, scene: Scene, points: Sequence[Point], fault: str, folder: Path) -> Row:
    def lane(number: int) -> list[_Disturbed]:
        with forge(folder / f"lane-{number}") as building:
            return list(_disturb(scene, points[number::LANES], fault, building, folder / f"lane-{number}"))

    with ThreadPoolExecutor(LANES) as pool:
        disturbed = [each for found in pool.map(lane, range(LANES)) for each in found]
    ended = sum(each.ended for each in disturbed)
    return count_failures(case, [each.problem for each in disturbed], f"{ended} builds ended by it")


class _Disturbed(NamedTuple):
    """A build after a fault: what was wrong then (empty if nothing was), and whether the fault ended it."""

    problem: str
    ended: bool


def _disturb(scene: Scene, points: Sequence[Point], fault: str, building: Forge, folder: Path) -> Iterator[_Disturbed]:
    """Builds of a scene, with a fault at each point."""
    for point in points:
        index = _fresh_index(scene, folder)
        child = building.begin(scene.corpus, "--index", index, **scene.variables)
        with failing(child, point, fault):
            ended = building.finish(child)
        problem = _after_fault(scene, index, ended)
        if not problem:
            repaired = building.build(scene.corpus, "--index", index, **scene.variables)
            problem = _after_repair(index, repaired)
        yield _Disturbed(f"{point.call} {point.number}: {problem}" if problem else "", ended.code != 0)
        shutil.rmtree(index, ignore_errors=True)


def _fresh_index(scene: Scene, folder: Path) -> Path:
    index = folder / "index"
    if scene.start is not None:
        shutil.copytree(scene.start, index)
    else:
        folder.mkdir(parents=True, exist_ok=True)
    return index


def _after_fault(scene: Scene, index: Path, ended: Ended) -> str:
    """What is wrong with an index after a disturbed build: it has to be the old one or the new one, whole."""
    if "Traceback" in ended.output:
        return f"traceback: {ended.output.strip().splitlines()[-1]}"
    try:
        version = version_of(index)
    except NoIndex:
        return "" if scene.start is None and ended.code else f"no index after exit code {ended.code}"
    except IndexFailure as error:
        return str(error)
    if ended.code == 0 and version != 2:
        return "exit code 0, and the old articles"
    return "" if version == 2 or (version == 1 and scene.start is not None) else f"version {version}"


def _after_repair(index: Path, ended: Ended) -> str:
    """What is wrong after the next, undisturbed build."""
    if ended.code:
        return f"the next build ended with {ended.code}: {ended.output.strip()}"
    if version_of(index) != 2:
        return "the next build left the old articles"
    left = [path.name for pattern in LEFTOVERS for path in index.glob(pattern)]
    return f"left over after the next build: {', '.join(left)}" if left else ""


def version_of(index: Path) -> int:
    """Version of the markers in the generation that answers; 0 if it is not whole or they do not agree.

    Raises IndexFailure if none answers.
    """
    searcher = kb.open_index(index)
    try:
        page = searcher.search(MARKER_WORD, limit=100)
        problems = check(Generation(index / searcher.generation))
    finally:
        searcher.close()
    if problems:
        return 0
    texts = {hit.snippets[0].text for hit in page.hits}
    return next((version for version in (1, 2) if texts == {marker_text(version)}), 0)
