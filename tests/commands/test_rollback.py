"""`kb rollback`: which generation is current, until when, and how a person ends that."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.commands import index, rollback, status

from .conftest import Run

HELD = (
    "gen-1 is current and held since the rollback from gen-2: it stays until an article changes, "
    "or until `kb rollback --lift`\n"
)


@pytest.fixture
def two_builds(run: Run, corpus: Path) -> Path:
    run(index.command)
    (corpus / "new.txt").write_text("New\n\nNew words.\n")
    run(index.command)
    return corpus


def test_a_rollback_says_that_it_holds_and_so_does_everything_after_it(run: Run, two_builds: Path) -> None:
    assert run(rollback.command).output == HELD
    assert run(index.command).output.endswith(HELD)
    assert HELD in run(status.command).output
    (two_builds / "new.txt").write_text("New\n\nNewer words.\n")
    assert "published gen-3" in run(index.command).output
    assert "held" not in run(status.command).output


def test_a_rollback_is_lifted(run: Run, two_builds: Path) -> None:
    run(rollback.command)
    done = run(rollback.command, "--lift")
    assert done.output == "the rollback from gen-2 is lifted; the next `kb index` brings it up to the corpus\n"
    assert "published gen-3" in run(index.command).output
    assert run(rollback.command, "--lift").output == "no rollback holds\n"
    assert run(rollback.command, "2", "--lift").exit_code == 2


def test_a_rollback_that_cannot_be_held_says_what_comes_next(run: Run, two_builds: Path) -> None:
    Path("index/gen-2/records.json").write_bytes(b"")
    assert run(rollback.command).output == "gen-1 is current; the next `kb index` brings it up to the corpus\n"


def test_a_generation_that_is_not_there_is_named(run: Run, corpus: Path) -> None:
    run(index.command)
    for name in ("7", "gen-7"):
        done = run(rollback.command, name)
        assert done.exit_code == 1
        assert "7" in done.output
    assert run(rollback.command, "newest").exit_code == 2
