"""The state of an index folder, for a person to look at."""

from __future__ import annotations

from pathlib import Path

import msgspec

from kb.errors import IndexFailure
from kb.indexing.generations import Generation, Generations
from kb.indexing.lock import builder_at_work
from kb.indexing.records import owners


class GenerationFacts(msgspec.Struct, frozen=True):
    """One generation: `size` in bytes, which generations share in part; `problem` if its manifest cannot be read."""

    name: str
    created: str = ""
    articles: int = 0
    size: int = 0
    problem: str = ""


class Status(msgspec.Struct, frozen=True):
    """`current` is empty if nothing is published, and then `problem` says why; `builder` is a process number."""

    current: str
    generations: tuple[GenerationFacts, ...]
    builder: int | None
    problem: str = ""


def index_status(folder: Path) -> Status:
    """The generations in the folder, the newest first, which one is current, and whether a builder is at work."""
    generations = Generations(folder)
    current, problem = "", ""
    try:
        current = generations.current().name
    except IndexFailure as error:
        problem = str(error)
    return Status(current, tuple(_facts(g) for g in generations.all()), builder_at_work(folder), problem)


def _facts(generation: Generation) -> GenerationFacts:
    try:
        manifest = generation.manifest
        articles = len(owners(generation.records)) if manifest.articles is None else manifest.articles
    except IndexFailure as error:
        return GenerationFacts(generation.name, problem=str(error))
    size = sum(file.size for file in manifest.index_files.values())
    return GenerationFacts(generation.name, manifest.created, articles, size)
