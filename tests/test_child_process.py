"""A process of this Python imports what this process imports, and nothing more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kb.child_process import start_module


def said_by(module: str, *arguments: str) -> str:
    output, _ = start_module(module, arguments, stdout=subprocess.PIPE).communicate()
    return output.decode()


def test_a_module_of_this_process_is_found_and_one_of_the_working_folder_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "speaking.py").write_text("import random, sys; print(sys.argv[1], random.random() < 1)")
    (tmp_path / "random.py").write_text("print('random numbers, a draft')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [entry for entry in sys.path if entry])
    monkeypatch.syspath_prepend(tmp_path / "modules")
    assert said_by("speaking", "hello") == "hello True\n"


def test_the_working_folder_is_searched_if_this_process_does_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "speaking.py").write_text("print('here')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    assert said_by("speaking") == "here\n"
