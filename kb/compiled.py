"""Loops over arrays, written in Python and compiled to machine code when they are first called.

What NumPy would do in ten passes over a few hundred numbers costs ten times more in calling NumPy than in arithmetic. A
compiled loop is one call, reads like the definition of what it computes, and lets other threads run meanwhile. It takes
arrays and numbers, and gives arrays and numbers; places out of bounds are not noticed, so the callers see to them.

The machine code is kept beside the module or, where that cannot be written, in the user's cache (numba's own rules and
its variable NUMBA_CACHE_DIR); where nothing can be written, each process compiles for itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from numba import njit

_P = ParamSpec("_P")
_R = TypeVar("_R")

_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
"""Other threads run meanwhile; a division by zero gives infinity or no number, as in NumPy."""


def compiled(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """The function, compiled for the types of its arguments when it is first called with them."""
    try:
        made: Callable[_P, _R] = njit(cache=True, **_OPTIONS)(function)
    except RuntimeError:
        # No folder for the machine code can be written to.
        made = njit(**_OPTIONS)(function)
    return made
