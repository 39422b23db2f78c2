"""What a build says while it works and when it is done."""

from __future__ import annotations

import msgspec


class Step(msgspec.Struct, frozen=True):
    """How far a build is: `done` of `total` (0: unknown) things of a stage: scan, read, write, verify, publish."""

    stage: str
    done: int
    total: int


class BuildReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a build found and did; `added + changed + unchanged + kept` articles are in the index."""

    generation: str
    """The name of the current generation: the new one if `published`."""
    published: bool
    """False: nothing had changed, and the generation is the one that was there."""
    rebuilt_because: tuple[str, ...]
    """Why more was done than the corpus asked for: `schema changed from 1 to 2`; also what was damaged."""
    added: int
    changed: int
    removed: int
    unchanged: int
    kept: int
    """Articles of which an earlier version stays, because their file can no longer be read."""
    skipped: tuple[tuple[str, str], ...]
    """Path and reason of everything that is not searchable as it stands in the corpus."""
    articles: int
    """In the index."""
    read: int
    """Files that were read."""
    seconds: float
    articles_per_second: float
    """Articles read, not only those that had changed."""
