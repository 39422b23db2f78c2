"""Most of the articles gone at once is an accident, until a person says that it is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kb.errors import BuildRefused
from kb.indexing.ledger import Ledger
from kb.indexing.plan import make_plan
from kb.indexing.report import BuildReport
from kb.indexing.shrinkage import refuse_shrunk, refuse_vanished
from kb.storage.generations import Generations
from kb.storage.records import ArticleRecord, FileRecord

from .fakes import FakeCorpus, texts_of

Build = Callable[..., BuildReport]

SHELF = {f"{name}.md": f"{name} stone" for name in "abcdef"}


@pytest.fixture
def shelf(build: Build) -> FakeCorpus:
    """Six articles, indexed."""
    corpus = FakeCorpus(SHELF)
    build(corpus)
    corpus.reads.clear()
    return corpus


def remove(corpus: FakeCorpus, names: str) -> None:
    for name in names:
        corpus.remove(f"{name}.md")


def test_half_may_go_and_more_may_not(shelf: FakeCorpus, build: Build, generations: Generations) -> None:
    remove(shelf, "abc")
    assert build(shelf).removed == 3
    remove(shelf, "de")
    with pytest.raises(BuildRefused) as refused:
        build(shelf)
    assert str(refused.value) == (
        "/corpus lacks 2 of the 3 articles in the index, more than half; is the folder mounted, and whole? "
        "To remove them: kb index --allow-shrink"
    )
    assert len(texts_of(generations.current())) == 3
    assert build(shelf, allow_shrink=True).removed == 2


def test_nothing_is_read_where_the_scan_tells_enough(shelf: FakeCorpus, build: Build) -> None:
    remove(shelf, "abcde")
    shelf.put("README.md", "not mounted")
    with pytest.raises(BuildRefused, match="lacks 4 of the 6 articles"):
        build(shelf)
    assert shelf.reads == []


def test_files_that_only_moved_are_not_removed(shelf: FakeCorpus, build: Build) -> None:
    remove(shelf, "abcdef")
    for path, text in SHELF.items():
        shelf.put(f"moved/{path}", text)
    report = build(shelf)
    assert (report.added, report.removed) == (6, 6)


def test_other_articles_in_their_place_do_not_make_up_for_them(shelf: FakeCorpus, build: Build) -> None:
    remove(shelf, "abcdef")
    for number in range(6):
        shelf.put(f"{number}.md", f"number {number}")
    with pytest.raises(BuildRefused, match="lacks 6 of the 6 articles"):
        build(shelf)
    assert len(shelf.reads) == 6


def test_articles_withdrawn_by_their_files_count_before_anything_is_published(
    shelf: FakeCorpus, build: Build, generations: Generations
) -> None:
    for name in "abcd":
        shelf.break_file(f"{name}.md", "draft")
    with pytest.raises(BuildRefused, match="lacks 4 of the 6"):
        build(shelf)
    assert generations.current().name == "gen-1"
    assert not list(generations.folder.glob("building-*"))


def test_articles_kept_in_an_earlier_version_are_not_removed(shelf: FakeCorpus, build: Build) -> None:
    for name in "abcd":
        shelf.break_file(f"{name}.md", "no text")
    shelf.passed_over["e.md"] = "permission denied"
    report = build(shelf)
    assert (report.kept, report.removed) == (5, 0)


def test_a_file_of_many_articles_may_come_back_under_another_name(build: Build) -> None:
    lines = "\n".join(f"{number}=line {number}" for number in range(8))
    corpus = FakeCorpus({"all.jsonl": lines, "b.md": "bread"})
    build(corpus)
    corpus.remove("all.jsonl")
    corpus.put("other.md", "other")
    with pytest.raises(BuildRefused, match="lacks 8 of the 9"):
        build(corpus)
    corpus.remove("other.md")
    corpus.put("renamed.jsonl", lines)
    assert build(corpus).removed == 0


def test_changed_rules_of_reading_are_no_way_around_it(shelf: FakeCorpus, build: Build) -> None:
    remove(shelf, "abcd")
    shelf.fingerprint = "articles/2"
    with pytest.raises(BuildRefused, match="lacks 4 of the 6"):
        build(shelf)


def test_an_article_that_another_file_has_as_well_is_not_gone() -> None:
    shared = tuple(ArticleRecord(id_, "digest") for id_ in "abc")
    known = {path: FileRecord(path, 1, 1, path, shared) for path in ("1.jsonl", "2.jsonl")}
    scanned = [("1.jsonl", "permission denied")]
    plan = make_plan(known, scanned, everything=False)
    refuse_vanished(Path("/corpus"), {"1.jsonl": known["1.jsonl"]}, plan)
    with pytest.raises(BuildRefused, match="lacks 3 of the 3"):
        refuse_vanished(Path("/corpus"), known, make_plan(known, [], everything=False))
    with pytest.raises(BuildRefused, match="lacks 3 of the 3"):
        refuse_shrunk(Path("/corpus"), known, Ledger(known, make_plan(known, [], everything=False), rewrite=False))
