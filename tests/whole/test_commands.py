"""The commands as a person runs them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

import kb
from kb.errors import NoIndex
from tests.conftest import Kb

NAPS = "Short naps\n\nA nap of twenty minutes helps.\n\nCopyright ©2024 . All Rights Reserved | Sleep desk\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "naps.txt").write_text(NAPS)
    (folder / "tea.md").write_text("---\ntitle: Green tea\ndate: 2023-05-01\n---\n\nTea before a nap is a bad idea.\n")
    return folder


def test_a_folder_becomes_an_index_that_answers(run_kb: Kb, corpus: Path) -> None:
    built = run_kb("index")
    shown = run_kb("search", "nap minutes")

    assert built.returncode == 0
    assert "published gen-1: 2 articles (2 added)" in built.stdout
    assert "1. Short naps" in shown.stdout
    assert "A nap of twenty minutes helps." in shown.stdout
    assert "Copyright" not in shown.stdout


def test_nothing_new_is_nothing_read(run_kb: Kb, corpus: Path) -> None:
    time.sleep(0.1)  # a file as young as the build that reads it is read again
    run_kb("index")

    assert "gen-1 is up to date: 2 articles (0 added, 2 unchanged); read 0 files" in run_kb("index").stdout


def test_touching_one_file_reads_one(run_kb: Kb, corpus: Path) -> None:
    time.sleep(0.1)
    run_kb("index")
    (corpus / "tea.md").touch()

    assert "read 1 file " in run_kb("index").stdout


def test_what_is_skipped_is_named_with_the_reason(run_kb: Kb, corpus: Path) -> None:
    (corpus / "broken.md").write_text("---\ntitle: [\n---\nText.\n")
    (corpus / "picture.txt").write_bytes(b"\x89PNG\x00\x00\x01\x02" * 100)

    built = run_kb("index")

    assert built.returncode == 0
    assert "skipped broken.md: front matter: line" in built.stdout
    assert "skipped picture.txt: binary data" in built.stdout


def test_the_answer_as_json_is_that_of_the_api(run_kb: Kb, corpus: Path) -> None:
    run_kb("index")
    page = json.loads(run_kb("search", "tea", "--json", "--limit", "1").stdout)

    assert page["hits"][0]["id"] == "tea.md"
    assert page["hits"][0]["snippets"][0]["html"] == "<mark>Tea</mark> before a nap is a bad idea."


def test_staff_are_told_what_is_wrong_with_a_query(run_kb: Kb, corpus: Path) -> None:
    run_kb("index")
    failed = run_kb("search", "--staff", "tea AND (nap")

    assert failed.returncode == 1
    assert failed.stderr == "Error: q: at position 12: expected a closing bracket\n"


def test_staff_see_how_a_score_came_about_in_columns(run_kb: Kb, corpus: Path) -> None:
    run_kb("index")
    lines = run_kb("search", "--staff", "--explain", "naps date:2023 tea^2").stdout.splitlines()

    heads = next(line for line in lines if line.split()[:2] == ["adds", "for"])
    table = lines[lines.index(heads) :]
    assert heads.split()[2:5] == ["boost", "idf", "impact"]
    (of_nap,) = [line for line in table if "naps: nap" in line]
    (of_tea,) = [line for line in table if line.split()[1:3] == ["tea", "2"]]
    assert len(of_nap) == len(of_tea) == len(heads)
    assert of_nap.split()[-1] == "2"
    assert any("naps near others" in line for line in table)
    assert any("date:2023-01-01..2023-12-31" in line for line in table)
    added = [float(line.split()[0]) for line in table[1:]]
    assert table[-1].split()[1:] == ["score"]
    assert sum(added[:-1]) == pytest.approx(added[-1], abs=1e-3)
    assert run_kb("search", "--staff", "naps").stdout.count("adds") == 0


def test_an_explanation_is_for_staff(run_kb: Kb, corpus: Path) -> None:
    run_kb("index")
    refused = run_kb("search", "--explain", "naps")

    assert refused.returncode == 2
    assert "--explain is for staff; expected --staff together with it" in refused.stderr


@pytest.mark.parametrize("command", [("search", "tea"), ("check",), ("rollback",)])
def test_without_an_index_one_line_says_what_to_do(run_kb: Kb, command: tuple[str, ...]) -> None:
    failed = run_kb(*command)

    assert (failed.returncode, failed.stdout, failed.stderr.count("\n")) == (1, "", 1)
    assert "index" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_a_missing_corpus_and_an_emptied_one_leave_the_index_alone(run_kb: Kb, corpus: Path) -> None:
    run_kb("index")
    for path in corpus.iterdir():
        path.unlink()
    emptied = run_kb("index")
    corpus.rmdir()
    missing = run_kb("index")

    assert (emptied.returncode, missing.returncode) == (1, 1)
    assert "corpus is missing" in missing.stderr
    assert "Short naps" in run_kb("search", "nap").stdout


def test_damage_is_named_and_repaired(run_kb: Kb, corpus: Path, tmp_path: Path) -> None:
    run_kb("index")
    victim = max((tmp_path / "index" / "gen-1").glob("MAIN*"), key=lambda path: path.stat().st_size)
    victim.write_bytes(victim.read_bytes()[:-1] + b"!")

    checked = run_kb("check")
    repaired = run_kb("index")

    assert checked.returncode == 1
    assert victim.name in checked.stdout
    assert "published gen-2" in repaired.stdout
    assert run_kb("check").stdout == "gen-2 is whole\n"


def test_rolling_back_brings_the_article_back(run_kb: Kb, corpus: Path) -> None:
    run_kb("index")
    (corpus / "tea.md").unlink()
    run_kb("index")
    assert run_kb("search", "tea").stdout.startswith("0 articles")

    rolled = run_kb("rollback")

    assert rolled.stdout.startswith("gen-1 is current")
    assert "Green tea" in run_kb("search", "tea").stdout
    assert "* gen-1" in run_kb("status").stdout


def test_settings_come_from_the_file_and_variables_and_bad_ones_are_named(
    run_kb: Kb, corpus: Path, tmp_path: Path
) -> None:
    (tmp_path / "kb.toml").write_text('index = "elsewhere"\n')
    run_kb("index")
    assert (tmp_path / "elsewhere" / "CURRENT").exists()

    unknown = run_kb("status", KB_PROT="1")
    wrong = run_kb("status", KB_PORT="many")

    assert "variable KB_PROT: prot is not a setting" in unknown.stderr
    assert "variable KB_PORT: port is 'many'; expected a whole number from 0 to 65535" in wrong.stderr


def test_a_saved_file_is_searchable_while_watching(corpus: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kb", "index", str(corpus), "--index", str(tmp_path / "index"), "--watch"]
    # Not a pipe: it would be closed before the watcher ends, perhaps in the middle of a report.
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as watcher:
        try:
            _wait_for(lambda: _titles(tmp_path / "index", "nap") != set())
            time.sleep(1.0)  # until the watch itself has begun
            (corpus / "new.txt").write_text("Afternoon walks\n\nA walk is as good as a nap.\n")
            _wait_for(lambda: "Afternoon walks" in _titles(tmp_path / "index", "walk"))
        finally:
            watcher.terminate()
    assert watcher.returncode == 0


def _titles(index: Path, query: str) -> set[str]:
    try:
        searcher = kb.open_index(index)
    except NoIndex:
        return set()
    titles = {hit.title for hit in searcher.search(query).hits}
    searcher.close()
    return titles


def _wait_for(condition: object, seconds: float = 20) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is full is needed")
def test_a_log_on_a_full_disk_ends_no_build(corpus: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kb", "index", str(corpus), "--index", str(tmp_path / "index")]
    with Path("/dev/full").open("w") as full:
        built = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (built.returncode, built.stderr.count("\n")) == (1, 1)
    assert "No space left on device" in built.stderr
    assert _titles(tmp_path / "index", "nap") != set()
