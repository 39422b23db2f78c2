"""Rollback to an earlier generation: CURRENT names an older generation, and nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kb.errors import BuildRefused, IndexDamaged
from kb.segments.whoosh_toc import read_segments
from kb.storage.checksums import deep_verify
from kb.storage.fingerprint import layout_problem
from kb.storage.generations import Generation, Generations
from kb.storage.lock import builder_lock


def rollback(
    folder: Path,
    to: int | None = None,
    *,
    wait_seconds: float = 0.0,
    notice: Callable[[int], None] = lambda _: None,
) -> Generation:
    """Make generation `to`, by default the newest older generation, current again.

    The next build brings the index up to the corpus again. Raises BuildRefused if the generation does not exist or
    another builder is at work, and IndexDamaged if the generation is damaged or was made by another version of kb.
    """
    generations = Generations(folder)
    if not generations.all():
        raise BuildRefused(f"there is no generation in {folder} to go back to")
    with builder_lock(folder, wait_seconds=wait_seconds, notice=notice):
        target = _target(generations, to)
        if problem := layout_problem(target):
            raise IndexDamaged(problem)
        deep_verify(target)
        for segment in read_segments(target.path):
            segment.open(target.path)
        generations.make_current(target)
        return target


def _target(generations: Generations, to: int | None) -> Generation:
    candidates = generations.older() if to is None else [g for g in generations.all() if g.number == to]
    if candidates:
        return candidates[0]
    numbers = ", ".join(str(g.number) for g in generations.all())
    wanted = "no generation older than the current one" if to is None else f"no generation {to}"
    raise BuildRefused(f"there is {wanted} in {generations.folder}; there are: {numbers}")
