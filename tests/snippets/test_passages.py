"""The loop over all spans of a page makes the passages that plain Python makes one by one."""

from __future__ import annotations

import os
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.results import SENTENCE
from kb.segments.page_texts import PageTexts, StoredText
from kb.snippets.columns import BEGINS_WITH, ENDS_WITH
from kb.snippets.passages import fit_passages
from kb.snippets.window import longest_span

from .asking import ANALYZER, page_of
from .profiles import examples
from .slow_window import Room, fit
from .texts import articles

WORDS = "heart a Dr. e.g. U.S. 2.5 1,000 1,234,567,890.25 10 it's “naïve” (see note) x-y ... – ½ Ελλάδα кровь".split()  # noqa: SIM905
ODD_WORDS = [*WORDS, "e\u0301te\u0301", "👩‍👩‍👧‍👦", "🇩🇪🇫🇷🇯🇵", "心臓病の治療", "क्षत्रिय", "\u1112\u1161\u11ab", "Dr.\r\n"]
PAUSES = [*(" " * 14), ", ", "; ", ": ", " [", ""]
ENDS = [". ", ".\n\n", "\n\n", "\n"]
SEEDS = 3000 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 60


def page(text: str) -> PageTexts:
    return page_of(text, ANALYZER.tokens(text))


def spans_of(texts: PageTexts, chars: int, count: int, chance: random.Random) -> np.ndarray:
    """Random matches with random room around them, as rows of the table of spans."""
    length = StoredText(texts, 0).length
    spans = []
    for _ in range(count):
        begin = chance.randrange(length)
        first_match_end = chance.randint(begin + 1, min(length, begin + 48))
        end = chance.randint(first_match_end, max(first_match_end, min(length, begin + longest_span(chars))))
        low = chance.choice([0, chance.randint(max(0, begin - chars), begin)])
        high = chance.choice([length, chance.randint(end, min(length, end + chars))])
        spans.append((0, begin, first_match_end, end, low, high))
    return np.array(spans, dtype=np.int64)


def assert_same(texts: PageTexts, spans: np.ndarray, chars: int) -> np.ndarray:
    """The loop gives what the oracle gives; its passages."""
    passages = fit_passages(texts, spans, chars)
    for (_, begin, first_match_end, end, low, high), passage in zip(spans.tolist(), passages.tolist(), strict=True):
        expected = fit(StoredText(texts, 0), begin, first_match_end, end, Room(low, high, chars))
        assert (begin, end, passage) == (begin, end, [0, *expected])
    return passages


@pytest.mark.parametrize("chars", [60, 130, 400])
@pytest.mark.parametrize("words", [WORDS, ODD_WORDS], ids=["plain", "odd"])
def test_passages_are_the_same_as_each_by_itself(words: list[str], chars: int) -> None:
    in_part = 0
    for seed in range(SEEDS):
        chance = random.Random(seed)
        drawn = chance.choices(words, [chance.choice([1, 1, 9]) for _ in words], k=2 * chars)
        breaks = chance.choice([PAUSES, PAUSES + ENDS, 3 * PAUSES + ENDS])
        texts = page("".join(word + chance.choice(breaks) for word in drawn).strip())
        passages = assert_same(texts, spans_of(texts, chars, 40, chance), chars)
        in_part += int(((passages[:, BEGINS_WITH] != SENTENCE) | (passages[:, ENDS_WITH] != SENTENCE)).sum())
    assert in_part > 10 * SEEDS


@examples(60)
@given(articles(400), st.integers(60, 400), st.integers())
def test_passages_of_any_text_are_the_same_as_each_by_itself(text: str, chars: int, seed: int) -> None:
    texts = page(text)
    assert_same(texts, spans_of(texts, chars, 20, random.Random(seed)), chars)
