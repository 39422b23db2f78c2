"""Texts of a page are read from any character to any, from one segment or from several."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kb.article import Article
from kb.segments.page_texts import (
    COLUMNS,
    CONTENT,
    LENGTH,
    NO_TEXTS,
    SENTENCE_BEGIN,
    SENTENCE_END,
    TOKEN_BEGIN,
    TOKEN_END,
    WIDTH,
    StoredText,
    lay_stretch,
    texts_of,
)

from .articles import ANALYZER, segment_of

TEXTS = ["Tea. Rest — 睡眠.", "Thé.", "", "One. Two! 𝔘"]


@pytest.mark.parametrize(
    ("text", "width"), [("", 1), ("tea", 1), ("Thé ÿ", 1), ("tea — 睡眠", 2), ("\ud800 alone", 2), ("tea 𝔘 睡 é", 4)]
)
def test_a_text_is_read_from_any_character_to_any(tmp_path: Path, text: str, width: int) -> None:
    before = Article(id="a", title="before", text="é睡𝔘")
    segment = segment_of(tmp_path, [before, Article(id="b", title="t", text=text)])
    assert segment.arrays["widths"].tolist() == [4, width]
    assert segment.text(1) == text
    texts = texts_of([segment], np.array([(0, 1)]))
    stored = StoredText(texts, 0)
    assert stored.length == len(text)
    for start in range(len(text) + 1):
        for end in range(start, len(text) + 1):
            assert stored.part(start, end) == text[start:end]
            points = np.zeros(len(text), dtype=np.uint32)
            assert lay_stretch(points, 0, texts.content, texts.rows[0], start, end) == end - start
            assert points[: end - start].tolist() == [ord(character) for character in text[start:end]]


def test_texts_of_several_segments_are_what_they_are_alone(tmp_path: Path) -> None:
    listed = [Article(id=str(n), title="t", text=text) for n, text in enumerate(["Tea. Rest — 睡眠.", "Thé.", ""])]
    segments = [segment_of(tmp_path, [article], article.id) for article in listed]
    page = np.array([(2, 0), (0, 0), (1, 0), (0, 0)])
    joined = texts_of(segments, page)
    for row, (segment, _) in enumerate(page.tolist()):
        alone, stored = StoredText(texts_of(segments, page[row : row + 1]), 0), StoredText(joined, row)
        assert stored.part(0, stored.length) == alone.part(0, alone.length) == listed[segment].text
        assert [column.tolist() for column in stored.sentences] == [column.tolist() for column in alone.sentences]
        first, last = joined.rows[row, TOKEN_BEGIN], joined.rows[row, TOKEN_END]
        assert joined.token_starts[first:last].tolist() == ANALYZER.tokens(listed[segment].text).starts.tolist()


def test_a_row_says_where_length_width_tokens_and_sentences_are(tmp_path: Path) -> None:
    listed = [Article(id=str(n), title="a title", text=text) for n, text in enumerate(TEXTS)]
    segment = segment_of(tmp_path, listed)
    page = np.array([(0, 3), (0, 0), (0, 2), (0, 1)])
    rows = texts_of([segment], page).rows
    assert rows.shape == (4, COLUMNS)
    for row, (_, docid) in zip(rows.tolist(), page.tolist(), strict=True):
        text = TEXTS[docid]
        tokens = slice(row[TOKEN_BEGIN], row[TOKEN_END])
        assert row[LENGTH] == len(text)
        assert row[WIDTH] == segment.arrays["widths"][docid]
        assert row[CONTENT] == segment.arrays["text_bounds"][docid]
        assert segment.arrays["starts"][tokens].tolist() == ANALYZER.tokens(text).starts.tolist()
        assert slice(row[SENTENCE_BEGIN], row[SENTENCE_END]) == slice(
            *segment.arrays["sentence_bounds"][docid : docid + 2].tolist()
        )


def test_an_empty_page_has_no_texts() -> None:
    assert texts_of([], np.empty((0, 2), dtype=np.int64)) is NO_TEXTS
    assert NO_TEXTS.rows.shape == (0, COLUMNS)
