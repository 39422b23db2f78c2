"""`python -m kb.machine_code MODULE:LOOP …` compiles loops, stores their machine code, and prints the name of each."""

from __future__ import annotations

import gc
import signal
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from kb.compiled import CompiledLoop
from kb.machine_code.compiler import compile_for_any_processor, compile_loop
from kb.machine_code.store import MachineCodeStore, usual_folders


def main(names: Sequence[str]) -> None:
    """Compile and store the named loops; a loop that fails is not printed, and costs the rest nothing."""
    # Without the process that reads the names, the next name ends this process in silence.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    compile_for_any_processor()
    store = MachineCodeStore(usual_folders())
    # The compiler makes few cycles and many objects: with the usual thresholds a tenth of the time goes to collecting.
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    for name in names:
        try:
            loop = _loop(name)
            folder = store.write(loop, compile_loop(loop))
        except Exception:
            traceback.print_exc()
        else:
            if folder:
                print(name, flush=True)  # noqa: T201 - the protocol with `prepare`


def _loop(name: str) -> CompiledLoop[..., Any]:
    module, _, function = name.partition(":")
    loop: CompiledLoop[..., Any] = getattr(import_module(module), function)
    return loop


if __name__ == "__main__":
    main(sys.argv[1:])
