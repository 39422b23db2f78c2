from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in an empty folder, in this process."""
    monkeypatch.chdir(tmp_path)

    def invoke(command: click.Command, *arguments: str | Path) -> Result:
        return CliRunner().invoke(command, list(map(str, arguments)))

    return invoke


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two articles."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "naps.txt").write_text("Short naps\n\nA nap of twenty minutes helps.\n")
    (folder / "tea.md").write_text("# Green tea\n\nTea before a nap is a bad idea.\n")
    return folder
