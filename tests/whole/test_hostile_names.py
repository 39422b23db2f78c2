"""Files whose names are commands to a terminal: shown by every command, obeyed by none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb.printable import printable
from tests.conftest import Kb

NAMES = (
    "clear\x1b[2J.txt",
    "link\x1b]8;;http:evil\x1b\\text.txt",
    "forged\nskipped everything.txt",
    "c1\x9b31m.txt",
    "gpj\u202efdp.txt",
    "return\rpublished.txt",
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name in NAMES:
        (folder / name).write_text("Title \x1b[31m\n\nA stone \x1b[2J here.\n")
        (folder / f"bad {name}").write_text("")
    return folder


def harmless(output: str) -> bool:
    return all(line == printable(line) for line in output.split("\n"))


def test_no_command_passes_a_name_on_to_the_terminal(run_kb: Kb, corpus: Path, tmp_path: Path) -> None:
    built = run_kb("index")
    found = run_kb("search", "stone")
    answer = run_kb("search", "stone", "--json")
    assert built.stdout.count("\n") == 6 + len(NAMES)
    assert built.stdout.count("skipped bad") == len(NAMES)
    assert found.stdout.count("txt") == len(NAMES)
    assert harmless(built.stdout + found.stdout + answer.stdout)
    assert sorted(hit["id"] for hit in json.loads(answer.stdout)["hits"]) == sorted(NAMES)


@pytest.mark.parametrize("name", ["a\x1b[2J", "a\nb", "--a\x1b[2J"])
def test_no_error_passes_an_argument_on_to_the_terminal(run_kb: Kb, name: str) -> None:
    for arguments in ([name], ["index", name], ["index", name, name], ["check", "--index", name], ["rollback", name]):
        failed = run_kb(*arguments)
        assert failed.returncode
        assert harmless(failed.stdout + failed.stderr)
        assert printable(name).lstrip("-").partition("[")[0] in failed.stderr
