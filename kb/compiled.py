"""Loops over arrays, written in Python and compiled to machine code when they are first called.

What NumPy does in ten passes over a few hundred numbers costs ten times more in calling NumPy than in arithmetic. A
compiled loop is one call, and reads like the definition of what it computes. It takes arrays and numbers of the types
that it is annotated with, and gives arrays and numbers; places out of bounds are not noticed (in tests they are: see
the Makefile), so its callers see to them.

    @compiled
    def total(counts: Int32s, most: int) -> int: ...

The machine code is kept beside the module or, where that cannot be written, in the user's cache (numba's own rules and
its variable NUMBA_CACHE_DIR); where nothing can be written, each process compiles for itself. It is made anew when the
loop changes, or one of the numbers and `inner` functions that it uses, in whichever module they stand.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable
from hashlib import blake2b
from types import FunctionType
from typing import Annotated, Any, Generic, ParamSpec, TypeVar, get_type_hints

import numpy as np
from numba import njit, types

_P = ParamSpec("_P")
_R = TypeVar("_R")

_OPTIONS: dict[str, Any] = {"nogil": False, "error_model": "numpy"}
"""Other threads wait: most loops are done in microseconds, and a thread that lets others run has to wait for them then.
A division by zero gives infinity or no number, as in NumPy."""


def _array(dtype: Any, dimensions: int = 1, *, readonly: bool = True) -> Any:
    # What takes arrays that cannot be written takes all: arrays mapped from files, and their slices, are such.
    return types.Array(dtype, dimensions, "C", readonly=readonly)


Bools = Annotated[np.ndarray, _array(types.boolean)]
Uint8s = Annotated[np.ndarray, _array(types.uint8)]
Uint16s = Annotated[np.ndarray, _array(types.uint16)]
Uint32s = Annotated[np.ndarray, _array(types.uint32)]
Int32s = Annotated[np.ndarray, _array(types.int32)]
Int64s = Annotated[np.ndarray, _array(types.int64)]
Float32s = Annotated[np.ndarray, _array(types.float32)]
Float64s = Annotated[np.ndarray, _array(types.float64)]
Uint64s = Annotated[np.ndarray, _array(types.uint64)]
WrittenInt32s = Annotated[np.ndarray, _array(types.int32, readonly=False)]
WrittenInt64s = Annotated[np.ndarray, _array(types.int64, readonly=False)]
WrittenUint32s = Annotated[np.ndarray, _array(types.uint32, readonly=False)]
WrittenUint64s = Annotated[np.ndarray, _array(types.uint64, readonly=False)]
Int64Table = Annotated[np.ndarray, _array(types.int64, 2)]
Float64Table = Annotated[np.ndarray, _array(types.float64, 2)]

signed: Any = np.int64
"""A number of an array of unsigned ones as an int: signed and unsigned numbers together would become floats."""

_NUMBERS: dict[Any, Any] = {int: types.int64, float: types.float64, bool: types.boolean}


class CompiledLoop(Generic[_P, _R]):
    """A function that is compiled, or read from what is kept, when it is first called."""

    def __init__(self, function: Callable[_P, _R]) -> None:
        self.__doc__ = function.__doc__
        self.definition = function
        """As it is written: what a test can compare with."""
        self._run: Callable[_P, _R] = self._compile_and_run
        self.is_compiled = False

    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        return self._run(*args, **kwargs)

    def compile(self) -> None:
        """Makes the machine code, if that has not been done yet."""
        if not self.is_compiled:
            self._run = _machine_code(self.definition)
            self.is_compiled = True

    def _compile_and_run(self, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        self.compile()
        return self._run(*args, **kwargs)


_loops: list[CompiledLoop[..., Any]] = []


def compiled(function: Callable[_P, _R]) -> CompiledLoop[_P, _R]:
    """The function as a compiled loop; its parameters are annotated with arrays of this module, int, float or bool."""
    loop = CompiledLoop(function)
    _loops.append(loop)
    return loop


def inner(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """The function as a part of compiled loops, which is compiled into each that uses it."""
    made: Callable[_P, _R] = njit(**_OPTIONS)(function)
    return made


def compile_all() -> None:
    """Makes the machine code of all modules imported so far: nobody waits for it later."""
    for loop in _loops:
        loop.compile()


def _machine_code(function: Any) -> Any:
    """The function for the types of its annotations, and for no others."""
    named = FunctionType(function.__code__, function.__globals__, function.__name__)
    # Machine code is kept under a function's name, and used as long as the function's own module does not change.
    named.__qualname__ = f"{function.__qualname__}-{_digest(function)}"
    named.__module__ = function.__module__
    try:
        made = njit(cache=True, **_OPTIONS)(named)
    except RuntimeError:
        # No folder for the machine code can be written to.
        made = njit(**_OPTIONS)(named)
    made.compile(_argument_types(function))
    made.disable_compile()
    return made


def _digest(function: Any) -> str:
    """Changes with whatever of the program shapes the machine code of a function."""
    parts = [marshal.dumps(function.__code__, 2)]
    for name in function.__code__.co_names:
        value = function.__globals__.get(name)
        if hasattr(value, "py_func"):
            parts.append(_digest(value.py_func).encode())
        elif isinstance(value, int | float | str | tuple | np.generic):
            parts.append(repr((name, value)).encode())
    return blake2b(b"|".join(parts), digest_size=8).hexdigest()


def _argument_types(function: Callable[..., Any]) -> tuple[Any, ...]:
    hints = get_type_hints(function, include_extras=True)
    hints.pop("return", None)
    return tuple(_NUMBERS[hint] if hint in _NUMBERS else hint.__metadata__[0] for hint in hints.values())
