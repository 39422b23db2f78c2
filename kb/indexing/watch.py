"""Builds after every change of the corpus, from time to time, and again after a failure."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterable
from itertools import chain

from kb.errors import BuildRefused, CorpusError, IndexLocked, KbError, WornOut
from kb.indexing.report import BuildReport

RESCAN_SECONDS = 60.0
"""Seconds before a build is tried without a change: a notice may get lost."""

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
"""Bounds of the pause before a failed build is tried again; doubled with each failure."""

REFUSED_PAUSE_SECONDS = 900.0
"""Longest pause after a refusal: perhaps all files were read in vain, and a change is tried at once anyway."""

MOST_FAILURES = 3
"""Unexpected failures in a row before the end of the watch: a new process has descriptors and memory again."""

_FOR_A_PERSON = frozenset((errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT))
"""Errors of the operating system without a cure by a new process."""


class Schedule:
    """Times of builds."""

    def __init__(self, rescan_seconds: float = RESCAN_SECONDS, now: Callable[[], float] = time.monotonic) -> None:
        self._rescan_seconds = rescan_seconds
        self._now = now
        self._pause = FIRST_PAUSE_SECONDS
        self._earliest = self._latest = now()
        self._changed = False

    def is_due(self, changed: bool) -> bool:
        """Whether to build now; a change is kept in mind until the next build."""
        self._changed |= changed
        now = self._now()
        return now >= self._latest or (self._changed and now >= self._earliest)

    def note(self, error: Exception | None) -> None:
        """Take note of the end of a build."""
        self._changed = False
        now = self._now()
        if error is None:
            self._pause = FIRST_PAUSE_SECONDS
            self._earliest, self._latest = now, now + self._rescan_seconds
            return
        # A change may be what was missing, but may come ten times a second.
        self._earliest, self._latest = now + FIRST_PAUSE_SECONDS, now + self._pause
        if not isinstance(error, IndexLocked):
            longest = REFUSED_PAUSE_SECONDS if isinstance(error, BuildRefused) else LONGEST_PAUSE_SECONDS
            self._pause = min(2 * self._pause, longest)


def watch(
    build: Callable[[], BuildReport],
    changes: Iterable[bool],
    *,
    report: Callable[[BuildReport | Exception], None],
    sign_of_life: Callable[[], None] = lambda: None,
    schedule: Schedule | None = None,
) -> None:
    """Build at once, and at the times of the schedule, until `changes` ends.

    changes       True after a change, else False, about once a second
    report        called with the result or the exception of each build
    sign_of_life  called for each value of `changes`

    Raises WornOut after several unexpected failures in a row.
    """
    schedule = schedule or Schedule()
    failures = 0
    for changed in chain((True,), changes):
        sign_of_life()
        if not schedule.is_due(changed):
            continue
        outcome = _attempt(build)
        error = outcome if isinstance(outcome, Exception) else None
        schedule.note(error)
        report(outcome)
        failures = failures + 1 if error and is_unexpected(error) else 0
        if failures == MOST_FAILURES:
            raise WornOut(f"{failures} builds in a row failed unexpectedly; a new process may do better")


def is_unexpected(error: Exception) -> bool:
    """Whether a failed build may succeed in a new process: for want of descriptors or memory, or by an error of kb."""
    if isinstance(error, CorpusError | BuildRefused):
        return False
    cause = error.__cause__ if isinstance(error, KbError) else error
    return cause is not None and not (isinstance(cause, OSError) and cause.errno in _FOR_A_PERSON)


def _attempt(build: Callable[[], BuildReport]) -> BuildReport | Exception:
    try:
        return build()
    except Exception as error:
        return error
