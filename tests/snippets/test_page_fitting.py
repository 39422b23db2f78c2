"""What is done for all passages of a page in one loop is what is done for each by itself."""

from __future__ import annotations

import os
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.segments.page_texts import PageTexts, StoredText
from kb.snippets.fitting import Passage, Room, fit_part, longest_core
from kb.snippets.page_fitting import fit_all
from kb.snippets.sentence_fitting import sentences_around

from .asking import ANALYZER, page_of
from .profiles import examples
from .texts import articles

WORDS = "heart a Dr. e.g. U.S. 2.5 1,000 1,234,567,890.25 10 it's “naïve” (see note) x-y ... – ½ Ελλάδα кровь".split()  # noqa: SIM905
PAUSES = [*(" " * 14), ", ", "; ", ": ", " [", ""]
ENDS = [". ", ".\n\n", "\n\n", "\n"]
SEEDS = 3000 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 60


def cores_of(page: PageTexts, chars: int, count: int, chance: random.Random) -> np.ndarray:
    """Random matches around which whole sentences do not fit, as rows of `best_cores`."""
    stored = StoredText(page, 0)
    cores = []
    for _ in range(count):
        first = chance.randrange(stored.length)
        least = chance.randint(first + 1, min(stored.length, first + 48))
        last = chance.randint(least, max(least, min(stored.length, first + longest_core(chars))))
        low = chance.choice([0, chance.randint(max(0, first - chars), first)])
        high = chance.choice([stored.length, chance.randint(last, min(stored.length, last + chars))])
        start, end = sentences_around(*stored.sentences, first, last, low, high, chars)
        if end < 0:
            cores.append((0, start, end, first, least, last, low, high))
    return np.array(cores, dtype=np.int64).reshape(-1, 8)


def assert_same(page: PageTexts, cores: np.ndarray, chars: int) -> None:
    """The loop and the functions for one passage agree, however many of the passages the loop leaves to these."""
    fitted = fit_all(page, cores, chars).tolist()
    for (_, start, _, first, least, last, low, high), passage in zip(cores.tolist(), fitted, strict=True):
        expected = fit_part(StoredText(page, 0), start, first, least, last, Room(low, high, chars))
        assert (first, last, passage[1:]) == (first, last, list(expected))


def left_of(page: PageTexts, cores: np.ndarray, chars: int) -> int:
    """How many passages the loop leaves to what makes one by one."""
    asked: list[Room] = []

    def count(*arguments: Any) -> Passage:
        asked.append(arguments[-1])
        return fit_part(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kb.snippets.page_fitting.fit_part", count)
        fit_all(page, cores, chars)
    return len(asked)


@pytest.mark.parametrize("chars", [60, 130, 400])
def test_passages_of_plain_text_are_the_same_as_each_by_itself(chars: int) -> None:
    tried = left = 0
    for seed in range(SEEDS):
        chance = random.Random(seed)
        words = chance.choices(WORDS, [chance.choice([1, 1, 9]) for _ in WORDS], k=2 * chars)
        breaks = chance.choice([PAUSES, PAUSES + ENDS, 3 * PAUSES + ENDS])
        text = "".join(word + chance.choice(breaks) for word in words).strip()
        page = page_of(text, ANALYZER.tokens(text))
        cores = cores_of(page, chars, 40, chance)
        assert_same(page, cores, chars)
        tried += len(cores)
        left += left_of(page, cores, chars)
    assert tried > 10 * SEEDS
    assert left < tried / 2


@examples(60)
@given(articles(400), st.integers(60, 400), st.integers())
def test_passages_of_any_text_are_the_same_as_each_by_itself(text: str, chars: int, seed: int) -> None:
    page = page_of(text, ANALYZER.tokens(text))
    assert_same(page, cores_of(page, chars, 20, random.Random(seed)), chars)
