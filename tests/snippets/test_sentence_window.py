"""Whole sentences that fit, against plain Python."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kb.snippets.sentence_window import Room, last_sentence_end, sentences_around
from kb.text.sentences import SentenceSpans

from . import slow_window
from .profiles import examples

KINDS = st.sampled_from([0, 0, 1, 2, 3])


@st.composite
def divided(draw: st.DrawFn) -> SentenceSpans:
    """Sentences of any lengths and kinds, one behind the other."""
    lengths = draw(st.lists(st.integers(1, 40), max_size=15))
    ends = np.cumsum([length + 1 for length in lengths], dtype=np.uint32)
    starts = ends - np.array(lengths, dtype=np.uint32)
    kinds = draw(st.lists(KINDS, min_size=len(lengths), max_size=len(lengths)))
    return SentenceSpans(starts, ends, np.array(kinds, dtype=np.uint8))


@examples(200)
@given(divided(), st.data())
def test_sentences_are_those_of_plain_python(sentences: SentenceSpans, data: st.DataObject) -> None:
    length = int(sentences.ends[-1]) if len(sentences.ends) else 5
    begin = data.draw(st.integers(0, length))
    end = data.draw(st.integers(begin, length))
    room = Room(data.draw(st.integers(0, begin)), data.draw(st.integers(end, length)), data.draw(st.integers(10, 120)))
    expected = slow_window.sentences_around(sentences, begin, end, *room)
    assert sentences_around(sentences, begin, end, room) == expected
    limit = end, room.high, room.chars
    assert last_sentence_end(sentences, begin, *limit) == slow_window.sentence_end(sentences, begin, *limit)


@examples(100)
@given(divided(), st.integers(10, 120))
def test_whole_sentences_fit_and_cover_the_span(sentences: SentenceSpans, chars: int) -> None:
    for start, stop in zip(sentences.starts.tolist(), sentences.ends.tolist(), strict=True):
        begin, end = sentences_around(sentences, start, stop, Room(0, int(sentences.ends[-1]), chars))
        if stop - start <= chars:
            assert begin <= start < stop <= end
            assert end - begin <= chars
            assert begin in sentences.starts
            assert end in sentences.ends
