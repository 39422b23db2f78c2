"""Freshness of an index, for everybody: state of the watcher, without paths and texts of errors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from kb.storage.watch_state import utc_now, watch_state


class BuildFailure(msgspec.Struct, frozen=True):
    """The last failed build: code of the error, and age."""

    code: str
    seconds_ago: int


class Freshness(msgspec.Struct, frozen=True):
    """State of the watcher of an index.

    state                none: the index is served unchanged
    mode                 how changes are noticed: by notices of the system or by polling; empty: not known
    sign_seconds_ago     age of the last sign of life
    build_seconds_ago    age of the last successful build, with or without news
    failure              the last failed build, if any
    """

    state: Literal["none", "running", "failing", "silent", "ended"]
    mode: Literal["", "notices", "polling"] = ""
    sign_seconds_ago: int | None = None
    build_seconds_ago: int | None = None
    failure: BuildFailure | None = None


def freshness_of(index: Path, now: Callable[[], datetime] = utc_now) -> Freshness:
    """The freshness of the index in a folder."""
    state = watch_state(index)
    if state is None:
        return Freshness("none")
    time = now()

    def age(when: datetime) -> int:
        return max(0, round((time - when).total_seconds()))

    failed, built = state.last_failure, state.last_build
    return Freshness(
        state.condition(time),
        state.mode,
        age(state.sign),
        age(built.when) if built else None,
        BuildFailure(failed.code, age(failed.when)) if failed else None,
    )
