"""Preparing: machine code for loops that have none yet, compiled in processes that end and take their memory along.

As many processes as there are cores share the loops, the longest first. Each says the name of a loop on its standard
output when its machine code is kept.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from typing import Any

from kb.compiled import CompiledLoop
from kb.cores import usable_cores
from kb.machine_code.announcing import Progress, announced
from kb.machine_code.key import compiled_bytes
from kb.machine_code.store import MachineCodeStore, usual_folders
from kb.own_process import module_command, module_environment

BYTES_PER_SECOND = 2500
"""Bytecode that a core compiles in a second, inner functions included: for saying about how long it takes."""


def missing_from(store: MachineCodeStore, loops: Sequence[CompiledLoop[..., Any]]) -> list[CompiledLoop[..., Any]]:
    """The loops without machine code."""
    return [loop for loop in loops if not store.has(loop)]


def is_prepared(loops: Iterable[CompiledLoop[..., Any]]) -> bool:
    """Whether every loop has machine code in the usual folders."""
    return not missing_from(MachineCodeStore(usual_folders()), list(loops))


def estimated_seconds(loops: Sequence[CompiledLoop[..., Any]]) -> int:
    """About how long it takes to compile the loops on this machine, at least one second."""
    bytecode = sum(compiled_bytes(loop.definition) for loop in loops)
    return max(1, round(bytecode / BYTES_PER_SECOND / min(usable_cores(), len(loops))))


def prepare(loops: Sequence[CompiledLoop[..., Any]], store: MachineCodeStore) -> list[CompiledLoop[..., Any]]:
    """Compile the loops, announced and with progress, and keep their machine code; the loops that have none afterwards.

    A loop has none where no folder can be written, and where compiling failed.
    """
    if missing_from(store, loops) and store.is_writable():
        with store.lock():
            # Another process may have prepared them meanwhile.
            if missing := missing_from(store, loops):
                seconds = estimated_seconds(missing)
                with announced(f"preparing the search engine, once, about {seconds} s") as progress:
                    _compile_apart(missing, progress)
    return missing_from(store, loops)


def _compile_apart(loops: Sequence[CompiledLoop[..., Any]], progress: Progress) -> None:
    """Compile the loops in processes of their own."""
    reading, writing = os.pipe()
    environment = module_environment()
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for names in _shares(loops, usable_cores()):
            command = module_command("kb.machine_code", *names)
            processes.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=writing, env=environment))  # noqa: S603 - our own command
        os.close(writing)
        with os.fdopen(reading) as lines:
            # Invariant: as many loops are compiled as lines have been read.
            for done, _ in enumerate(lines, 1):
                progress(done, len(loops))
    finally:
        for process in processes:
            process.terminate()
            process.wait()


def _shares(loops: Sequence[CompiledLoop[..., Any]], most: int) -> list[list[str]]:
    """The names of the loops in so many lists, none empty, of about equal time: longest first (Graham 1969)."""
    shares: list[tuple[int, int, list[str]]] = [(0, number, []) for number in range(min(most, len(loops)))]
    for loop in sorted(loops, key=lambda loop: -compiled_bytes(loop.definition)):
        load, number, names = heappop(shares)
        heappush(shares, (load + compiled_bytes(loop.definition), number, [*names, loop.name]))
    return [names for _, _, names in shares]
