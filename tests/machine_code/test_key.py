"""The key of machine code changes with whatever shapes it, and with nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kb.compiled import CompiledLoop
from kb.machine_code.key import code_digest, compiled_bytes, inner_functions_of, key_of

from . import loops


def key() -> str:
    return key_of(CompiledLoop(loops.half_total.definition))


def test_the_key_is_the_same_again() -> None:
    assert key() == key()
    assert key_of(loops.half_total) != key_of(loops.swapped)


def test_a_constant_that_an_inner_function_uses_is_part_of_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = key()
    monkeypatch.setattr(loops, "SHARE", 0.25)
    assert key() != before


def test_the_elements_of_an_array_are_part_of_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "SHARE", np.array([0.5]))
    before = key()
    monkeypatch.setattr(loops, "SHARE", np.array([0.25]))
    assert key() != before


def test_the_bytecode_of_an_inner_function_is_part_of_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = key()
    monkeypatch.setattr(loops.halved, "__code__", (lambda value: value + loops.SHARE).__code__)
    assert key() != before


def test_whether_bounds_are_checked_is_part_of_the_key() -> None:
    definition = loops.half_total.definition
    assert key_of(CompiledLoop(definition, unchecked="a reason")) != key_of(CompiledLoop(definition))


def test_the_file_and_the_lines_are_not_part_of_the_key() -> None:
    path = Path(loops.__file__)
    elsewhere: dict[str, Any] = {"__name__": loops.__name__}
    exec(compile("# moved\n" + path.read_text(), "/elsewhere/loops.py", "exec"), elsewhere)
    assert code_digest(elsewhere["half_total"].definition) == code_digest(loops.half_total.definition)


def test_the_fields_of_a_record_are_part_of_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = code_digest(loops.swapped.definition)
    monkeypatch.setattr(loops.Pair, "_fields", ("other", "one"))
    assert code_digest(loops.swapped.definition) != before


def test_a_loop_with_inner_functions_is_larger_than_its_own_bytecode() -> None:
    definition = loops.half_total.definition
    assert inner_functions_of(definition) == {"halved": loops.halved}
    assert compiled_bytes(definition) == len(definition.__code__.co_code) + len(loops.halved.__code__.co_code)
