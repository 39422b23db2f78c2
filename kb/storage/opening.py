"""The generation to open: the current generation, or a substitute where the current generation cannot be opened.

Candidates, the best first:

1. the current generation;
2. older published generations, the newest first;
3. newer published generations, left behind by a rollback, the newest first: better than no answer at all.

Where CURRENT is lost or damaged, the candidates are all generations in the folder, the newest first. A build that was
interrupted between its two renames leaves a generation unpublished; but its files were verified and on the disk before
the first rename, so it is as good as the others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from kb.errors import IndexDamaged, IndexFailure
from kb.storage.checksums import quick_verify
from kb.storage.generations import Generation, Generations

Opened = TypeVar("Opened")


class Opening(NamedTuple, Generic[Opened]):
    """A generation that was opened.

    opened   result of the function that opened the generation
    problem  sentence on why the current generation is not the one; empty if it is
    """

    generation: Generation
    opened: Opened
    problem: str


def newest_openable(generations: Generations) -> Opening[None]:
    """The generation that readers open, by `quick_verify`; raises as `open_best`."""
    return open_best(generations, quick_verify)


def open_best(generations: Generations, opening: Callable[[Generation], Opened]) -> Opening[Opened]:
    """The best candidate that the function opens; a candidate is passed over if it raises IndexFailure.

    Raises NoIndex if nothing was ever published, IndexDamaged, with the problem of each candidate, if none can be
    opened, and IndexFailure for want of descriptors or memory.
    """
    try:
        return _open_best(generations, opening)
    except OSError as error:
        raise IndexFailure(f"{generations.folder} cannot be read at the moment: {error.strerror or error}") from error


def _open_best(generations: Generations, opening: Callable[[Generation], Opened]) -> Opening[Opened]:
    stamp = generations.stamp()
    problems, candidates = _candidates(generations)
    best: Opening[Opened] | None = None
    for generation in candidates:
        # Of an error only the text is kept: its traceback would keep the maps of a half opened generation.
        try:
            best = Opening(generation, opening(generation), "".join(problems[:1]))
            break
        except IndexFailure as error:
            problems.append(str(error))
    if problems and generations.stamp() != stamp:
        # Where few generations are kept, a build may have replaced a candidate before it was opened.
        return _open_best(generations, opening)
    if best is None:
        raise IndexDamaged("; ".join(dict.fromkeys(problems)))
    return best


def _candidates(generations: Generations) -> tuple[list[str], list[Generation]]:
    """What is wrong with the current generation so far, and the candidates, at least one; raises as `open_best`."""
    problems: list[str] = []
    candidates: list[Generation] = []
    try:
        candidates.append(generations.current())
    except IndexDamaged as error:
        problems.append(str(error))
        if not generations.all():
            raise
    candidates += generations.older()
    candidates += [generation for generation in generations.all() if generation not in candidates]
    return problems, candidates


def substitution_notice(problem: str, generation: str) -> str:
    """A line for a person: the problem, and the name of the generation in use."""
    return f"{problem}; answering from {generation} instead"
