"""The key of a loop's machine code: a digest of all sources of the code, made without loading numba."""

from __future__ import annotations

import marshal
import os
import platform
import sys
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from types import FunctionType
from typing import Any, get_type_hints

import numpy as np

from kb.compiled import CompiledLoop, inner_functions

FORMAT = 2
"""Part of every key: raised with any change of how loops are compiled or kept."""


@cache
def key_of(loop: CompiledLoop[..., Any]) -> str:
    """The digest of a loop with the functions and constants it uses, of its parameters' types, of whether it checks
    bounds, of the versions and switches of the compiler, and of the kind of machine: 32 hexadecimal digits."""
    parameters = repr(get_type_hints(loop.definition, include_extras=True))
    parts = [code_digest(loop.definition), parameters, f"checks bounds: {loop.checks_bounds}", *_environment()]
    return sha256("\n".join(parts).encode()).hexdigest()[:32]


def code_digest(function: FunctionType) -> str:
    """The digest of a function's bytecode and of whatever compiling takes from its module, in hexadecimal digits.

    File and lines are left out: code prepared for a package serves wherever the package is installed.
    """
    bytecode = function.__code__.replace(co_filename="", co_firstlineno=1, co_linetable=b"")
    digest = sha256(marshal.dumps(bytecode, 2))
    for name, value in globals_of(function):
        digest.update(f"{name}={_described(value)};".encode())
    return digest.hexdigest()


def globals_of(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """Name and value of each global that a function uses, in the order of its bytecode."""
    for name in function.__code__.co_names:
        if name in function.__globals__:
            yield name, function.__globals__[name]


def inner_functions_of(function: FunctionType) -> dict[str, FunctionType]:
    """The inner functions called by a function, by their names in its module."""
    return {n: v for n, v in globals_of(function) if isinstance(v, FunctionType) and v in inner_functions}


def compiled_bytes(function: FunctionType) -> int:
    """Bytes of bytecode of a function and of all it calls: an estimate of the time to compile it."""
    return len(function.__code__.co_code) + sum(map(compiled_bytes, inner_functions_of(function).values()))


def _described(value: Any) -> str:
    if isinstance(value, FunctionType) and value in inner_functions:
        return code_digest(value)
    if isinstance(value, type):
        return f"{value.__qualname__}{getattr(value, '_fields', '')}"
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{value.shape}{value.tobytes().hex()}"
    return repr(value) if isinstance(value, int | float | str | tuple | np.generic) else ""


@cache
def _environment() -> tuple[str, ...]:
    switches = [os.environ.get(f"NUMBA_{name}", "") for name in ("BOUNDSCHECK", "OPT", "CPU_NAME", "CPU_FEATURES")]
    compilers = [version(name) for name in ("numba", "llvmlite", "numpy")]
    return (
        str(FORMAT),
        *switches,
        *compilers,
        str(sys.implementation.cache_tag),
        platform.system(),
        platform.machine(),
    )
