"""One article looked at by itself, against its own words."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.article import Article
from kb.deadline import Deadline, DeadlinePassed
from kb.engine import explained_article
from kb.engine.explained_article import ExplainedArticle
from kb.ranking import length_norm
from kb.segments.postings import TermReader
from tests.corpora import article
from tests.segments.articles import ANALYZER, GRID, WORDS, lists, segment_of, stems_of, words_of

TEA = [
    article("a", "Green tea", "Teas of the world. A cup of green tea.", tags=("Hot", "hot"), published="2024-05-03"),
    article("b", "Tea", "None."),
]


@pytest.fixture
def tea(tmp_path: Path) -> ExplainedArticle:
    return ExplainedArticle(TermReader(segment_of(tmp_path, [TEA[1], TEA[0]]), GRID, ANALYZER), 1)


def test_positions_are_those_of_the_field_and_count_through_the_segment(tea: ExplainedArticle) -> None:
    # The first article has two tokens, the title of the second two, its text nine.
    assert tea.lengths == (2, 9)
    assert tea.positions("text", "tea").tolist() == [3, 4, 12]
    assert tea.positions("word", "tea").tolist() == [3, 12]
    assert (tea.positions("title", "tea").tolist(), tea.positions("body", "tea").tolist()) == ([3], [4, 12])
    assert len(tea.positions("title_word", "teas")) == 0
    assert tea.positions("body_word", "teas").tolist() == [4]
    assert len(tea.positions("text", "none")) == len(tea.positions("word", "unheard")) == 0
    assert (tea.word(3), tea.word(4)) == ("tea", "teas")
    assert tea.frequencies("text", "tea") == (1, 2)


def test_a_phrase_stays_in_the_title_or_in_the_text(tea: ExplainedArticle) -> None:
    assert tea.has_phrase("word", ["green", "tea"], 1)
    assert tea.has_phrase("title_word", ["green", "tea"], 1)
    assert not tea.has_phrase("word", ["tea", "teas"], 10**6)
    assert not tea.has_phrase("word", ["cup", "green"], 1)
    assert tea.has_phrase("word", ["cup", "green"], 2)
    assert tea.has_phrase("word", ["teas", "world", "tea"], 6)
    assert not tea.has_phrase("word", ["green", "cup"], 100)


def test_the_rest_is_what_the_article_says_of_itself(tea: ExplainedArticle) -> None:
    assert tea.day == 739_009
    assert set(tea.names("tag")) == {"hot"}
    assert tea.names("author") == []
    assert tea.is_titled("green tea")
    assert not tea.is_titled("tea")
    assert tea.averages == GRID.averages
    assert tea.norms == (length_norm(2, GRID.averages[0]), length_norm(9, GRID.averages[1]))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(articles=lists.filter(bool), data=st.data())
def test_frequencies_are_those_of_the_words_of_the_article(articles: list[Article], data: st.DataObject) -> None:
    docid = data.draw(st.integers(0, len(articles) - 1))
    with TemporaryDirectory() as folder:
        explained = ExplainedArticle(TermReader(segment_of(Path(folder), articles), GRID, ANALYZER), docid)
        for word in ANALYZER.tokens(WORDS).words:
            title, text = words_of(articles[docid])
            assert explained.frequencies("word", word) == (title.count(word), text.count(word))
            stem = ANALYZER.stem(word)
            title, text = stems_of(articles[docid])
            assert explained.frequencies("text", stem) == (title.count(stem), text.count(stem))
            assert explained.frequencies("body", stem) == (0, text.count(stem))


def test_a_long_article_is_looked_at_until_the_deadline(tmp_path: Path) -> None:
    reader = TermReader(segment_of(tmp_path, TEA), GRID, ANALYZER)
    late = ExplainedArticle(reader, 0, Deadline(-1))
    with pytest.raises(DeadlinePassed):
        late.has_phrase("text", ["green", "tea"], 1)
    with pytest.raises(DeadlinePassed):
        list(late.neighbours(["green", "tea"], 5))


@pytest.mark.parametrize("block", [1, 2, 1000])
def test_neighbours_and_phrases_are_the_same_in_blocks_of_any_size(
    tea: ExplainedArticle, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(explained_article, "BLOCK", block)
    # Green tea | Teas of the world. A cup of green tea.
    pairs = [np.concatenate(parts).tolist() for parts in zip(*tea.neighbours(["green", "tea", "cup"], 5), strict=True)]
    assert list(zip(*pairs, strict=True)) == [(0, 1, 1), (1, 2, 5), (2, 0, 2), (0, 1, 1)]
    assert tea.has_phrase("word", ["teas", "world", "tea"], 6)
    assert not tea.has_phrase("word", ["teas", "tea"], 7)
    assert tea.has_phrase("text", ["teas", "tea"], 8) is False
