"""Processes of our own run our own modules, whatever is in the working folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kb.own_process import module_command, module_environment


def test_a_folder_of_the_same_name_is_not_mistaken_for_the_program(tmp_path: Path) -> None:
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "__init__.py").write_text("raise SystemExit('foreign code')")
    command, environment = module_command("kb", "--help"), module_environment()
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.stderr == ""
    assert "prepare" in done.stdout


def test_a_library_is_not_mistaken_for_a_file_of_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "speaking.py").write_text("import random; print(random.random() < 1)")
    (tmp_path / "random.py").write_text("print('random numbers, a draft')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [str(tmp_path / "modules"), *filter(None, sys.path)])
    assert said_by("speaking") == "True\n"


def test_the_working_folder_is_searched_if_this_process_does_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "speaking.py").write_text("print('here')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    assert said_by("speaking") == "here\n"


def said_by(module: str) -> str:
    done = subprocess.run(module_command(module), env=module_environment(), capture_output=True, text=True, check=True)
    return done.stdout
