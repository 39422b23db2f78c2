"""A file that ends the process that reads it is set aside by name, and stops no build."""

from __future__ import annotations

import re
import signal
import time
from pathlib import Path

import pytest

from kb.article import SourceFile
from kb.indexing.notes import Note
from kb.indexing.suspects import SUSPECTS, Suspects, set_aside
from kb.storage.generations import Generations
from tests.conftest import Kb

from .fakes import texts_of
from .killing import build, put, start

REASON = re.compile(
    r"reading it ended the process twice, last on 20\d\d-\d\d-\d\d \d\d:\d\d UTC, perhaps for want of memory; "
    r"it is tried again when the file changes"
)
HARMLESS = {f"h{number}": f"stone {number}" for number in range(6)}
FILE = SourceFile("a.txt", 1, 2)
RULES = "articles/1"


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    put(tmp_path / "corpus", **HARMLESS)
    return tmp_path / "corpus"


def ids(folder: Path) -> list[str]:
    return sorted(texts_of(Generations(folder).current()))


@pytest.mark.parametrize("deed", ["KILL", "CRASH"])
def test_a_file_that_killed_the_builder_is_set_aside_by_the_next_build(articles: Path, folder: Path, deed: str) -> None:
    put(articles, h2x=deed)
    killed, _ = build(articles, folder)
    status, report = build(articles, folder)
    assert killed == -(signal.SIGKILL if deed == "KILL" else signal.SIGSEGV)
    assert status == 0
    assert report["published"]
    ((path, reason),) = report["skipped"]
    assert path == "h2x.txt"
    assert REASON.fullmatch(reason)
    assert ids(folder) == sorted(f"{name}.txt" for name in HARMLESS)
    stored = (folder / SUSPECTS).read_bytes()
    status, report = build(articles, folder)
    assert (status, report["published"], report["skipped"]) == (0, False, [[path, reason]])
    assert (folder / SUSPECTS).read_bytes() == stored
    assert not (folder / "reading").exists()


def test_one_build_is_enough_where_other_processes_read(articles: Path, folder: Path) -> None:
    put(articles, h0x="KILL", h4x="KILL")
    status, report = build(articles, folder, processes=2)
    assert status == 0
    assert [path for path, _ in report["skipped"]] == ["h0x.txt", "h4x.txt"]
    assert all(REASON.fullmatch(reason) for _, reason in report["skipped"])
    assert ids(folder) == sorted(f"{name}.txt" for name in HARMLESS)
    assert set_aside(folder) == [tuple(skipped) for skipped in report["skipped"]]


def test_the_earlier_version_stays_until_the_file_changes(articles: Path, folder: Path, run_kb: Kb) -> None:
    build(articles, folder)
    put(articles, h1="KILL")
    build(articles, folder)
    status, report = build(articles, folder)
    assert (status, report["kept"], [path for path, _ in report["skipped"]]) == (0, 1, ["h1.txt"])
    assert texts_of(Generations(folder).current())["h1.txt"] == "stone 1"
    assert "set aside h1.txt: reading it ended the process twice" in run_kb("status", "--index", folder).stdout
    put(articles, h1="a calmer stone")
    status, report = build(articles, folder)
    assert (status, report["changed"], report["skipped"]) == (0, 1, [])
    assert texts_of(Generations(folder).current())["h1.txt"] == "a calmer stone"
    assert set_aside(folder) == []


def test_a_file_that_hangs_until_the_builder_is_killed_has_a_death(articles: Path, folder: Path) -> None:
    put(articles, h1="HANG")
    hanging = start(articles, folder)
    wait_for(articles / "hangs")
    hanging.kill()
    hanging.communicate()
    suspects = Suspects(folder, RULES)
    suspects.charge_notes()
    suspect = suspects.find(SourceFile("h1.txt", len("On h1\n\nHANG"), 10**18 + 4))
    assert suspect
    assert (suspect.deaths, suspect.reason) == (1, None)


@pytest.mark.parametrize("processes", [1, 2])
def test_an_exception_is_no_death(articles: Path, folder: Path, processes: int) -> None:
    put(articles, h1="RAISE")
    assert build(articles, folder, processes) == (0, "h1.txt")
    assert [path.name for path in folder.iterdir()] == [".lock"]


def test_a_reader_that_is_told_to_end_is_no_death_and_fails_the_build(articles: Path, folder: Path) -> None:
    put(articles, h1="TERM")
    status, failure = build(articles, folder, processes=2)
    assert status == 0
    assert "a process that read articles ended before its time" in failure
    assert [path.name for path in folder.iterdir()] == [".lock"]


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def at_work(folder: Path, *files: SourceFile) -> None:
    """Leave the note of a process that was killed while it analysed the files."""
    note = Note(folder)
    note.begin(files)
    note.analyse()


@pytest.fixture
def index(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_every_file_of_a_batch_at_work_has_a_death(index: Path) -> None:
    other = SourceFile("b.txt", 1, 2)
    at_work(index, FILE, other)
    suspects = Suspects(index, RULES)
    suspects.charge_notes()
    deaths = [suspect.deaths for file in (FILE, other) if (suspect := suspects.find(file))]
    assert deaths == [1, 1]
    assert set_aside(index) == []


def test_deaths_are_kept_for_the_next_build_and_cleared_by_coming_through(index: Path) -> None:
    for _ in range(2):
        Suspects(index, RULES).charge(0, [FILE])
    suspects = Suspects(index, RULES)
    assert (suspect := suspects.find(FILE))
    assert REASON.fullmatch(str(suspect.reason))
    suspects.clear(FILE)
    suspects.keep({FILE})
    assert Suspects(index, RULES).find(FILE) is None


@pytest.mark.parametrize(
    ("file", "rules"), [(SourceFile("a.txt", 9, 2), RULES), (SourceFile("a.txt", 1, 9), RULES), (FILE, "articles/2")]
)
def test_a_changed_file_and_a_file_read_by_other_rules_are_tried_again(
    index: Path, file: SourceFile, rules: str
) -> None:
    for _ in range(2):
        Suspects(index, RULES).charge(0, [FILE])
    assert Suspects(index, rules).find(file) is None


def test_a_file_that_is_not_read_any_more_is_forgotten(index: Path) -> None:
    Suspects(index, RULES).charge(0, [FILE])
    Suspects(index, RULES).keep(set())
    assert Suspects(index, RULES).find(FILE) is None


def test_damaged_deaths_and_a_full_disk_stop_nothing(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (index / SUSPECTS).write_bytes(b"{")
    suspects = Suspects(index, RULES)
    (index / SUSPECTS).unlink()
    (index / SUSPECTS).mkdir()
    suspects.charge(0, [FILE])
    assert suspects.find(FILE)
