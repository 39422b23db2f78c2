"""State of an index folder, for a person."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec

from kb.errors import IndexFailure
from kb.storage.fingerprint import layout_problem
from kb.storage.generations import Generation, Generations
from kb.storage.hold import hold_of
from kb.storage.lock import builder_at_work
from kb.storage.opening import newest_openable, substitution_notice
from kb.storage.records import owners
from kb.storage.watch_state import WatchState, watch_state


class GenerationFacts(msgspec.Struct, frozen=True):
    """A generation.

    size     bytes of all files, including shared files
    problem  sentence, if this program cannot read the generation
    """

    name: str
    created: str = ""
    articles: int = 0
    size: int = 0
    problem: str = ""


class Status(msgspec.Struct, frozen=True):
    """State of an index folder.

    current      name of the generation open to readers; without such, of the current generation; else empty
    generations  the newest first
    builder      process id of a builder at work (0: unknown), or None
    problem      sentence on why readers open no generation, or a substitute; empty without a problem
    held_from    name of the generation rolled back from, if the rollback holds
    watcher      state of the last watcher, if any
    """

    current: str
    generations: tuple[GenerationFacts, ...]
    builder: int | None
    problem: str = ""
    held_from: str = ""
    watcher: WatchState | None = None


def index_status(folder: Path) -> Status:
    """The state of an index folder; damage is reported as problems, not raised."""
    generations = Generations(folder)
    current, problem = _current(generations)
    facts: tuple[GenerationFacts, ...] = ()
    with suppress(IndexFailure):
        facts = tuple(_facts(g) for g in generations.all())
    return Status(current, facts, builder_at_work(folder), problem, _held_from(generations), watch_state(folder))


def _held_from(generations: Generations) -> str:
    with suppress(IndexFailure):
        if hold := hold_of(generations.folder, generations.current()):
            return hold.origin
    return ""


def _current(generations: Generations) -> tuple[str, str]:
    """Name of the generation open to readers, else of the current generation; and the problem."""
    try:
        generation, _, problem = newest_openable(generations)
    except IndexFailure as error:
        with suppress(IndexFailure):
            return generations.current().name, str(error)
        return "", str(error)
    return generation.name, problem and substitution_notice(problem, generation.name)


def _facts(generation: Generation) -> GenerationFacts:
    try:
        manifest = generation.manifest
        articles = len(owners(generation.records)) if manifest.articles is None else manifest.articles
    except IndexFailure as error:
        return GenerationFacts(generation.name, problem=str(error))
    size = sum(file.size for file in manifest.index_files.values())
    return GenerationFacts(generation.name, manifest.created, articles, size, layout_problem(generation) or "")
