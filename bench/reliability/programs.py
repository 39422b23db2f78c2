"""The real command in a process of its own, in an environment without settings from outside."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from kb.own_process import module_command, module_environment

PATIENCE_S = 120.0
"""Seconds after which a command that should have ended counts as hanging."""

_TRIPWIRES = """\
import json, os, signal, sys, time

WIRES = json.loads(os.environ["BENCH_TRIPWIRES"])

def trip(event, arguments):
    if event != "open" or isinstance(arguments[0], int):
        return
    action = WIRES.get(os.path.basename(os.fsdecode(arguments[0])))
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif action == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif action:
        time.sleep(float(action))

sys.addaudithook(trip)
"""


def environment(**variables: str) -> dict[str, str]:
    """This process's environment without settings of kb, and with these variables."""
    inherited = {name: value for name, value in module_environment().items() if not name.startswith("KB_")}
    return {**inherited, **variables}


def tripwires(folder: Path, wires: Mapping[str, str]) -> dict[str, str]:
    """Variables with which the opening of a file does something to the process that opens it.

    folder  a new folder for the module that Python imports at its start
    wires   by the file's name: `kill`, `stop` (SIGSTOP), or seconds to sleep
    """
    folder.mkdir(parents=True)
    (folder / "sitecustomize.py").write_text(_TRIPWIRES, encoding="utf-8")
    path = os.pathsep.join([str(folder), module_environment()["PYTHONPATH"]])
    return {"PYTHONPATH": path, "BENCH_TRIPWIRES": json.dumps(dict(wires))}


def run_kb(folder: Path, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """The outcome of a command that ran in a folder; raises TimeoutExpired if it hangs."""
    return subprocess.run(
        module_command("kb", *map(str, arguments)),
        cwd=folder,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=PATIENCE_S,
        check=False,
    )


def prepare() -> None:
    """Have the machine code ready, so that no trial measures how long compiling it takes."""
    subprocess.run(module_command("kb", "prepare"), env=environment(), stdout=subprocess.DEVNULL, check=True)


def build_index(corpus: Path, index: Path) -> None:
    """Bring an index up to a corpus by the command; raises RuntimeError with what it printed if it fails."""
    done = run_kb(corpus.parent, "index", corpus, "--index", index)
    if done.returncode:
        raise RuntimeError(f"kb index ended with {done.returncode}: {done.stdout}{done.stderr}")
