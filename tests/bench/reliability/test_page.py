"""Outcomes of trials as a page: tables in their places, and a last line that says whether anything failed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.reliability import __main__ as command
from bench.reliability.outcome import Outcome, Row, Scale, count_failures, not_run, seconds
from bench.reliability.page import cell, closing_line, overview, replace_section, section
from bench.reliability.separate import split_tables
from bench.reliability.trials import TRIALS

PAGE = Path(__file__).parents[3] / "docs" / "reliability.md"

GOOD = Outcome((Row("kill -9", 300, 0, "280 builds ended by it"),))
BAD = Outcome((Row("HUP", 9, 0), Row("TERM", 1200, 96, "96 reset", ("more",))), "| p99 |\n| --- |\n| 3 ms |")


def test_problems_become_a_row_with_the_first_of_them() -> None:
    assert count_failures("stops", ["", "reset", "ended", ""], "12 ms") == Row("stops", 4, 2, "reset", ("ended",))
    assert count_failures("stops", iter(["", ""]), "12 ms") == Row("stops", 2, 0, "12 ms")
    assert not_run("faults", "no strace") == Row("faults", 0, 0, "not run: no strace")


def test_a_run_is_whole_or_short() -> None:
    assert Scale().pick(200, 12) == 200
    assert Scale(short=True).pick(200, 12) == 12


def test_durations_are_short_texts() -> None:
    assert [seconds(value) for value in (0.0004, 0.0164, 0.99, 4.26)] == ["0 ms", "16 ms", "990 ms", "4.3 s"]


def test_a_section_has_the_rows_the_figures_and_the_command() -> None:
    first, *lines = section("stops", BAD).splitlines()
    assert re.fullmatch(r"`python -m bench\.reliability --only stops`, \d{4}-\d\d-\d\d", first)
    assert lines == [
        "",
        "| case | tried | failed | worst |",
        "| --- | ---: | ---: | ---: |",
        "| HUP | 9 | 0 |  |",
        "| TERM | 1,200 | 96 | 96 reset |",
        "",
        "| p99 |",
        "| --- |",
        "| 3 ms |",
    ]


def test_a_quick_look_is_named_as_such() -> None:
    assert section("stops", BAD, short=True).startswith("`python -m bench.reliability --only stops --short`, ")


def test_the_overview_names_the_first_failure_of_each_trial() -> None:
    lines = overview({"crashes": GOOD, "stops": BAD}).splitlines()
    assert lines[-2:] == ["| crashes | 300 | 0 |  |", "| stops | 1,209 | 96 | TERM: 96 reset |"]


def test_the_last_line_says_whether_anything_failed() -> None:
    assert closing_line({"crashes": GOOD}) == "nothing failed: 300 attempts in 1 trials"
    assert closing_line({"crashes": GOOD, "stops": BAD}) == "FAILED: 96 of 1,509 attempts, in stops (96)"


def test_a_section_replaces_what_was_between_its_markers() -> None:
    page = "before\n<!-- a -->\nold\n<!-- end of a -->\nafter <!-- b -->\n<!-- end of b -->\n"
    written = replace_section(page, "a", r"new \1")
    assert written == "before\n<!-- a -->\n\nnew \\1\n\n<!-- end of a -->\nafter <!-- b -->\n<!-- end of b -->\n"
    assert replace_section(written, "a", r"new \1") == written
    with pytest.raises(ValueError, match="<!-- c -->"):
        replace_section(page, "c", "new")


def test_nothing_in_a_cell_ends_it() -> None:
    assert cell("a | b\nand <!-- end of a -->") == "a \\| b and &lt;!-- end of a -->"
    assert len(cell("word " * 100)) == 160


def test_the_page_has_a_place_for_every_trial() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in ("overview", *TRIALS):
        assert replace_section(page, name, "new") != page


def test_tables_in_the_output_of_a_command_are_told_from_its_words() -> None:
    said = "running\n| a |\n| --- |\n| 1 |\n\n| b |\n60 rounds, 0 failures\n"
    assert split_tables(said) == (["| a |\n| --- |\n| 1 |", "| b |"], ["running", "60 rounds, 0 failures"])
    assert split_tables("") == ([], [])


def test_an_unknown_trial_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["--only", "crashes,nothing"])
    assert "not a trial: nothing; the trials are crashes," in capsys.readouterr().err


def test_a_run_writes_its_tables_and_fails_with_a_trial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text("".join(f"<!-- {name} -->\n<!-- end of {name} -->\n" for name in ("overview", "kills", "stops")))

    def breaks(_: Scale, folder: Path) -> Outcome:
        assert list(folder.iterdir()) == []
        raise OSError("no disk")

    monkeypatch.setitem(TRIALS, "kills", lambda scale, _: Outcome((Row(f"{scale}", 3, 0),)))
    assert command.main(["--only", "kills", "--short"]) == 0
    assert "Scale(short=True, minutes=1.0)" in capsys.readouterr().out

    monkeypatch.setitem(TRIALS, "stops", breaks)
    assert command.main(["--only", "kills,stops", "--write", str(page)]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines()[-1] == "FAILED: 1 of 4 attempts, in stops (1)"
    assert "the trial itself: OSError: no disk" in said.err
    assert "| Scale(short=False, minutes=10.0) | 3 | 0 |  |" in page.read_text()
    assert "| the trial itself | 1 | 1 | OSError: no disk |" in page.read_text()
