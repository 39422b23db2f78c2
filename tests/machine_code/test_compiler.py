"""Whether machine code looks at the bounds of arrays is said by the loop alone, without a variable of the compiler."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import pytest

from kb.compiled import CompiledLoop
from kb.machine_code.compiler import compile_loop, executable

from .loops import checked_element, unchecked_element

FOUR = np.array([10, 11, 12, 13], dtype=np.int32)
THREE = FOUR[:3]


@pytest.fixture(autouse=True)
def as_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The compiler without the variable that the tests are run with."""
    monkeypatch.setattr(numba.config, "BOUNDSCHECK", None)


def machine_code(loop: CompiledLoop[..., Any]) -> Any:
    return executable(loop, compile_loop(loop))


def test_an_index_out_of_bounds_raises_also_in_an_inner_function() -> None:
    element = machine_code(checked_element)
    assert element(THREE, 2) == 12
    for index in (3, -4, 1 << 40, -(1 << 62)):
        with pytest.raises(IndexError):
            element(THREE, index)


def test_the_same_inner_function_does_not_look_in_a_loop_without_checks() -> None:
    machine_code(checked_element)
    assert machine_code(unchecked_element)(THREE, 3) == 13


def test_interpreted_every_loop_looks() -> None:
    for loop in (checked_element, unchecked_element):
        with pytest.raises(IndexError):
            loop.interpreted(THREE, 3)
