"""Processes of our own run our own modules, whatever is in the working folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

from kb.own_process import module_command, module_environment


def test_a_folder_of_the_same_name_is_not_mistaken_for_the_program(tmp_path: Path) -> None:
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "__init__.py").write_text("raise SystemExit('foreign code')")
    command, environment = module_command("kb", "--help"), module_environment()
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.stderr == ""
    assert "prepare" in done.stdout
