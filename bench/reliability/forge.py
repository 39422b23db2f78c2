"""Builds without a start: children of a process that has everything imported, each stopped until it is let go on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from bench.reliability.programs import PATIENCE_S, environment

_PROGRAM = """
import json, os, signal, sys
import kb.commands.index
from kb.cli import main
for line in sys.stdin:
    order = json.loads(line)
    child = os.fork()
    if not child:
        output = os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.environ.update(order["variables"])
        os.kill(os.getpid(), signal.SIGSTOP)
        main(order["arguments"])
    os.waitpid(child, os.WUNTRACED)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""


class Ended(NamedTuple):
    """How a build ended: exit code, negative for a signal, and what it printed."""

    code: int
    output: str


class Forge:
    """Builds an index again and again, one build at a time."""

    def __init__(self, process: subprocess.Popen[str], output: Path) -> None:
        self._process = process
        self._output = output

    def begin(self, *arguments: str | Path, **variables: str) -> int:
        """The process of `kb index` with these arguments, stopped at its beginning."""
        assert self._process.stdin
        assert self._process.stdout
        order = {"arguments": ["index", *map(str, arguments)], "output": str(self._output), "variables": variables}
        print(json.dumps(order), file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())

    def finish(self, child: int) -> Ended:
        """Let a process go on, and wait for its end; one that hangs is killed."""
        assert self._process.stdout
        patience = threading.Timer(PATIENCE_S, _kill, [child])
        patience.start()
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGCONT)
        code = os.waitstatus_to_exitcode(int(self._process.stdout.readline()))
        patience.cancel()
        return Ended(code, self._output.read_text(encoding="utf-8", errors="replace"))

    def build(self, *arguments: str | Path, **variables: str) -> Ended:
        """A whole build."""
        return self.finish(self.begin(*arguments, **variables))


@contextmanager
def forge(folder: Path) -> Iterator[Forge]:
    """A forge with a folder for what its builds print; every order has to be finished before the next."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-P", "-c", _PROGRAM]
    with subprocess.Popen(
        command, cwd=folder, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Forge(process, folder / "output.txt")


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
