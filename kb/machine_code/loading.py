"""The second tier of compiled loops: machine code, loaded from the store, or compiled where the store has none."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from kb.compiled import CompiledLoop, loops
from kb.machine_code.compiler import compile_for_any_processor, compile_loop, executable
from kb.machine_code.preparation import missing_from, prepare
from kb.machine_code.store import MachineCodeStore, not_kept, usual_folders

_log = logging.getLogger("kb")
_loading = threading.Lock()


def load(wanted: Iterable[CompiledLoop[..., Any]]) -> None:
    """Let these loops run as machine code from now on.

    If the store lacks the code of a loop, all loops imported so far are prepared. Loops still without code are compiled
    in this process, and the reason is logged once.
    """
    store = MachineCodeStore(usual_folders())
    with _loading:
        waiting = [loop for loop in dict.fromkeys(wanted) if not loop.is_machine_code]
        if missing_from(store, waiting):
            prepare(loops(), store)
        compile_for_any_processor()
        for loop in waiting:
            loop.run_as(_loaded(store, loop))


def _loaded(store: MachineCodeStore, loop: CompiledLoop[..., Any]) -> Callable[..., Any]:
    code = store.read(loop)
    if code is not None:
        try:
            return executable(loop, code)
        except Exception as error:
            _log.warning("the machine code of %s cannot be loaded (%r): compiled anew", loop.name, error)
            store.remove(loop)
    elif store.is_writable():
        _warn_once("machine code could not be prepared, so this process compiles it")
    else:
        problem, remedy = not_kept(store.folders)
        _warn_once(f"{problem}, so every start compiles it anew; {remedy}")
    try:
        return executable(loop, compile_loop(loop))
    except Exception as error:
        _log.error("%s cannot be compiled (%r): it is interpreted, which is slow", loop.name, error)
        return loop.interpreted


@cache
def _warn_once(message: str) -> None:
    _log.warning("%s", message)
