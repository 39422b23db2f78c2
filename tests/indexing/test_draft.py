"""Batches become segments: few of them, of a bounded size, and a small change costs little."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh.index import EmptyIndexError

from kb.indexing import draft as segments
from kb.indexing.builder import Builder
from kb.indexing.draft import MOST_SEGMENTS, Draft, in_groups, memory_of, segments_to_merge
from kb.indexing.verification import check
from kb.segments.batch import analyse, join, take
from kb.segments.whoosh_toc import read_segments
from kb.storage.generations import Generations
from kb.storage.lineages import Base
from kb.text.tokens import Analyzer

from .fakes import FakeCorpus, article, found_by, texts_of


def after(sizes: list[tuple[int, int]], written: int) -> list[int]:
    chosen = segments_to_merge(sizes, written)
    merged = written + sum(sizes[i][0] for i in chosen)
    return [living for i, (living, _) in enumerate(sizes) if i not in chosen] + ([merged] if merged else [])


@given(st.lists(st.integers(1, 40_000).map(lambda n: (n, n)), max_size=60), st.integers(0, 5_000))
def test_there_are_never_more_segments_than_allowed(sizes: list[tuple[int, int]], written: int) -> None:
    result = after(sizes, written)
    assert len(result) <= MOST_SEGMENTS
    assert sum(result) == written + sum(living for living, _ in sizes)


def test_a_small_change_beside_a_large_segment_leaves_that_alone() -> None:
    assert segments_to_merge([(16_000, 16_000)], 1) == []


def test_nothing_is_merged_where_nothing_is_written() -> None:
    assert segments_to_merge([(16_000, 16_000), (3, 3)], 0) == []


def test_a_segment_of_which_more_than_half_is_deleted_is_merged() -> None:
    assert segments_to_merge([(16_000, 16_000), (40, 100), (60, 100)], 0) == [1]


def test_a_thousand_small_changes_rewrite_each_article_a_few_times() -> None:
    sizes = [16_000]
    rewritten = 0
    for _ in range(1000):
        pairs = [(size, size) for size in sizes]
        rewritten += sum(sizes[i] for i in segments_to_merge(pairs, 1))
        sizes = after(pairs, 1)
    assert rewritten < 1000 * 6
    assert max(sizes) == 16_000


@given(st.lists(st.integers(), max_size=60), st.integers(1, 12))
def test_groups_are_few_and_even_and_keep_the_order(items: list[int], most: int) -> None:
    groups = in_groups(items, most)
    assert len(groups) == min(len(items), most)
    assert [item for group in groups for item in group] == items
    assert {len(group) for group in groups} <= {len(items) // most, len(items) // most + 1, 1}


TEXTS = ["apple stone", "", "Bread \u2013 stone", "\u82f9\u679c stone", "\U0001f34e apple apple", "cheese"]


@settings(deadline=None)  # the first call makes tables
@given(st.lists(st.sampled_from(range(len(TEXTS))), unique=True))
def test_what_is_taken_of_a_batch_is_what_these_articles_alone_give(rows: list[int]) -> None:
    articles = [article(str(number), text) for number, text in enumerate(TEXTS)]
    taken = take(analyse(articles), rows)
    alone = join([analyse([articles[row] for row in rows])])
    assert (taken.records, taken.texts) == (alone.records, alone.texts)
    assert set(taken.words) == set(alone.words)
    assert [taken.words[token] for token in taken.tokens] == [alone.words[token] for token in alone.tokens]
    for name in ("starts", "lengths", "bounds", "title_tokens", "days", "widths"):
        assert np.array_equal(getattr(taken, name), getattr(alone, name)), name


def test_a_large_build_holds_a_part_of_it_at_a_time(
    folder: Path, analyzer: Analyzer, generations: Generations, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = FakeCorpus({f"{number:03}.md": f"word{number} stone" for number in range(300)})
    written: list[int] = []
    write = segments.write_segment

    def noting(folder: Path, name: str, batch: segments.Batch, analyzer: Analyzer) -> None:
        written.append(len(batch.records))
        write(folder, name, batch, analyzer)

    monkeypatch.setattr(segments, "write_segment", noting)
    monkeypatch.setattr("kb.indexing.reading.FILE_BATCH_FILES", 10)
    monkeypatch.setattr(segments, "BYTES_AN_ARTICLE", 120_000)  # eleven of them are more than a megabyte
    Builder(folder, analyzer, memory_mb=1).build(corpus)
    current = generations.current()
    assert texts_of(current) == corpus.texts
    assert check(current) == []
    assert found_by(current, "word299") == ["299.md"]
    assert len(read_segments(current.path)) <= MOST_SEGMENTS
    assert max(written) <= 60
    assert sum(written) <= 2 * 300


def test_words_of_deleted_articles_go_when_segments_become_one(
    folder: Path, analyzer: Analyzer, generations: Generations
) -> None:
    corpus = FakeCorpus({f"{letter}.md": f"{letter}word" for letter in "abcdef"})
    Builder(folder, analyzer).build(corpus)
    for letter in "abcd":
        corpus.remove(f"{letter}.md")
    Builder(folder, analyzer).build(corpus, allow_shrink=True)
    (segment,) = read_segments(generations.current().path)
    assert [word for word in segment.open(generations.current().path).words if word.endswith("word")] == [
        "eword",
        "fword",
    ]


def test_the_estimate_of_memory_grows_with_words_and_articles() -> None:
    one, two = (memory_of(analyse([article("1", text)])) for text in ("word", "word " * 1000))
    assert 70 * 999 < two - one < 100 * 999


def test_a_draft_that_cannot_begin_leaves_no_folder(tmp_path: Path, analyzer: Analyzer) -> None:
    Builder(tmp_path, analyzer).build(FakeCorpus({"a.md": "apple"}))
    base = Generations(tmp_path).current()
    next(base.path.glob("*.toc")).unlink()
    with pytest.raises(EmptyIndexError):
        Draft(tmp_path / "new", Base(base.path, base.manifest.index_files), analyzer)
    assert not (tmp_path / "new").exists()
