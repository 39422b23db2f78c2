"""Further processes of this Python, which import the same modules as this process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any


def start_module(module: str, arguments: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
    """Start `python -m MODULE` with this process's import path and `-O` level, and an empty standard input.

    The working folder is in the import path only if this process has it there: a `random.py` beside the articles is
    not imported. `options` are those of Popen. Raises OSError if the process cannot be started.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(entry or os.getcwd() for entry in sys.path),  # noqa: PTH109 - a string
        "PYTHONOPTIMIZE": str(sys.flags.optimize),
    }
    command = [sys.executable, "-P", "-m", module, *arguments]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, env=environment, **options)  # noqa: S603 - our own command
