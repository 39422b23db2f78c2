"""What the commands print: for a person at a terminal of any width, and for a program that reads a pipe."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

import msgspec
import pytest
from rich.cells import cell_len
from rich.console import Console

from kb.explanation import Explanation, FieldCount, FixedShare, NearnessShare, WordShare
from kb.indexing.report import BuildReport, Step
from kb.printable import printable
from kb.results import Dropped, Hit, QueryReport, ResultPage, Snippet, Total
from kb.storage.status import GenerationFacts, Status
from kb.terminal import (
    SKIPPED_SHOWN,
    build_progress,
    preparation_progress,
    print_json,
    print_page,
    print_report,
    print_status,
    say,
)
from tests.conftest import ROOT

NAP = WordShare(
    text="naps",
    term="nap",
    field="text",
    phrase=False,
    title=FieldCount(1, 3, 8.4),
    body=FieldCount(2, 1200, 469.5),
    articles=15,
    of=43,
    idf=1.0433,
    impact=0.4137,
    boost=2.0,
    score=0.8632,
)
TEA = msgspec.structs.replace(NAP, text="Green tea", term="tea", field="title_word", phrase=True, score=0.1)
LONG = TEA.text * 9
EXPLANATION = Explanation(
    words=(NAP, TEA),
    nearness=(NearnessShare("naps", "nap", 1.0, 0.0368),),
    fixed=(FixedShare("title", "", 1.0), FixedShare("date", "2023", 1.0)),
)


def page(explanation: Explanation | None = None, **report: Any) -> ResultPage:
    snippet = Snippet("A <mark>nap</mark>", "A\nnap", 10, 15, ((12, 15),))
    hit = Hit(
        id="naps.md",
        url="/articles/naps.md",
        title="Short [naps]",
        title_html="",
        site="Sleep desk",
        author=None,
        published="2023",
        tags=(),
        score=3.0,
        matched=(),
        snippets=(snippet,),
        similar=None,
        explanation=explanation,
    )
    return ResultPage(
        query=QueryReport(text="naps", searched="naps", parsed="", mode="staff", **report),
        query_id="",
        generation="gen-1",
        took_ms=1.25,
        partial=False,
        total=Total(1, "eq"),
        offset=20,
        limit=10,
        next=None,
        previous=None,
        hits=(hit,),
        facets={},
        suggestions=(),
    )


def printed(show: Any, *arguments: Any, width: int = 80, terminal: bool = False, **options: Any) -> list[str]:
    file = StringIO()
    show(Console(file=file, width=width, force_terminal=terminal, color_system=None), *arguments, **options)
    return [line.rstrip() for line in file.getvalue().splitlines()]


def table(explanation: Explanation, **console: Any) -> list[str]:
    lines = printed(print_page, page(explanation), **console)
    return lines[lines.index("     A nap") + 2 :]


def test_the_parts_of_a_score_stand_in_columns() -> None:
    assert table(EXPLANATION) == [
        "                                                         in title  in text  articles",
        "    adds  for                     boost     idf  impact     ø 8.4  ø 469.5     of 43",
        "  0.8632  naps: nap                   2  1.0433  0.4137       1/3  2/1,200        15",
        '  0.1000  title:"Green tea": tea      2  1.0433  0.4137       1/3  2/1,200        15',
        "  0.0368  naps near others",
        "  1.0000  the query is the title",
        "  1.0000  date:2023",
        "  3.0000  score",
    ]


@pytest.mark.parametrize("width", [80, 120])
def test_at_a_terminal_long_words_are_folded_and_figures_stay_whole(width: int) -> None:
    lines = table(Explanation(words=(NAP, msgspec.structs.replace(TEA, text=LONG))), width=width, terminal=True)
    assert max(map(cell_len, lines)) <= width
    assert "".join(lines).count("G") == LONG.count("G")
    figures = [line.split()[-5:] for line in lines if "2/1,200" in line]
    assert figures == [["1.0433", "0.4137", "1/3", "2/1,200", "15"]] * 2


def test_in_a_pipe_every_part_is_one_plain_line() -> None:
    lines = table(Explanation(words=(NAP, msgspec.structs.replace(TEA, text=LONG))), width=80)
    assert len(lines) == 5
    assert LONG in lines[3]
    assert len(lines[3]) == len(lines[2]) == len(lines[1]) > 80
    assert not any("\x1b" in line for line in lines)


def test_a_score_without_words_needs_no_figures() -> None:
    lines = table(Explanation(fixed=(FixedShare("every", "", 1.0),)))
    assert lines == ["    adds  for", "  1.0000  every article", "  3.0000  score"]


def test_a_hit_is_printed_with_its_rank_and_what_was_not_searched_for_is_said() -> None:
    lines = printed(print_page, page(dropped=(Dropped("the", "common word"),), warnings=("No article has x.",)))
    assert lines == [
        "1 article for naps  (1.2 ms)",
        "not searched for: the (common word)",
        "No article has x.",
        "",
        " 21. Short [naps]",
        "     naps.md · Sleep desk · 2023",
        "     A nap",
    ]


def report(**facts: Any) -> BuildReport:
    nothing = dict.fromkeys(("added", "changed", "removed", "unchanged", "kept", "articles", "read"), 0) | {
        "generation": "gen-2",
        "published": True,
        "rebuilt_because": (),
        "skipped": (),
        "seconds": 0.5,
        "articles_per_second": 1234.0,
    }
    return BuildReport(**nothing | facts)  # type: ignore[arg-type]


def test_a_report_counts_what_happened() -> None:
    assert printed(print_report, report(added=1, unchanged=1200, articles=1201, read=1)) == [
        "published gen-2: 1,201 articles (1 added, 1,200 unchanged); read 1 file in 0.50 s, 1,234 articles a second"
    ]
    assert printed(print_report, report(published=False)) == [
        "gen-2 is up to date: 0 articles (0 added); read 0 files in 0.50 s"
    ]


def test_only_the_first_skipped_files_are_named_unless_all_are_asked_for() -> None:
    skipped = tuple((f"{index}.md", "binary data" if index else "draft") for index in range(SKIPPED_SHOWN + 5))
    lines = printed(print_report, report(skipped=skipped))[1:]
    assert lines[0] == "  skipped 0.md: draft"
    assert lines[SKIPPED_SHOWN:] == ["  skipped 5 more files: binary data"]
    assert len(printed(print_report, report(skipped=skipped), every_skipped=True)) == 1 + len(skipped)


def test_the_current_generation_is_marked() -> None:
    generations = (GenerationFacts("gen-2", "2024-05-03", 3, 1_500_000), GenerationFacts("gen-1", problem="damaged"))
    assert printed(print_status, Status("gen-2", generations, builder=7)) == [
        "a build is at work (process 7)",
        "* gen-2  3 articles, 1.5 MB, 2024-05-03",
        "  gen-1  damaged",
    ]


def test_in_a_pipe_each_stage_of_a_build_is_one_line() -> None:
    def build(console: Console) -> None:
        with build_progress(console) as progress:
            for stage, done, total in [("scan", 0, 0), ("read", 1, 1200), ("read", 2, 1200), ("write", 0, 0)]:
                progress(Step(stage, done, total))

    assert printed(build) == ["looking at the corpus …", "reading and indexing 1,200 files …"]


@pytest.mark.parametrize("failed", [0, 1])
@pytest.mark.parametrize("is_terminal", [False, True])
def test_the_search_engine_is_prepared_only_if_no_loop_failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], is_terminal: bool, failed: int
) -> None:
    monkeypatch.setattr(Console, "is_terminal", is_terminal)
    with preparation_progress("preparing") as progress:
        for done in range(1, 4 - failed):
            progress(done, 3)
    said = capsys.readouterr().err
    assert "preparing" in said
    assert ("the search engine is prepared, in 0 s" in said) == (not failed)


EVIL = "[red]a\x1b[2J\x9b31m\nskipped: forged\r\u2028\u202e\x07\udc80"
HARMLESS = "[red]a" + "x" * 20


def hostile_page(name: str) -> ResultPage:
    words = tuple(msgspec.structs.replace(NAP, text=name, term=name, field=field) for field in ("text", "title_word"))
    explanation = Explanation(words, (NearnessShare(name, name, 1.0, 1.0),), (FixedShare("tag", name, 1.0),))
    shown = page(explanation, dropped=(Dropped(name, name),), warnings=(name,))
    marks = Snippet("", f"A {name} nap {name}", 0, 9, ((2, 2 + len(name)),))
    hit = msgspec.structs.replace(
        shown.hits[0], id=name, title=name, site=name, author=name, published=name, snippets=(marks,)
    )
    return msgspec.structs.replace(shown, hits=(hit,), query=msgspec.structs.replace(shown.query, searched=name))


def hostile_report(name: str) -> BuildReport:
    return report(generation=name, rebuilt_because=(name,), skipped=((name, name),) * (SKIPPED_SHOWN + 1))


def hostile_status(name: str) -> Status:
    return Status(name, (GenerationFacts(name, problem=name), GenerationFacts(name, created=name)), None, name)


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize(
    ("show", "made_of"),
    [(print_page, hostile_page), (print_report, hostile_report), (print_status, hostile_status)],
)
def test_no_name_gives_a_command_to_the_terminal_or_forges_a_line(show: Any, made_of: Any, terminal: bool) -> None:
    shown, harmless = (printed(show, made_of(name), width=2000, terminal=terminal) for name in (EVIL, HARMLESS))
    assert all(line == printable(line) for line in shown)
    assert len(shown) == len(harmless)
    assert "[red]a\\x1b[2J" in "".join(shown)


def test_a_sentence_is_one_line_on_the_stream_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"kb: {EVIL} " + "long " * 50, "stderr", "red")
    say(EVIL)
    out, err = capsys.readouterr()
    assert out == printable(EVIL) + "\n"
    assert err == printable(f"kb: {EVIL} " + "long " * 50).rstrip() + " \n"


def test_json_is_the_same_data(capsys: pytest.CaptureFixture[str]) -> None:
    data = {"id": "a\x1b[2J\x9b\u202e\n", "title": "[red]" + "long " * 100}
    print_json(msgspec.json.encode(data))
    shown = capsys.readouterr().out
    assert msgspec.json.decode(shown) == data
    assert all(line == printable(line) for line in shown.split("\n"))


def test_nothing_is_printed_past_the_terminal() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in (ROOT / "kb" / "commands").glob("*.py")}
    assert [path.name for path, source in sources.items() if re.search(r"\becho\(|\bprint\(|\.out\(", source)] == []
