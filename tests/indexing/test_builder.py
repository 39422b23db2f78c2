"""What a build reads, writes, keeps and removes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.article import SourceFile
from kb.errors import BuildRefused
from kb.indexing.builder import Builder
from kb.indexing.report import BuildReport, Step
from kb.indexing.verification import check
from kb.storage import fingerprint
from kb.storage.generations import Generations
from kb.text.tokens import Analyzer

from .fakes import FakeCorpus, found_by, texts_of

Build = Callable[..., BuildReport]


def counts(report: BuildReport) -> dict[str, int]:
    names = ("added", "changed", "removed", "unchanged", "kept")
    return {name: getattr(report, name) for name in names if getattr(report, name)}


def test_the_first_build_publishes_every_article(corpus: FakeCorpus, build: Build, generations: Generations) -> None:
    report = build(corpus)
    assert (report.generation, report.published, report.articles) == ("gen-1", True, 3)
    assert counts(report) == {"added": 3}
    assert report.rebuilt_because == ()
    assert texts_of(generations.current()) == corpus.texts
    assert found_by(generations.current(), "stone") == ["c.md", "b.md", "a.md"]
    assert check(generations.current()) == []


def test_a_second_build_reads_nothing_and_publishes_nothing(
    corpus: FakeCorpus, build: Build, generations: Generations
) -> None:
    build(corpus)
    stamp = generations.stamp()
    corpus.reads.clear()
    report = build(corpus)
    assert corpus.reads == []
    assert (report.published, report.generation, report.read) == (False, "gen-1", 0)
    assert counts(report) == {"unchanged": 3}
    assert generations.stamp() == stamp


def test_a_touched_file_is_read_once_more_and_changes_nothing(corpus: FakeCorpus, build: Build) -> None:
    build(corpus)
    corpus.touch("b.md")
    corpus.reads.clear()
    report = build(corpus)
    assert (corpus.reads, report.published, counts(report)) == (["b.md"], False, {"unchanged": 3})
    build(corpus)
    assert corpus.reads == ["b.md"]


def test_a_file_saved_at_the_moment_of_reading_is_read_again(corpus: FakeCorpus, build: Build) -> None:
    corpus.mtimes["a.md"] = time.time_ns() + 20_000_000
    build(corpus)
    corpus.texts["a.md"] = "angle stone"  # the same size and mtime
    assert counts(build(corpus)) == {"changed": 1, "unchanged": 2}


def test_additions_changes_and_removals_are_counted_and_searchable(
    corpus: FakeCorpus, build: Build, generations: Generations
) -> None:
    build(corpus)
    corpus.put("a.md", "almond stone")
    corpus.put("d.md", "date stone")
    corpus.remove("c.md")
    report = build(corpus)
    assert counts(report) == {"added": 1, "changed": 1, "removed": 1, "unchanged": 1}
    assert (report.published, report.read, report.articles) == (True, 2, 3)
    assert texts_of(generations.current()) == corpus.texts
    assert found_by(generations.current(), "apple") == []
    assert found_by(generations.current(), "almond") == ["a.md"]


def test_an_unreadable_file_is_named_by_every_build_and_keeps_its_article(
    corpus: FakeCorpus, build: Build, generations: Generations
) -> None:
    build(corpus)
    corpus.break_file("b.md", "not text")
    for _ in range(2):
        report = build(corpus)
        assert report.skipped == (("b.md", "not text"),)
        assert counts(report) == {"unchanged": 2, "kept": 1}
        assert found_by(generations.current(), "bread") == ["b.md"]
    corpus.put("a.md", "almond stone")
    assert counts(build(corpus)) == {"changed": 1, "unchanged": 1, "kept": 1}
    assert found_by(generations.current(), "bread") == ["b.md"]
    corpus.put("b.md", "butter stone")
    report = build(corpus)
    assert (report.skipped, counts(report)) == ((), {"changed": 1, "unchanged": 2})


def test_an_unreadable_file_that_goes_takes_its_article_along(corpus: FakeCorpus, build: Build) -> None:
    build(corpus)
    corpus.break_file("b.md")
    build(corpus)
    corpus.remove("b.md")
    assert counts(build(corpus)) == {"removed": 1, "unchanged": 2}


def test_a_file_that_was_never_readable_stops_nothing(corpus: FakeCorpus, build: Build) -> None:
    corpus.break_file("x.md", "no text")
    report = build(corpus)
    assert (report.articles, report.skipped) == (3, (("x.md", "no text"),))


def test_a_draft_is_withdrawn(corpus: FakeCorpus, build: Build, generations: Generations) -> None:
    build(corpus)
    corpus.break_file("b.md", "draft")
    report = build(corpus)
    assert (counts(report), report.skipped) == ({"removed": 1, "unchanged": 2}, (("b.md", "draft"),))
    assert found_by(generations.current(), "bread") == []


def test_a_file_that_is_passed_over_keeps_its_article(corpus: FakeCorpus, build: Build) -> None:
    corpus.put("shelf/e.md", "elder stone")
    build(corpus)
    corpus.passed_over = {"a.md": "larger than 10 MB", "shelf": "permission denied"}
    corpus.remove("shelf/e.md")
    report = build(corpus)
    assert counts(report) == {"unchanged": 2, "kept": 2}
    assert ("a.md", "larger than 10 MB") in report.skipped
    corpus.passed_over = {}
    assert counts(build(corpus)) == {"removed": 1, "unchanged": 3}


def test_ids_that_vanish_behind_a_bad_line_stay(build: Build, generations: Generations) -> None:
    corpus = FakeCorpus({"x.jsonl": "1=one\n2=two\n3=three"})
    build(corpus)
    corpus.put("x.jsonl", "1=uno\n3=three", reasons=("line 2: not a JSON object",))
    report = build(corpus)
    assert counts(report) == {"changed": 1, "unchanged": 1, "kept": 1}
    assert texts_of(generations.current()) == {"1": "uno", "2": "two", "3": "three"}
    corpus.put("x.jsonl", "1=uno\n3=three", reasons=())
    corpus.texts["x.jsonl"] += "\n"
    assert counts(build(corpus)) == {"removed": 1, "unchanged": 2}


def test_a_line_that_became_a_draft_is_withdrawn_even_beside_an_unreadable_one(build: Build) -> None:
    corpus = FakeCorpus({"x.jsonl": "1=one\n2=two\n3=three"})
    build(corpus)
    corpus.put("x.jsonl", "1=one\n2=draft", reasons=("line 3: not a JSON object",))
    assert counts(build(corpus)) == {"removed": 1, "unchanged": 1, "kept": 1}


def test_the_last_of_several_versions_of_an_id_is_the_one_that_is_found(build: Build, generations: Generations) -> None:
    corpus = FakeCorpus({"x.jsonl": "1=first\n1=second", "y.jsonl": "1=third\n1=fourth", "a.jsonl": "1=early"})
    assert build(corpus).articles == 1
    assert texts_of(generations.current()) == {"1": "fourth"}
    corpus.put("x.jsonl", "1=changed")
    build(corpus)
    assert texts_of(generations.current()) == {"1": "fourth"}
    corpus.put("z.jsonl", "1=fifth")
    build(corpus)
    assert texts_of(generations.current()) == {"1": "fifth"}


def test_when_the_version_that_counts_goes_the_one_before_is_found(build: Build, generations: Generations) -> None:
    corpus = FakeCorpus({"x.jsonl": "1=first\n7=seven", "y.jsonl": "1=second"})
    build(corpus)
    corpus.remove("y.jsonl")
    assert counts(build(corpus)) == {"changed": 1, "unchanged": 1}
    assert texts_of(generations.current()) == {"1": "first", "7": "seven"}


def test_a_kept_version_gives_way_to_one_that_can_be_read(build: Build, generations: Generations) -> None:
    corpus = FakeCorpus({"a.jsonl": "1=new", "z.jsonl": "1=old"})
    build(corpus)
    corpus.passed_over["z.jsonl"] = "another file has the same name in other Unicode characters: a"
    corpus.put("a.jsonl", "1=newer")
    assert counts(build(corpus)) == {"changed": 1}
    assert texts_of(generations.current()) == {"1": "newer"}


def test_text_that_is_no_unicode_is_skipped(corpus: FakeCorpus, build: Build) -> None:
    corpus.put("bad.md", "half \ud800 a character")
    report = build(corpus)
    assert report.skipped == (("bad.md", "bad.md: text that is not valid Unicode"),)


def test_a_file_name_that_is_no_utf_8_is_skipped(corpus: FakeCorpus, build: Build) -> None:
    corpus.put(os.fsdecode(b"\xff.md"), "some text")
    assert build(corpus).skipped == (("\ufffd.md", "its name is not valid UTF-8"),)


def test_a_changed_rule_rebuilds_everything_and_is_named(
    corpus: FakeCorpus, build: Build, generations: Generations
) -> None:
    build(corpus)
    corpus.reads.clear()
    corpus.fingerprint = "articles/2"
    report = build(corpus)
    assert report.rebuilt_because == ("articles changed from articles/1 to articles/2",)
    assert sorted(corpus.reads) == ["a.md", "b.md", "c.md"]
    assert (report.published, counts(report)) == (True, {"unchanged": 3})
    assert texts_of(generations.current()) == corpus.texts


def test_another_schema_or_language_rebuilds(
    corpus: FakeCorpus, build: Build, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(corpus)
    monkeypatch.setattr(fingerprint, "SCHEMA_VERSION", 99)
    report = Builder(folder, Analyzer("german")).build(corpus)
    schema, analysis = report.rebuilt_because
    assert schema.startswith("schema changed from ")
    assert schema.endswith(" to 99")
    assert analysis.startswith("analysis changed from english/")


def test_a_rebuild_carries_over_what_can_no_longer_be_read(
    corpus: FakeCorpus, build: Build, generations: Generations
) -> None:
    build(corpus)
    corpus.break_file("b.md")
    corpus.passed_over["c.md"] = "permission denied"
    corpus.fingerprint = "articles/2"
    report = build(corpus)
    assert counts(report) == {"unchanged": 1, "kept": 2}
    assert texts_of(generations.current())["b.md"] == "bread stone"
    assert found_by(generations.current(), "cheese") == ["c.md"]


def test_an_emptied_corpus_is_refused_unless_allowed(
    corpus: FakeCorpus, build: Build, generations: Generations
) -> None:
    build(corpus)
    corpus.texts.clear()
    with pytest.raises(BuildRefused, match="/corpus lacks 3 of the 3 articles in the index"):
        build(corpus)
    corpus.passed_over["shelf"] = "permission denied"
    with pytest.raises(BuildRefused):
        build(corpus)
    assert len(texts_of(generations.current())) == 3
    report = build(corpus, allow_shrink=True)
    assert (report.removed, report.articles) == (3, 0)
    assert texts_of(generations.current()) == {}


def test_an_empty_corpus_makes_an_empty_index_that_can_grow(build: Build, generations: Generations) -> None:
    corpus = FakeCorpus({})
    assert build(corpus).published
    assert not build(corpus).published
    assert check(generations.current()) == []
    corpus.put("a.md", "apple")
    assert counts(build(corpus)) == {"added": 1}
    assert texts_of(generations.current()) == {"a.md": "apple"}


def test_files_that_did_not_change_are_on_the_disk_twice_however_many_generations_have_them(
    corpus: FakeCorpus, build: Build, generations: Generations
) -> None:
    build(corpus)
    segments = [path.name for path in generations.current().path.glob("MAIN_*s") if path.suffix != ".impacts"]
    assert len(segments) == 3
    for number in range(4):
        corpus.put("d.md", f"date stone {number}")
        build(corpus)
        newest, before, *rest = generations.all()
        for name in segments:
            assert not (newest.path / name).samefile(before.path / name)
            assert all((newest.path / name).samefile(older.path / name) for older in rest)


def test_where_one_generation_is_kept_files_that_did_not_change_stay(
    corpus: FakeCorpus, folder: Path, analyzer: Analyzer, generations: Generations
) -> None:
    builder = Builder(folder, analyzer, keep_generations=1)
    builder.build(corpus)
    inodes = {path.name: path.stat().st_ino for path in generations.current().path.glob("MAIN_*.arrays")}
    corpus.put("d.md", "date stone")
    builder.build(corpus)
    assert inodes.items() <= {p.name: p.stat().st_ino for p in generations.current().path.glob("MAIN_*")}.items()


def test_a_generation_that_is_published_is_never_written_to(
    corpus: FakeCorpus, build: Build, generations: Generations
) -> None:
    build(corpus)
    first = generations.current().path
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in first.iterdir()}
    corpus.put("a.md", "almond stone")
    build(corpus)
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in first.iterdir()} == before


def test_many_builds_keep_few_segments_and_few_generations(
    corpus: FakeCorpus, build: Build, generations: Generations
) -> None:
    for number in range(40):
        corpus.put(f"{number % 25}.md", f"page {number} stone")
        build(corpus)
    current = generations.current()
    segments = {name.split(".")[0] for name in current.manifest.index_files if name.startswith("MAIN_")}
    assert len(segments) <= 12
    assert [g.name for g in generations.all()] == ["gen-40", "gen-39", "gen-38"]
    assert texts_of(current) == corpus.texts


def test_a_copy_does_where_the_disk_has_no_links(
    corpus: FakeCorpus, build: Build, generations: Generations, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(corpus)

    def no_links(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", no_links)
    corpus.put("d.md", "date stone")
    build(corpus)
    assert texts_of(generations.current()) == corpus.texts
    assert check(generations.current()) == []


def test_progress_goes_through_the_stages_in_order(corpus: FakeCorpus, build: Build) -> None:
    steps: list[Step] = []
    build(corpus, progress=steps.append)
    assert list(dict.fromkeys(step.stage for step in steps)) == ["scan", "read", "write", "verify", "publish"]
    assert [step for step in steps if step.stage == "read"][-1] == Step("read", 3, 3)
    assert steps[-1] == Step("publish", 1, 1)


def test_what_the_corpus_raises_comes_through_and_leaves_nothing(
    corpus: FakeCorpus, build: Build, generations: Generations, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(corpus)
    corpus.put("a.md", "almond stone")
    corpus.put("b.md", "butter stone")
    read = corpus.read

    def failing(source: SourceFile) -> object:
        if source.path == "a.md":
            raise ZeroDivisionError
        return read(source)

    monkeypatch.setattr(corpus, "read", failing)
    with pytest.raises(ZeroDivisionError):
        build(corpus)
    assert sorted(path.name for path in generations.folder.iterdir()) == [".lock", "CURRENT", "gen-1"]
    assert texts_of(generations.current())["b.md"] == "bread stone"
