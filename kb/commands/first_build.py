"""The first build of `kb serve`, in a process of its own: whatever ends a build does not end the service."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from kb.own_process import module_command, module_environment
from kb.settings import Settings
from kb.supervisor import how_it_ended
from kb.terminal import console_for


def first_build(settings: Settings) -> int:
    """Run `kb index`, whose output tells the progress and errors, to its end.

    Returns its exit code; 0 also for a build that was killed, which is said, and tried again by the watcher.
    """
    command = module_command("kb", "index", settings.corpus, "--index", settings.index)
    with (
        _ended_by_term(),
        subprocess.Popen(command, stdin=subprocess.DEVNULL, env=module_environment()) as process,  # noqa: S603 - our own
    ):
        try:
            status = process.wait()
        except BaseException:
            process.terminate()
            raise
    if status < 0:
        sentence = f"kb: the first build {how_it_ended(status)}; it is tried again while serving"
        console_for("stderr").print(sentence, highlight=False, soft_wrap=True)
    return max(status, 0)


@contextmanager
def _ended_by_term() -> Iterator[None]:
    """Let SIGTERM raise SystemExit; the first process of a container has no default for the signal."""

    def end(*_: Any) -> NoReturn:
        raise SystemExit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
