"""`kb check` names what is wrong."""

from __future__ import annotations

import os
from pathlib import Path
from unittest.mock import patch

import pytest

from kb.commands import check, index, status
from tests.storage.damaged_states import POINTERS, STATES

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
    assert "gen-1 has 1 problem; no generation can be searched; `kb index` builds a new one" in done.output


@pytest.mark.parametrize("state", STATES)
def test_damage_is_named_though_searches_are_answered_all_the_same(run: Run, corpus: Path, state: str) -> None:
    run(index.command)
    (corpus / "new.txt").write_text("New\n\nNew words.\n")
    run(index.command)
    STATES[state](Path("index"))
    done = run(check.command)
    served = "gen-2" if state in POINTERS else "gen-1"
    assert done.exit_code == 1
    assert ("CURRENT" if state in POINTERS else "manifest.json") in done.output.splitlines()[0]
    assert f"index has 1 problem; searches are answered from {served} instead; `kb index`" in done.output
    shown = run(status.command)
    assert shown.exit_code == 0
    assert f"answering from {served} instead" in shown.output
    assert f"\n* {served}" in shown.output
    run(index.command)
    assert run(check.command).output == "gen-3 is whole\n"


def test_a_damaged_file_of_a_large_index_is_named_with_the_way_back(run: Run, corpus: Path) -> None:
    run(index.command)
    (corpus / "new.txt").write_text("New\n\nNew words.\n")
    run(index.command)
    with patch("kb.storage.checksums.ALWAYS_HASHED", 10):
        damaged = max(Path("index/gen-2").glob("*.arrays"))
        before = damaged.stat()
        content = damaged.read_bytes()
        damaged.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        os.utime(damaged, ns=(before.st_atime_ns, before.st_mtime_ns))
        done = run(check.command)
    assert f"{damaged} is damaged" in done.output
    assert "gen-2 has 1 problem; `kb rollback` goes back to an earlier generation" in done.output
