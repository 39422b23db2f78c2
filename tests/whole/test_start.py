"""The start: what a command loads, what is compiled and when, and what a person sees of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kb.machine_code.store import VARIABLE
from tests.conftest import ROOT, SAMPLES, Kb

HEAVY = ("numba", "falcon", "gunicorn", "whoosh", "trafilatura", "jinja2")


def heavy_modules(*arguments: str | Path) -> set[str]:
    """Which of the heavy libraries a command loads."""
    program = (
        "import sys\nfrom kb.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        f"print('loaded', *[name for name in {HEAVY} if name in sys.modules])"
    )
    command = [sys.executable, "-c", program, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split()[1:])


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["index", "--help"]], ids=" ".join)
def test_a_command_that_only_speaks_of_itself_loads_nothing_heavy(arguments: list[str]) -> None:
    assert heavy_modules(*arguments) <= ({"whoosh", "trafilatura"} if arguments[0] == "index" else set())


def test_status_loads_neither_compiler_nor_server_nor_whoosh(sample_index: Path) -> None:
    assert heavy_modules("status", "--index", sample_index) == set()


def test_a_search_of_a_small_archive_loads_no_compiler_and_no_server(sample_index: Path) -> None:
    assert heavy_modules("search", "tea", "--index", sample_index) == {"whoosh"}


def test_no_module_is_loaded_with_the_errors() -> None:
    program = "import sys, kb.errors\nprint(len([name for name in sys.modules if name.startswith(('kb.', 'numpy'))]))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"


def test_a_small_archive_is_indexed_and_searched_without_compiling(run_kb: Kb, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert run_kb("index", SAMPLES, **{VARIABLE: str(cache)}).returncode == 0
    assert "Magnesium" in run_kb("search", "magnesium", **{VARIABLE: str(cache)}).stdout
    assert not cache.exists()


def test_prepare_says_what_it_does_and_does_it_once(run_kb: Kb) -> None:
    first, again = run_kb("prepare"), run_kb("prepare")
    assert first.returncode == again.returncode == 0
    assert again.stdout == "prepared already\n"


def test_prepare_says_what_to_do_where_nothing_can_be_kept(run_kb: Kb, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run_kb("prepare", **{VARIABLE: str(tmp_path / "file" / "folder")})
    assert done.returncode == 1
    assert done.stderr.startswith("Error: machine code cannot be kept in ")
    assert VARIABLE in done.stderr
    assert "Traceback" not in done.stderr
