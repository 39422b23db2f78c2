"""The watch of `kb index --watch`: reports for a person, state for `kb status`, signs of life for a supervisor."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import TypeAlias, TypeVar

from kb.commands.build import build
from kb.errors import KbError
from kb.indexing.changes import Changes, Mode
from kb.indexing.report import BuildReport, Step
from kb.indexing.watch import watch
from kb.settings import Settings
from kb.storage.watch_state import WatchJournal

PARENT_SECONDS = 0.5
"""Time between two looks at the parent process."""

WATCH_LOCK_WAIT_S = 1.0
"""Seconds of patience with a second builder: then the build is refused, and tried again."""

ProgressDisplay: TypeAlias = AbstractContextManager[Callable[[Step], None]]
"""Callback for the steps of a build."""


Shown = TypeVar("Shown")


def no_progress() -> ProgressDisplay:
    """Callback without effect."""
    return nullcontext(lambda _: None)


def whatever_is_seen(show: Callable[[Shown], None]) -> Callable[[Shown], None]:
    """The function, without errors of unwritable output: a full log ends no build."""

    def tolerant(shown: Shown) -> None:
        with suppress(OSError):
            show(shown)

    return tolerant


class _Stopped(BaseException):
    """The end of a build in the middle, because the watch is told to end."""


class Watching:
    """A watch over the corpus of the settings."""

    def __init__(
        self,
        settings: Settings,
        *,
        signs: int | None,
        show: Callable[[BuildReport], None],
        warn: Callable[[str], None],
        progress: Callable[[], ProgressDisplay] = no_progress,
        allow_shrink: bool = False,
    ) -> None:
        """
        signs     descriptor for signs of life to the parent process; None without a supervisor
        show      prints the report of a build
        warn      prints a sentence about a failure
        progress  called before each build
        """
        self._settings = settings
        self._signs = signs
        self._show = whatever_is_seen(show)
        self._warn = whatever_is_seen(warn)
        self._progress = progress
        self._allow_shrink = allow_shrink
        self._journal = WatchJournal(Path(settings.index))
        self._stop = threading.Event()
        self._can_be_left = False
        self._shown = False
        self._problem = ""

    def run(self) -> None:
        """Build now and after each change, until a signal or the end of the parent process.

        Raises WornOut if a new process may do better.
        """
        for signum in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signum, lambda *_: self._end())
        if self._signs is not None:
            # Ctrl+C goes to all processes of the terminal; the parent ends this one in its own time.
            signal.signal(signal.SIGINT, lambda *_: None)
            threading.Thread(target=self._end_with, args=(os.getppid(),), daemon=True).start()
        changes = Changes(Path(self._settings.corpus), self._stop, self._tell_mode)
        with suppress(_Stopped):
            watch(self._build, changes, report=self._report, sign_of_life=self._sign)
        self._journal.end()

    def _build(self) -> BuildReport:
        with self._progress() as show:

            def step(step: Step) -> None:
                self._sign()
                # What is hashed, synced and published is finished.
                self._can_be_left = step.stage != "publish"
                self._leave_if_told()
                whatever_is_seen(show)(step)

            self._can_be_left = True
            try:
                return build(
                    self._settings,
                    step,
                    allow_shrink=self._allow_shrink,
                    wait_seconds=WATCH_LOCK_WAIT_S,
                    notice=lambda _: None,
                )
            finally:
                self._can_be_left = False

    def _end(self) -> None:
        """End the watch, and the build in progress at once, perhaps in the middle of a large file."""
        self._stop.set()
        self._leave_if_told()

    def _leave_if_told(self) -> None:
        if self._stop.is_set() and self._can_be_left:
            self._can_be_left = False
            raise _Stopped

    def _sign(self) -> None:
        self._journal.sign()
        if self._signs is not None:
            try:
                os.write(self._signs, b".")
            except BlockingIOError:
                pass  # a full pipe has enough signs in it
            except OSError:
                self._stop.set()  # nobody is there to read them

    def _report(self, outcome: BuildReport | Exception) -> None:
        if isinstance(outcome, Exception):
            code = outcome.code if isinstance(outcome, KbError) else type(outcome).__name__
            self._journal.failed(code, str(outcome))
            self._warn_once(str(outcome) or type(outcome).__name__)
            return
        self._journal.built(outcome.generation, published=outcome.published)
        if outcome.published or self._problem or not self._shown:
            self._show(outcome)
        self._shown, self._problem = True, ""

    def _warn_once(self, problem: str) -> None:
        """Print a sentence unless the build before failed for the same reason."""
        if problem != self._problem:
            self._warn(problem)
        self._problem = problem

    def _tell_mode(self, mode: Mode, reason: str) -> None:
        self._journal.mode(mode, reason)
        if mode == "polling":
            self._warn(f"no notices of changes, so the corpus is looked at every few seconds: {reason}")

    def _end_with(self, parent: int) -> None:
        while os.getppid() == parent and not self._stop.wait(PARENT_SECONDS):
            pass
        self._stop.set()
