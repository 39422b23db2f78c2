"""The second tier of compiled loops: their machine code is loaded, and compiled before if it is not kept anywhere."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from kb.compiled import CompiledLoop, loops
from kb.machine_code.compiler import compile_for_any_processor, compile_loop, executable
from kb.machine_code.preparation import missing_from, prepare
from kb.machine_code.store import MachineCodeStore, not_kept, usual_folders

_log = logging.getLogger("kb")
_loading = threading.Lock()


def load(wanted: Iterable[CompiledLoop[..., Any]]) -> None:
    """Let these loops run as machine code from now on.

    If one of them has none yet, all loops imported so far are prepared. Where machine code cannot be kept, each loop is
    compiled in this process, which is said once.
    """
    store = MachineCodeStore(usual_folders())
    with _loading:
        waiting = [loop for loop in wanted if not loop.is_machine_code]
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
            # What pickle and numba raise for code that is whole and still does not fit is any kind of error.
            _log.warning("the machine code of %s cannot be loaded (%r): compiled anew", loop.name, error)
            store.remove(loop)
    else:
        _say_once_that_nothing_is_kept(store.folders)
    return executable(loop, compile_loop(loop))


@cache
def _say_once_that_nothing_is_kept(folders: tuple[Path, ...]) -> None:
    _log.warning("%s, so every start compiles it anew; %s", *not_kept(folders))
