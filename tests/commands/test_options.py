"""What commands share: errors of ours as one line, waiting for another builder, a build from settings."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import click
import pytest

from kb.commands.build import build
from kb.commands.options import index_option, stating_errors
from kb.commands.waiting import LOCK_WAIT_S, say_who_builds
from kb.errors import CorpusError
from kb.settings import Settings

from .conftest import Run


@click.command()
@index_option
@stating_errors
def failing(index: str | None) -> None:
    raise CorpusError(f"no articles for {index}")


def test_an_error_of_ours_is_one_line_and_exit_code_1(run: Run) -> None:
    done = run(failing, "--index", "x")
    assert (done.exit_code, done.output) == (1, "Error: no articles for x\n")


@click.command()
@stating_errors
def unwritable() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_output_that_cannot_be_written_is_one_line_and_exit_code_1(run: Run) -> None:
    done = run(unwritable)
    assert (done.exit_code, done.output) == (1, f"Error: [Errno {errno.ENOSPC}] {os.strerror(errno.ENOSPC)}\n")


def test_another_builder_is_named_and_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    say_who_builds(17)
    assert capsys.readouterr().err == "another build is at work (process 17); waiting for it to end\n"
    assert LOCK_WAIT_S > 60


def test_a_build_follows_the_settings(corpus: Path, tmp_path: Path) -> None:
    settings = Settings(corpus=str(corpus), index=str(tmp_path / "elsewhere"), index_processes=1)
    assert build(settings).articles == 2
    assert (tmp_path / "elsewhere" / "gen-1").is_dir()
