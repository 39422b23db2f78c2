"""Loops are compiled in other processes, which share them, and say how far they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from kb.compiled import CompiledLoop
from kb.machine_code import announcing, preparation
from kb.machine_code.compiler import executable
from kb.machine_code.preparation import _shares, estimated_seconds, missing_from, prepare
from kb.machine_code.store import VARIABLE, MachineCodeStore

from .loops import half_total, swapped

LOOPS = [half_total, swapped]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """What a person is shown."""
    shown: list[object] = []

    @contextmanager
    def announcer(sentence: str) -> Iterator[announcing.Progress]:
        shown.append(sentence)
        yield lambda done, of: shown.append((done, of))

    announcing.announce_with(announcer)
    yield shown
    announcing.announce_with(announcing.log_announcer)


def test_loops_are_compiled_apart_and_run_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[object]
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    store = MachineCodeStore((tmp_path,))
    assert missing_from(store, LOOPS) == LOOPS
    assert prepare(LOOPS, store) == []
    assert told == ["preparing the search engine, once, about 1 s", (1, 2), (2, 2)]
    code = store.read(half_total)
    assert code
    assert executable(half_total, code)(np.arange(5, dtype=np.int32)) == 5.0
    assert prepare(LOOPS, store) == []
    assert len(told) == 3


def test_where_nothing_can_be_kept_nothing_is_compiled_apart(tmp_path: Path, told: list[object]) -> None:
    (tmp_path / "file").write_text("")
    assert prepare(LOOPS, MachineCodeStore((tmp_path / "file" / "folder",))) == LOOPS
    assert told == []


def test_a_loop_that_cannot_be_compiled_is_left_and_the_others_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    monkeypatch.setattr(preparation, "usable_cores", lambda: 2)

    def unknown() -> int:
        return 1

    stranger: CompiledLoop[[], int] = CompiledLoop(unknown)
    assert prepare([stranger, half_total], MachineCodeStore((tmp_path,))) == [stranger]
    assert "unknown" in capfd.readouterr().err


def test_the_shares_hold_every_loop_once_and_none_is_empty() -> None:
    for cores in (1, 2, 7):
        shares = _shares(LOOPS, cores)
        assert sorted(name for share in shares for name in share) == sorted(loop.name for loop in LOOPS)
        assert all(shares)
        assert len(shares) <= cores


def test_an_estimate_is_at_least_a_second() -> None:
    assert estimated_seconds(LOOPS) == 1
