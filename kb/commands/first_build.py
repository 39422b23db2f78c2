"""The first build of `kb serve`, in a separate process: a sudden end of the build is no end of the service."""

from __future__ import annotations

import subprocess

from kb.commands.ending import ended_in_order
from kb.own_process import module_command, module_environment
from kb.settings import Settings
from kb.supervisor import how_it_ended
from kb.terminal import say


def first_build(settings: Settings) -> int:
    """Run `kb index` to the end, with all output of progress and errors.

    Returns the exit code; 0 also for a killed build, after a line on the death, for the watcher to try again.
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
