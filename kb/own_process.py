"""Processes of our own: the command and the environment that run a module of this very program."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def module_command(module: str, *arguments: str) -> list[str]:
    """The command that runs a module, with the environment of `module_environment`.

    Python itself would look for the module in the working folder first, where a folder `kb` can be anything.
    """
    return [sys.executable, "-P", "-m", module, *arguments]


def module_environment() -> dict[str, str]:
    """This process's environment, with the folders that this process imports from, and its level of `-O`.

    Keys of machine code depend on the level: with `-OO`, functions have no docstrings.
    """
    folders = os.pathsep.join(folder or str(Path.cwd()) for folder in sys.path)
    return {**os.environ, "PYTHONPATH": folders, "PYTHONOPTIMIZE": str(sys.flags.optimize)}
