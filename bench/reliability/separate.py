"""Trials that are commands of their own, run as such: what they print is the table, the exit code the verdict."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from bench.reliability.outcome import Outcome, Row, Scale, not_run
from bench.reliability.programs import environment

LONGEST_S = 840.0
FLIPS_S = 2_340.0
"""Seconds that the flips may take: some three minutes on two idle cores, many times that on a busy machine."""


def run_flips(scale: Scale, folder: Path) -> Outcome:
    """Random damage to an index, before it is opened and while it is open."""
    return _run("flips", [str(scale.pick(2_000, 30))], folder, FLIPS_S)


def run_budgets(_: Scale, folder: Path) -> Outcome:
    """Processor time and memory of the dearest requests, each within its bound."""
    return _run("budgets", [], folder)


def _run(name: str, arguments: list[str], folder: Path, longest: float = LONGEST_S) -> Outcome:
    module = f"bench.reliability.{name}"
    case = " ".join([f"python -m {module}", *arguments])
    if find_spec(module) is None:
        return Outcome((not_run(case, "there is no such module"),))
    done = subprocess.run(
        [sys.executable, "-P", "-m", module, *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=longest,
        check=False,
    )
    tables, said = split_tables(done.stdout)
    *others, last = said or done.stderr.strip().splitlines() or [""]
    return Outcome((Row(case, 1, int(done.returncode != 0), last, tuple(others)),), "\n\n".join(tables))


def split_tables(text: str) -> tuple[list[str], list[str]]:
    """The tables in the output of a command, and its other lines."""
    tables: list[list[str]] = []
    others: list[str] = []
    inside = False
    for line in text.splitlines():
        if line.startswith("|"):
            if not inside:
                tables.append([])
            tables[-1].append(line)
        elif line.strip():
            others.append(line.strip())
        inside = line.startswith("|")
    return ["\n".join(table) for table in tables], others
