"""Preparation: machine code for loops without any, compiled in processes that end and free the compiler's memory.

As many processes as cores share the loops, the longest first. A process prints the name of each loop when the machine
code is stored.
"""

from __future__ import annotations

import logging
import os
import subprocess
from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from typing import Any, BinaryIO

from kb.compiled import CompiledLoop
from kb.cores import usable_cores
from kb.machine_code.announcing import Progress, announced
from kb.machine_code.key import compiled_bytes
from kb.machine_code.store import MachineCodeStore, usual_folders
from kb.own_process import module_command, module_environment

BYTES_PER_SECOND = 3400
"""Bytes of bytecode that a core compiles in a second, inner functions included: an estimate."""

_log = logging.getLogger("kb")


def missing_from(store: MachineCodeStore, loops: Sequence[CompiledLoop[..., Any]]) -> list[CompiledLoop[..., Any]]:
    """The loops without machine code."""
    return [loop for loop in loops if not store.has(loop)]


def is_prepared(loops: Iterable[CompiledLoop[..., Any]]) -> bool:
    """Whether every loop has machine code in the usual folders."""
    return not missing_from(MachineCodeStore(usual_folders()), list(loops))


def estimated_seconds(loops: Sequence[CompiledLoop[..., Any]]) -> int:
    """Estimated time to compile the loops on all cores, in whole seconds, at least 1; `loops` is not empty."""
    bytecode = sum(compiled_bytes(loop.definition) for loop in loops)
    return max(1, round(bytecode / BYTES_PER_SECOND / min(usable_cores(), len(loops))))


def prepare(loops: Sequence[CompiledLoop[..., Any]], store: MachineCodeStore) -> list[CompiledLoop[..., Any]]:
    """Compile the loops, announced and with progress, and store their machine code.

    Returns the loops without machine code afterwards: all where no folder can be written, and loops that failed.
    """
    if missing_from(store, loops) and store.is_writable():
        with store.lock():
            # Another process may have compiled them during the wait for the lock.
            if missing := missing_from(store, loops):
                seconds = estimated_seconds(missing)
                with announced(f"preparing the search engine, once, about {seconds} s") as progress:
                    _compile_apart(missing, progress)
    return missing_from(store, loops)


def _compile_apart(loops: Sequence[CompiledLoop[..., Any]], progress: Progress) -> None:
    """Compile the loops in processes of their own; a process that fails leaves its loops without machine code."""
    reading, writing = os.pipe()
    processes: list[subprocess.Popen[bytes]] = []
    with os.fdopen(reading) as lines:
        try:
            # This process closes its writing end: the lines end with the last process, however that ends.
            with os.fdopen(writing, "wb") as output:
                _start(processes, _shares(loops, usable_cores()), output)
            # Invariant: as many loops are compiled as lines have been read.
            for done, _ in enumerate(lines, 1):
                progress(done, len(loops))
        finally:
            for process in processes:
                process.terminate()
                process.wait()


def _start(processes: list[subprocess.Popen[bytes]], shares: Sequence[Sequence[str]], output: BinaryIO) -> None:
    """Add a process for each share of names, or for as many as the system can start."""
    environment = module_environment()
    try:
        for names in shares:
            command = module_command("kb.machine_code", *names)
            # A process group of its own: Ctrl+C is for this process, which ends the others.
            process = subprocess.Popen(  # noqa: S603 - our own command
                command, stdin=subprocess.DEVNULL, stdout=output, env=environment, process_group=0
            )
            processes.append(process)
    except OSError as error:
        _log.warning("a process to compile in cannot be started: %s", error)


def _shares(loops: Sequence[CompiledLoop[..., Any]], most: int) -> list[list[str]]:
    """Names of the loops in at most `most` lists of about equal work, none empty: longest first (Graham 1969)."""
    shares: list[tuple[int, int, list[str]]] = [(0, index, []) for index in range(min(most, len(loops)))]
    for loop in sorted(loops, key=lambda loop: -compiled_bytes(loop.definition)):
        work, index, names = heappop(shares)
        heappush(shares, (work + compiled_bytes(loop.definition), index, [*names, loop.name]))
    return [names for _, _, names in shares]
