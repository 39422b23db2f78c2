"""Without what macOS has not, everything works: building, also in several processes, searching, checking, serving."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.web.service import ARTICLES, RUN, running, write_articles

Run = Callable[..., subprocess.CompletedProcess[str]]

_IN_SEVERAL_PROCESSES = """
from concurrent.futures import Future
from kb.indexing import reading
from kb.cli import main
reading.FILE_BATCH_FILES, reading.PAYING_SECONDS = 1, 0.0
Future.cancel = lambda _: False  # leaves all files to the other process
main(["index"])
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_articles(tmp_path / "corpus", ARTICLES)
    (tmp_path / "corpus" / "also.md").symlink_to("creatine.md")
    return tmp_path


@pytest.fixture
def environ() -> dict[str, str]:
    """The variables of a process that lacks what macOS lacks."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    return {**inherited, "PYTHONPATH": os.pathsep.join([str(ROOT / "tests" / "macos"), str(ROOT)])}


@pytest.fixture
def run(folder: Path, environ: dict[str, str]) -> Run:
    def python(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=folder, env=environ, capture_output=True, text=True, timeout=120, check=False
        )

    return python


def test_such_a_process_lacks_what_macos_lacks(run: Run) -> None:
    lacking = run(
        "-c",
        "import os, resource, pathlib; print(hasattr(os, 'sched_getaffinity') or hasattr(os, 'posix_fadvise')"
        " or os.path.exists('/proc') or pathlib.Path('/dev/shm').is_dir(), resource.getrlimit(resource.RLIMIT_NOFILE))",
    )
    assert lacking.stdout == "False (256, 256)\n"
    assert "FileNotFoundError" in run("-c", "open('/proc/self/status')").stderr


def test_an_archive_is_built_searched_checked_and_rolled_back(run: Run, folder: Path) -> None:
    assert "published gen-1: 4 articles" in run("-m", "kb", "index").stdout
    (folder / "corpus" / "more.md").write_text("# More\n\nA dose more.\n")
    assert "published gen-2: 5 articles" in run("-m", "kb", "index").stdout
    assert "5 articles" in run("-m", "kb", "search", "dose").stdout
    assert run("-m", "kb", "check").stdout == "gen-2 is whole\n"
    assert "gen-1 is current" in run("-m", "kb", "rollback").stdout
    assert "* gen-1" in run("-m", "kb", "status").stdout


def test_other_processes_read(run: Run) -> None:
    built = run("-c", _IN_SEVERAL_PROCESSES)
    assert (built.returncode, built.stderr) == (0, "")
    assert "published gen-1: 4 articles" in built.stdout


def test_a_service_answers(run: Run, folder: Path, environ: dict[str, str]) -> None:
    run("-m", "kb", "index")
    with running(folder, RUN, environ, index=str(folder / "index"), corpus=str(folder / "corpus")) as service:
        status, page = service.get("/v1/search?q=naps")
        assert (status, "Short naps" in page) == (200, True)
        assert service.get("/readyz")[0] == 200
