"""Parts of a very long text: all of it, cut where a reader would, and each found without those before."""

from __future__ import annotations

import numpy as np
import pytest

from kb.segments.page_texts import PageTexts, StoredText
from kb.snippets.columns import PASSAGE_COLUMNS
from kb.snippets.parts import LOOKED_BACK, PART_CHARS, TextPart, part_at, part_of, passage_parts

from .asking import ANALYZER, page_of

LINE = "word and word\n"
PARAGRAPH = LINE * 10 + "\n"


def texts_of(text: str) -> PageTexts:
    return page_of(text, ANALYZER.tokens(text))


def parts_of(text: str) -> list[TextPart]:
    stored = StoredText(texts_of(text), 0)
    return [part_at(stored, number + 1) for number in range(part_at(stored, 1).parts)]


@pytest.mark.parametrize("text", ["", "short", "x" * PART_CHARS])
def test_a_text_that_fits_has_one_part(text: str) -> None:
    assert parts_of(text) == [TextPart(1, 1, 0, len(text))]


@pytest.mark.parametrize(
    ("piece", "ending"), [(PARAGRAPH, "\n\n"), (LINE, "\n"), ("One more. It is ", ". "), ("word ", " "), ("睡", "睡")]
)
def test_a_part_ends_with_a_paragraph_else_a_line_a_sentence_or_a_word(piece: str, ending: str) -> None:
    text = piece * (2 * PART_CHARS // len(piece) + 1)
    parts = parts_of(text)
    assert len(parts) == 3
    assert [part.number for part in parts] == [1, 2, 3]
    assert [part.begin for part in parts] == [0, *(part.end for part in parts[:-1])]
    assert parts[-1].end == len(text)
    for part in parts[:-1]:
        assert text[: part.end].endswith(ending)
        assert part.number * PART_CHARS - LOOKED_BACK <= part.end <= part.number * PART_CHARS


def test_every_character_is_in_the_part_that_is_found_for_it() -> None:
    text = PARAGRAPH * (3 * PART_CHARS // len(PARAGRAPH))
    stored = StoredText(texts_of(text), 0)
    for part in parts_of(text):
        for offset in (part.begin, part.begin + 1, part.end - 1):
            assert part_of(stored, offset) == part.number


@pytest.mark.parametrize(("number", "shown"), [(-1, 1), (0, 1), (4, 3), (10**6, 3)])
def test_a_part_past_the_ends_is_the_first_or_the_last(number: int, shown: int) -> None:
    assert part_at(StoredText(texts_of("word " * (PART_CHARS // 2)), 0), number).number == shown


def test_a_passage_is_unique_among_the_tokens_of_its_part() -> None:
    texts = texts_of(PARAGRAPH * (2 * PART_CHARS // len(PARAGRAPH)))
    first = part_at(StoredText(texts, 0), 1)
    rows = [(0, 5, 20, 2, 2), (0, first.end, first.end + 9, 2, 2), (0, first.end - 5, first.end + 5, 2, 2)]
    numbers, tokens = passage_parts(texts, np.array(rows, dtype=np.int64))
    assert numbers == [1, 2, 1]
    starts = texts.token_starts
    assert tokens[0].tolist() == [0, int((starts < first.end).sum())]
    assert tokens[1].tolist()[0] == tokens[0, 1]
    assert tokens[2, 0] == tokens[2, 1]


def test_short_texts_have_no_parts() -> None:
    texts = texts_of("One word and another.")
    numbers, tokens = passage_parts(texts, np.array([(0, 4, 12, 1, 1)], dtype=np.int64))
    assert numbers == [0]
    assert tokens.shape == (0, 2)
    assert passage_parts(texts, np.empty((0, PASSAGE_COLUMNS), dtype=np.int64))[0] == []
