"""`python -m kb.machine_code MODULE:LOOP …` compiles loops, keeps their machine code, and says the name of each."""

from __future__ import annotations

import gc
import sys
from importlib import import_module

from kb.machine_code.compiler import compile_for_any_processor, compile_loop
from kb.machine_code.store import MachineCodeStore, usual_folders


def main(names: list[str]) -> None:
    """Compile the loops of these names and keep their machine code."""
    compile_for_any_processor()
    store = MachineCodeStore(usual_folders())
    loops = [getattr(import_module(module), loop) for module, _, loop in (name.partition(":") for name in names)]
    # The compiler makes few cycles and many objects: with the usual thresholds a tenth of the time goes to collecting.
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    for loop in loops:
        store.write(loop, compile_loop(loop))
        print(loop.name, flush=True)  # noqa: T201 - the protocol with `prepare`


if __name__ == "__main__":
    main(sys.argv[1:])
