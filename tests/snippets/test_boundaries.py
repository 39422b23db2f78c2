"""Where graphemes begin and end."""

from __future__ import annotations

import regex
from hypothesis import given
from hypothesis import strategies as st

from kb.snippets.boundaries import grapheme_end, grapheme_start

from .profiles import examples
from .texts import articles


@examples(100)
@given(articles(60), st.data())
def test_graphemes_are_those_of_the_whole_text(text: str, data: st.DataObject) -> None:
    bounds = [0, *(match.end() for match in regex.finditer(r"\X", text))]
    place = data.draw(st.integers(0, len(text)))
    assert grapheme_start(text, place) == max(bound for bound in bounds if bound <= place)
    assert grapheme_end(text, place) == min(bound for bound in bounds if bound >= place)
