"""The first build of `kb serve`, in a process of its own: whatever ends a build does not end the service."""

from __future__ import annotations

import subprocess

from kb.commands.ending import ended_in_order
from kb.own_process import module_command, module_environment
from kb.settings import Settings
from kb.supervisor import how_it_ended
from kb.terminal import say


def first_build(settings: Settings) -> int:
    """Run `kb index`, whose output tells the progress and errors, to its end.

    Returns its exit code; 0 also for a build that was killed, which is said, and tried again by the watcher.
    """
    command = module_command("kb", "index", settings.corpus, "--index", settings.index)
    with (
        ended_in_order(),
        subprocess.Popen(command, stdin=subprocess.DEVNULL, env=module_environment()) as process,  # noqa: S603 - our own
    ):
        try:
            status = process.wait()
        except BaseException:
            process.terminate()
            raise
    if status < 0:
        say(f"kb: the first build {how_it_ended(status)}; it is tried again while serving", "stderr")
    return max(status, 0)
