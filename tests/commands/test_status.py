"""`kb status` and `kb rollback`: which generations there are, and which is current."""

from __future__ import annotations

from pathlib import Path

from kb.commands import index, rollback, status

from .conftest import Run


def test_the_current_generation_is_marked_and_can_be_changed(run: Run, corpus: Path) -> None:
    run(index.command)
    (corpus / "new.txt").write_text("New\n\nNew words.\n")
    run(index.command)
    assert [line[:7] for line in run(status.command).output.splitlines()] == ["* gen-2", "  gen-1"]
    done = run(rollback.command)
    assert done.output == "gen-1 is current; the next `kb index` brings it up to the corpus again\n"
    assert [line[:7] for line in run(status.command).output.splitlines()] == ["  gen-2", "* gen-1"]


def test_a_generation_that_is_not_there_is_named(run: Run, corpus: Path) -> None:
    run(index.command)
    for name in ("7", "gen-7"):
        done = run(rollback.command, name)
        assert done.exit_code == 1
        assert "7" in done.output
    assert run(rollback.command, "newest").exit_code == 2
