"""Articles in which words stand one after the other: one loop over their postings and places."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.compiled import Int32s, Int64s, Int64Table, compiled, inner
from kb.engine.galloping import rows_of
from kb.segments.postings import MOST_SLOP, TermReader
from kb.segments.schema import WORD_FIELDS

_BEGIN, _END, _WORD = range(3)
"""Of a word of a phrase: its postings, and the number of the word if it must be written so, else -1."""


def articles_with_phrase(reader: TermReader, field: str, terms: Sequence[str], slop: int) -> np.ndarray:
    """The articles in which each term stands 1 to `slop` tokens after the one before, ascending: int32, shape (n,).

    The terms are those of a text field; deleted articles are included.
    """
    segment = reader.segment
    words = []
    for term in terms:
        as_written = field in WORD_FIELDS
        postings = segment.postings_of_word(term) if as_written else segment.postings(term)
        words.append((postings.start, postings.stop, segment.words.get(term, -1) if as_written else -1))
    in_title, in_text = not field.startswith("body"), not field.startswith("title")
    table = np.array(words, dtype=np.int64)
    where = segment.inversion
    return _with_phrase(table, min(slop, MOST_SLOP), in_title, in_text, segment.count, segment.tokens, *where)


@compiled
def _with_phrase(
    words: Int64Table,
    slop: int,
    in_title: bool,
    in_text: bool,
    count: int,
    tokens: Int32s,
    owners: Int32s,
    runs: Int64s,
    places: Int32s,
    bounds: Int64s,
    title_tokens: Int32s,
) -> np.ndarray:
    rarest = np.argmin(words[:, _END] - words[:, _BEGIN])
    articles = owners[words[rarest, _BEGIN] : words[rarest, _END]].copy()
    rows = rows_of(articles, words, owners, count)
    kept = 0
    for i in range(len(articles)):
        title_end = bounds[articles[i]] + title_tokens[articles[i]]
        articles[kept] = articles[i]
        kept += _is_there(rows[:, i], words, slop, in_title, in_text, title_end, tokens, runs, places)
    return articles[:kept]


@inner
def _is_there(
    rows: np.ndarray,
    words: np.ndarray,
    slop: int,
    in_title: bool,
    in_text: bool,
    title_end: int,
    tokens: np.ndarray,
    runs: np.ndarray,
    places: np.ndarray,
) -> bool:
    """Whether the words stand in order in the title or in the text of the article that has the postings `rows`."""
    if rows.min() < 0:
        return False
    reached = np.empty(0, dtype=np.int64)
    for word in range(len(words)):
        run = places[runs[rows[word]] : runs[rows[word] + 1]]
        reached_before, reached = reached, np.empty(len(run), dtype=np.int64)
        before = count = 0
        for token in run:
            written = words[word, _WORD] < 0 or tokens[token] == words[word, _WORD]
            if not (written and (in_title if token < title_end else in_text)):
                continue
            while before < len(reached_before) and reached_before[before] < token:
                before += 1
            last = reached_before[before - 1] if before else -1
            is_near = last >= 0 and token - last <= slop and (last < title_end) == (token < title_end)
            if word == 0 or is_near:
                reached[count] = token
                count += 1
        reached = reached[:count]
    return len(reached) > 0
