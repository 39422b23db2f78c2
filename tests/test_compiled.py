"""Compiled loops give the same interpreted and as machine code, and change over when enough has gone through them."""

from __future__ import annotations

from types import FunctionType

import numpy as np
import pytest

import kb.compiled
from kb.compiled import CompiledLoop, Int32s, Uint64s, compiled, inner


@inner
def times(a: float, b: float) -> float:
    return a * b


@compiled
def total(counts: Int32s, factor: float) -> float:
    """The sum, multiplied."""
    added = 0.0
    for count in counts:
        added += times(count, factor)
    return added


@compiled
def mixed(hashes: Uint64s) -> int:
    value = np.uint64(0xCBF29CE484222325)
    for entry in hashes:
        value = (value ^ entry) * np.uint64(0x100000001B3)
    return np.int64(value >> np.uint64(1))


COUNTS = np.arange(5, dtype=np.int32)


@pytest.fixture
def interpreted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kb.compiled, "INTERPRETED_ELEMENTS", 12)


@pytest.mark.usefixtures("interpreted")
def test_a_loop_becomes_machine_code_when_enough_elements_have_gone_through_it() -> None:
    loop = CompiledLoop(total.definition)
    seen = []
    for _ in range(4):
        assert loop(COUNTS, 2.0) == 20.0
        seen.append(loop.is_machine_code)
    assert seen == [False, False, True, True]


@pytest.mark.parametrize("limit", [0, 1000], ids=["machine code", "interpreted"])
def test_arrays_that_cannot_be_written_are_taken_like_others(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    monkeypatch.setattr(kb.compiled, "INTERPRETED_ELEMENTS", limit)
    loop = CompiledLoop(total.definition)
    frozen = COUNTS[:]
    frozen.flags.writeable = False
    assert loop(COUNTS, 2.0) == loop(frozen, 2) == 20.0
    assert loop.is_machine_code == (limit == 0)


@pytest.mark.parametrize("limit", [0, 1000], ids=["machine code", "interpreted"])
def test_hashes_overflow_in_silence(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    monkeypatch.setattr(kb.compiled, "INTERPRETED_ELEMENTS", limit)
    assert CompiledLoop(mixed.definition)(np.array([7, 9], dtype=np.uint64)) == 293912119038012126


def test_machine_code_takes_no_array_of_another_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kb.compiled, "INTERPRETED_ELEMENTS", 0)
    with pytest.raises(TypeError):
        CompiledLoop(total.definition)(COUNTS.astype(np.float64), 2.0)


def test_a_loop_has_the_name_and_the_words_of_its_definition() -> None:
    loop = CompiledLoop(total.definition)
    assert loop.name == f"{__name__}:total"
    assert loop.__doc__ == "The sum, multiplied."
    assert isinstance(loop.definition, FunctionType)
