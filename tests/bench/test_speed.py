from __future__ import annotations

import gzip
from pathlib import Path

import msgspec
import pytest

from bench.engines import NotInstalled, load
from bench.speed import main

WORDS = ["asthma", "breath", "cough", "fever", "migraine", "nausea", "sleep", "wheezing"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Thirty articles, all with the same id, and four queries."""
    folder = tmp_path / "data" / "articles"
    folder.mkdir(parents=True)
    rows = [
        {"id": "same", "title": WORDS[n % 8].title(), "text": f"{WORDS[n * 3 % 8]} and {WORDS[n * 5 % 7]} number {n}."}
        for n in range(30)
    ]
    with gzip.open(folder / "medquad.jsonl.gz", "wb") as lines:
        lines.write(b"\n".join(msgspec.json.encode(row) for row in rows))
    (folder / "medquad-queries.txt").write_text("cough fever\nsleep\nmigraine nausea\nwheezing\n")
    return folder.parent


@pytest.fixture
def _fts5() -> None:
    try:
        load("fts5", Path("nowhere"))
    except NotInstalled as reason:
        pytest.skip(str(reason))


@pytest.mark.usefixtures("_fts5")
def test_the_command_prints_and_writes_a_table(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "speed.md"

    main([str(data), "--only", "ours,fts5", "--rounds", "1", "--write", str(page)])

    printed = capsys.readouterr().out
    assert page.read_text(encoding="utf-8").strip() == printed.strip()
    assert "## 4 queries" in printed
    assert "| **kb** | " in printed
    assert printed.count("| SQLite FTS5 | ") == 3, "a row of figures, a row of times and a row of ratios"
    assert printed.count("| **kb** / SQLite FTS5 | ") == 1
    assert "cores of" in printed


def test_an_engine_that_is_none_is_named(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([str(data), "--only", "ours,nosuch"])

    assert "not an engine: nosuch" in capsys.readouterr().err


@pytest.mark.usefixtures("_fts5")
def test_what_was_measured_stays_when_a_later_part_fails(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> str:
        raise OSError("no memory left")

    monkeypatch.setattr("bench.speed.large_section", fail)
    page = tmp_path / "speed.md"

    with pytest.raises(OSError, match="no memory left"):
        main([str(data), "--only", "fts5", "--rounds", "1", "--large", "9", "--write", str(page)])

    assert "| SQLite FTS5 | " in page.read_text(encoding="utf-8")
