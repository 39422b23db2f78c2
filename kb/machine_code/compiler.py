"""numba: a loop, with the inner functions it calls, to machine code that can be stored and called."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any, get_type_hints

import numpy as np
from numba import config as _config
from numba import njit as _njit
from numba import types
from numba.core import serialize
from numba.core.compiler import CompileResult
from numba.np.numpy_support import from_dtype

from kb.compiled import ArrayType, CompiledLoop
from kb.machine_code.key import inner_functions_of

# Three names without type hints in numba.
config: Any = _config
njit: Any = _njit
serialized: Any = serialize.dumps

_OPTIONS: dict[str, Any] = {"nogil": False, "error_model": "numpy", "no_cfunc_wrapper": True}
"""Options of every loop.

nogil        most loops take microseconds, and a thread that releases the interpreter's lock waits longer to regain it
error_model  a division by zero gives infinity or NaN, as in NumPy

A loop and the inner functions compiled into it share the option `boundscheck`.
"""

_NUMBERS: dict[Any, Any] = {int: types.int64, float: types.float64, bool: types.boolean}


def compile_loop(loop: CompiledLoop[..., Any]) -> bytes:
    """The machine code of a loop, pickled: the content of files, and an argument of `executable`."""
    dispatcher = njit(**_OPTIONS, boundscheck=loop.checks_bounds)(_linked(loop.definition, loop.checks_bounds))
    dispatcher.compile(_argument_types(loop.definition))
    (result,) = dispatcher.overloads.values()
    code: bytes = serialized(result._reduce())
    return code


def executable(loop: CompiledLoop[..., Any], code: bytes) -> Callable[..., Any]:
    """The machine code of a loop as a function; raises TypeError for arguments of other types than the parameters'.

    Pickle and numba raise errors of any kind for code that does not fit.
    """
    dispatcher = njit(**_OPTIONS, boundscheck=loop.checks_bounds)(loop.definition)
    context = dispatcher.targetctx
    context.refresh()
    rebuild: Any = CompileResult._rebuild
    result = rebuild(context, *pickle.loads(code))  # noqa: S301 - see the head of `store.py`
    context.insert_user_function(result.entry_point, result.fndesc, [result.library])
    dispatcher.add_overload(result)
    dispatcher.disable_compile()
    return dispatcher


def compile_for_any_processor() -> None:
    """Set numba to the oldest processor of this machine's kind, for the whole process, unless NUMBA_CPU_NAME is set."""
    if config.CPU_NAME is None:
        config.CPU_NAME, config.CPU_FEATURES = "generic", ""


@cache
def _inner_dispatcher(function: FunctionType, checks_bounds: bool) -> Any:
    # Only machine code calls it, so it needs no wrapper for Python.
    return njit(**_OPTIONS, boundscheck=checks_bounds, no_cpython_wrapper=True)(_linked(function, checks_bounds))


def _linked(function: FunctionType, checks_bounds: bool) -> FunctionType:
    """The function with dispatchers in place of the inner functions it calls."""
    inner = inner_functions_of(function).items()
    dispatchers = {name: _inner_dispatcher(called, checks_bounds) for name, called in inner}
    linked = FunctionType(function.__code__, function.__globals__ | dispatchers, function.__name__)
    linked.__qualname__, linked.__module__ = function.__qualname__, function.__module__
    return linked


def _argument_types(function: Callable[..., Any]) -> tuple[Any, ...]:
    hints = get_type_hints(function, include_extras=True)
    hints.pop("return", None)
    return tuple(_NUMBERS[hint] if hint in _NUMBERS else _array_type(hint.__metadata__[0]) for hint in hints.values())


def _array_type(array: ArrayType) -> Any:
    return types.Array(from_dtype(np.dtype(array.scalar)), array.dimensions, "C", readonly=array.readonly)
