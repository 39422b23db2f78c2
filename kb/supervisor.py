"""Supervision of a process of our own: started again after the end, and killed for want of signs of life.

The process gets the writing end of a pipe, and writes a byte as a sign of life. Pauses before the next start double,
until a process has lived for a while.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from kb.own_process import module_environment

SILENCE_SECONDS = 600.0
"""Time without a sign of life before a process is killed: longer than any step of a build between two signs."""

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
"""Bounds of the pause before the next start."""

SETTLED_SECONDS = 60.0
"""Age of a process at the end of the doubling of pauses."""

_log = logging.getLogger("kb.supervisor")


class Supervisor:
    """A process to keep running; `look` is called about once a second, always by the same thread."""

    def __init__(
        self,
        name: str,
        command: Callable[[int], Sequence[str]],
        *,
        silence_seconds: float = SILENCE_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        name     of the process in the log
        command  program and arguments, given the descriptor for signs of life
        """
        self._name = name
        self._command = command
        self._silence_seconds = silence_seconds
        self._now = now
        self._process: subprocess.Popen[bytes] | None = None
        self._signs = -1
        self._started = self._heard = 0.0
        self._next_start = now()
        self._pause = FIRST_PAUSE_SECONDS
        self._stopping = False

    @property
    def pid(self) -> int | None:
        """Process id of the running process, if any."""
        return self._process.pid if self._process else None

    def look(self) -> None:
        """Start the process if the time has come, notice the end of the process, and kill after too long a silence."""
        self.notice_end()
        if self._process is None:
            if not self._stopping and self._now() >= self._next_start:
                self._start()
            return
        with suppress(BlockingIOError):
            if os.read(self._signs, 65536):
                self._heard = self._now()
        silence = self._now() - self._heard
        if silence > self._silence_seconds:
            _log.error("%s gave no sign of life for %.0f s; it is killed", self._described(), silence)
            self._process.kill()
            self._heard = self._now()

    def notice_end(self) -> None:
        """If the process has ended, say in the log how, and set the time of the next start."""
        if self._process is None or (status := self._process.poll()) is None:
            return
        described = self._described()
        self._forget()
        if self._stopping:
            return
        if self._now() - self._started >= SETTLED_SECONDS:
            self._pause = FIRST_PAUSE_SECONDS
        _log.error("%s %s; it is started again in %g s", described, how_it_ended(status), self._pause)
        self._postpone()

    def stop(self) -> None:
        """Tell the process to end, for good."""
        self._stopping = True
        self.notice_end()
        if self._process:
            # A stopped process gets the signal when it goes on.
            self._process.terminate()
            self._process.send_signal(signal.SIGCONT)

    def wait(self, seconds: float) -> None:
        """Wait for the end of a process told to end, and kill after some seconds of patience."""
        if self._process:
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                self._process.kill()
                # A process that waits for a disk which does not answer cannot end.
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(1)
            self._forget()

    def _start(self) -> None:
        try:
            reading, writing = os.pipe()
        except OSError as error:
            self._not_started(error)
            return
        os.set_blocking(reading, False)
        os.set_blocking(writing, False)
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                self._command(writing), stdin=subprocess.DEVNULL, env=module_environment(), pass_fds=(writing,)
            )
        except OSError as error:
            os.close(reading)
            self._not_started(error)
            return
        finally:
            os.close(writing)
        self._signs = reading
        self._started = self._heard = self._now()

    def _not_started(self, error: OSError) -> None:
        _log.error("%s cannot be started, and is tried again in %g s: %s", self._name, self._pause, error)
        self._postpone()

    def _postpone(self) -> None:
        self._next_start = self._now() + self._pause
        self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)

    def _forget(self) -> None:
        os.close(self._signs)
        self._process, self._signs = None, -1

    def _described(self) -> str:
        return f"{self._name} (process {self.pid})"


def how_it_ended(status: int) -> str:
    """Words for the status of an ended process, as in `Popen.returncode`."""
    if status >= 0:
        return f"ended with exit code {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return f"was ended by {name}{', perhaps for want of memory' if -status == signal.SIGKILL else ''}"
