"""Compiled loops give the same interpreted and as machine code, and change over when enough has gone through them."""

from __future__ import annotations

from types import FunctionType

import numpy as np
import pytest

import kb.compiled
from kb.compiled import CompiledLoop, Int32s, Uint64s, _Interpreter, compiled, inner
from kb.machine_code import loading


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


tiers = pytest.mark.parametrize("is_machine_code", [False, True], ids=["interpreted", "machine code"])


def in_tier(monkeypatch: pytest.MonkeyPatch, is_machine_code: bool) -> None:
    seconds = 0.0 if is_machine_code else float("inf")
    monkeypatch.setattr(kb.compiled, "LOADING_SECONDS", seconds)
    monkeypatch.setattr(kb.compiled, "PREPARING_SECONDS", seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has interpreted nothing, whose clock goes on by a second whenever it is read."""
    monkeypatch.setattr(kb.compiled, "_interpreter", _Interpreter())
    monkeypatch.setattr(kb.compiled.time, "perf_counter", iter(range(1000)).__next__)
    monkeypatch.setattr(kb.compiled, "load", lambda wanted: loading.load([wanted[0]]))


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(("is_prepared", "interpreted"), [(True, 2), (False, 4)])
def test_a_loop_becomes_machine_code_when_interpreting_has_taken_as_long_as_the_change(
    monkeypatch: pytest.MonkeyPatch, is_prepared: bool, interpreted: int
) -> None:
    monkeypatch.setattr(kb.compiled, "LOADING_SECONDS", 1.5)
    monkeypatch.setattr(kb.compiled, "PREPARING_SECONDS", 3.5)
    monkeypatch.setattr(kb.compiled, "_is_prepared", lambda: is_prepared)
    loop = CompiledLoop(total.definition)
    tiers = []
    for _ in range(6):
        assert loop(COUNTS, 2.0) == 20.0
        tiers.append(loop.is_machine_code)
    assert tiers == [False] * interpreted + [True] * (6 - interpreted)


@tiers
def test_arrays_that_cannot_be_written_are_taken_like_others(
    monkeypatch: pytest.MonkeyPatch, is_machine_code: bool
) -> None:
    in_tier(monkeypatch, is_machine_code)
    loop = CompiledLoop(total.definition)
    frozen = COUNTS[:]
    frozen.flags.writeable = False
    assert loop(COUNTS, 2.0) == loop(frozen, 2) == 20.0
    assert loop.is_machine_code == is_machine_code


@tiers
def test_hashes_overflow_in_silence(monkeypatch: pytest.MonkeyPatch, is_machine_code: bool) -> None:
    in_tier(monkeypatch, is_machine_code)
    assert CompiledLoop(mixed.definition)(np.array([7, 9], dtype=np.uint64)) == 293912119038012126


def test_machine_code_takes_no_array_of_another_type(monkeypatch: pytest.MonkeyPatch) -> None:
    in_tier(monkeypatch, True)
    with pytest.raises(TypeError):
        CompiledLoop(total.definition)(COUNTS.astype(np.float64), 2.0)


def test_a_loop_has_the_name_and_the_words_of_its_definition() -> None:
    loop = CompiledLoop(total.definition)
    assert loop.name == f"{__name__}:total"
    assert loop.__doc__ == "The sum, multiplied."
    assert isinstance(loop.definition, FunctionType)
