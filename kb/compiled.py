"""Loops over arrays, written in Python: interpreted while little data goes through them, machine code after that.

What NumPy does in ten passes over a few hundred numbers costs ten times more in calling NumPy than in arithmetic. A
compiled loop is one call, and reads like the definition of its result. Its parameters are annotated with the array
types of this module, int, float or bool; it returns arrays and numbers. Machine code does not notice an index out of
bounds (in tests it does: see the Makefile), so callers see to the bounds.

    @compiled
    def total(counts: Int32s, most: int) -> int: ...

Execution is tiered, as in the virtual machines of Java and JavaScript. Loading machine code takes longer than
interpreting loops over a small archive, and compiling takes far longer. So loops are interpreted until as much time has
gone into that as the change to machine code takes: at worst twice the time of the better choice (the ski rental
problem; Karlin and others 1988, "Competitive snoopy caching"). Then all loops change over together.

A loop is therefore written to give the same result in both tiers: array elements are NumPy scalars when it is
interpreted, which wrap around at their own width, so unsigned and narrow elements are made `signed` before arithmetic.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Annotated, Any, Generic, ParamSpec, TypeVar

import numpy as np

_P = ParamSpec("_P")
_R = TypeVar("_R")

LOADING_SECONDS = 0.4
"""Seconds to load the stored machine code of all loops: interpreting may take as long."""

PREPARING_SECONDS = 3.0
"""Seconds of interpreting before machine code is compiled where none is stored: a fifth of the time to compile all
loops on two cores."""


@dataclass(frozen=True)
class ArrayType:
    """The type of an array parameter: a C-contiguous array of a NumPy scalar type."""

    scalar: type[np.generic]
    dimensions: int = 1
    readonly: bool = True
    """Whether the parameter also accepts read-only arrays: arrays mapped from files, and slices of them."""


Bools = Annotated[np.ndarray, ArrayType(np.bool_)]
Uint8s = Annotated[np.ndarray, ArrayType(np.uint8)]
Uint16s = Annotated[np.ndarray, ArrayType(np.uint16)]
Uint32s = Annotated[np.ndarray, ArrayType(np.uint32)]
Int32s = Annotated[np.ndarray, ArrayType(np.int32)]
Int64s = Annotated[np.ndarray, ArrayType(np.int64)]
Float32s = Annotated[np.ndarray, ArrayType(np.float32)]
Float64s = Annotated[np.ndarray, ArrayType(np.float64)]
Uint64s = Annotated[np.ndarray, ArrayType(np.uint64)]
WrittenInt32s = Annotated[np.ndarray, ArrayType(np.int32, readonly=False)]
WrittenInt64s = Annotated[np.ndarray, ArrayType(np.int64, readonly=False)]
WrittenUint32s = Annotated[np.ndarray, ArrayType(np.uint32, readonly=False)]
WrittenUint64s = Annotated[np.ndarray, ArrayType(np.uint64, readonly=False)]
Int64Table = Annotated[np.ndarray, ArrayType(np.int64, 2)]
WrittenInt64Table = Annotated[np.ndarray, ArrayType(np.int64, 2, readonly=False)]

signed: Any = np.int64
"""An element of an unsigned or narrow array as an int64: the arithmetic of int64, interpreted and compiled."""

inner_functions: set[Callable[..., Any]] = set()
"""The functions that `inner` marked: compiled into the loops that call them."""


class CompiledLoop(Generic[_P, _R]):
    """A loop that is interpreted at first, and runs as machine code once interpreting took as long as the change."""

    def __init__(self, function: Callable[_P, _R]) -> None:
        self.__doc__ = function.__doc__
        self.definition: Any = function
        """The loop as it is written: the first tier, and the oracle of the second."""
        self._run: Callable[_P, _R] = self._interpret

    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        return self._run(*args, **kwargs)

    @property
    def name(self) -> str:
        """Module and name, as in `kb.engine.phrases:_phrase_matches`."""
        return f"{self.definition.__module__}:{self.definition.__qualname__}"

    @property
    def is_machine_code(self) -> bool:
        return self._run != self._interpret

    def run_as(self, machine_code: Callable[_P, _R]) -> None:
        """Run as this machine code from now on."""
        self._run = machine_code

    def _interpret(self, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        if _interpreter.took_too_long():
            load([self, *_loops])
            return self._run(*args, **kwargs)
        started = time.perf_counter()
        result = self.interpreted(*args, **kwargs)
        _interpreter.seconds += time.perf_counter() - started
        return result

    def interpreted(self, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        """The result of the definition, silent about overflow like machine code: hashes overflow on purpose."""
        with np.errstate(over="ignore"):
            result: _R = self.definition(*args, **kwargs)
        return result


class _Interpreter:
    """The seconds that this process has spent on interpreting loops."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._is_unprepared = False

    def took_too_long(self) -> bool:
        """Whether the change to machine code would have taken no more time."""
        if self.seconds < (PREPARING_SECONDS if self._is_unprepared else LOADING_SECONDS):
            return False
        self._is_unprepared = self._is_unprepared or not _is_prepared()
        return not self._is_unprepared or self.seconds >= PREPARING_SECONDS


_interpreter = _Interpreter()
_loops: list[CompiledLoop[..., Any]] = []


def compiled(function: Callable[_P, _R]) -> CompiledLoop[_P, _R]:
    """The function as a compiled loop; its parameters are annotated with arrays of this module, int, float or bool."""
    loop = CompiledLoop(function)
    _loops.append(loop)
    return loop


def inner(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """The same function, marked as a part of compiled loops."""
    inner_functions.add(function)
    return function


def loops() -> list[CompiledLoop[..., Any]]:
    """The compiled loops of all modules imported so far."""
    return list(_loops)


def load(wanted: Iterable[CompiledLoop[..., Any]]) -> None:
    """Let these loops run as machine code from now on; compile loops without stored machine code."""
    # Not imported above: with it comes numba, a quarter of a second and 60 MB, for which small archives have no use.
    import_module("kb.machine_code.loading").load(wanted)


def load_if_prepared() -> None:
    """Let all loops run as machine code if all of it is stored: for a process with seconds of work ahead."""
    if _is_prepared():
        load(_loops)


def _is_prepared() -> bool:
    prepared: bool = import_module("kb.machine_code.preparation").is_prepared(_loops)
    return prepared
