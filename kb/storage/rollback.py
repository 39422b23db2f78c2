"""Rollback to an earlier generation: CURRENT names an older generation, to be held until the corpus changes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from kb.errors import BuildRefused, IndexDamaged, IndexFailure
from kb.segments.whoosh_toc import read_segments
from kb.storage.checksums import deep_verify
from kb.storage.fingerprint import layout_problem
from kb.storage.generations import Generation, Generations
from kb.storage.hold import Hold, hold_of, remove_hold, write_hold
from kb.storage.lock import builder_lock
from kb.storage.seen import known_files


def rollback(
    folder: Path,
    to: int | None = None,
    *,
    wait_seconds: float = 0.0,
    notice: Callable[[int], None] = lambda _: None,
) -> Generation:
    """Make generation `to`, by default the newest older generation, current again, and hold the generation.

    Without readable records of the generation before, nothing is held: the next build goes on from the target.
    Raises BuildRefused if the generation does not exist or another builder is at work, and IndexDamaged if the
    generation is damaged or was made by another version of kb.
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
        hold = _hold(generations, target)
        # The order matters for a crash in between: a hold of a generation that is not current is void, unless that
        # one was held before.
        if hold:
            write_hold(folder, hold)
        generations.make_current(target)
        if not hold:
            remove_hold(folder)
        return target


def lift(folder: Path, *, wait_seconds: float = 0.0, notice: Callable[[int], None] = lambda _: None) -> Hold | None:
    """End the hold of the current generation: the next build brings the index up to the corpus.

    Returns the former hold, or None. Raises BuildRefused if another builder is at work.
    """
    generations = Generations(folder)
    current = generations.current()
    with builder_lock(folder, wait_seconds=wait_seconds, notice=notice):
        hold = hold_of(folder, current)
        remove_hold(folder)
        return hold


def _hold(generations: Generations, target: Generation) -> Hold | None:
    """The hold of the generation after the rollback; None without records to compare with."""
    with suppress(IndexFailure):
        current = generations.current()
        before = hold_of(generations.folder, current)
        # Of several rollbacks the first one went back from what was built last.
        origin = before.origin if before else current.name
        files = before.files if before else tuple(known_files(generations.folder, current).values())
        held = (current.number, current.manifest.created) if before else None
        if origin != target.name:
            return Hold(target.number, target.manifest.created, origin, files, held)
    return None


def _target(generations: Generations, to: int | None) -> Generation:
    candidates = generations.older() if to is None else [g for g in generations.all() if g.number == to]
    if candidates:
        return candidates[0]
    numbers = ", ".join(str(g.number) for g in generations.all())
    wanted = "no generation older than the current one" if to is None else f"no generation {to}"
    raise BuildRefused(f"there is {wanted} in {generations.folder}; there are: {numbers}")
