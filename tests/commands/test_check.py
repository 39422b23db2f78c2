"""`kb check` names what is wrong."""

from __future__ import annotations

from pathlib import Path

from kb.commands import check, index

from .conftest import Run


def test_a_whole_generation_is_said_to_be_whole(run: Run, corpus: Path) -> None:
    run(index.command)
    assert run(check.command).output == "gen-1 is whole\n"


def test_damage_is_named_with_what_to_do(run: Run, corpus: Path) -> None:
    run(index.command)
    (damaged,) = Path("index/gen-1").glob("*.arrays")
    damaged.write_bytes(damaged.read_bytes()[:-1])
    done = run(check.command)
    assert done.exit_code == 1
    assert damaged.name in done.output
    assert "gen-1 has 1 problem; `kb rollback` goes back" in done.output
