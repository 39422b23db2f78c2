"""What a measurement ran on."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

import numpy as np


def describe_machine() -> str:
    """Cores, processor, memory, system, Python and NumPy, and how busy the machine was at the start."""
    cores = len(os.sched_getaffinity(0))
    python = f"{platform.python_implementation()} {platform.python_version()} at {sys._base_executable}"
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (
        f"{cores} cores of {_processor()}, {memory:.0f} GB, {platform.system()} {platform.machine()}, "
        f"{python}, NumPy {np.__version__}; "
        f"load {os.getloadavg()[0]:.1f} before the run"
    )


def command_line(data: Path) -> str:
    """The command that runs, as somebody would type it, with `DATA` for wherever the data folder is here."""
    spec = sys.modules["__main__"].__spec__
    arguments = ["DATA" if Path(argument) == data else argument for argument in sys.argv[1:]]
    return " ".join(["python", "-m", spec.name if spec else "bench.speed", *arguments])


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown processor"
    )
