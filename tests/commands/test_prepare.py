"""`kb prepare` says what it made, what it could not make, and that there was nothing to make."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.commands import prepare
from kb.machine_code.store import VARIABLE
from tests.machine_code.loops import half_total, swapped

from .conftest import Run


@pytest.fixture(autouse=True)
def two_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "loops", lambda: [half_total, swapped])


def test_loops_are_prepared_once(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "code"))
    first = run(prepare.command)
    assert "preparing the search engine, once, about 1 s" in first.output
    assert "the search engine is prepared, in " in first.output
    assert run(prepare.command).output == "prepared already\n"


def test_where_nothing_can_be_kept_the_remedy_is_named(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file" / "folder"))
    done = run(prepare.command)
    assert done.exit_code == 1
    assert VARIABLE in done.output


def test_a_loop_that_does_not_compile_is_named(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "code"))
    monkeypatch.setattr(prepare, "prepare", lambda missing, _: missing[:1])
    done = run(prepare.command)
    assert (done.exit_code, "1 of 2 loops could not be compiled" in done.output) == (1, True)
