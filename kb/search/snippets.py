"""Snippets of an article that an engine found: passages with marks, never empty, never longer than asked for.

Making them needs nothing but what the engine returned; it cannot change the list of results.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.model import Found, Occurrence, Snippet
from kb.search.fitting import Passage, longest_core
from kb.search.markup import passage_html
from kb.search.passages import Matches, choose_passages, clip
from kb.search.text_fragments import passage_url

BODY_FIELDS = ("body", "body_word")


def make_snippets(found: Found, weights: Sequence[float], url: str, count: int, chars: int) -> tuple[Snippet, ...]:
    """At most `count` snippets of at most `chars` visible characters, in reading order.

    `weights` says how rare each unit of the question is; `url` is where the article can be read.
    """
    text = found.article.text
    matches = clip(matches_in(found, BODY_FIELDS), found.starts, found.ends, longest_core(chars))
    passages = choose_passages(text, matches, weights, count, chars)
    return tuple(_snippet(text, passage, matches, url) for passage in passages)


def matches_in(found: Found, fields: Sequence[str]) -> Matches:
    """Where the units of the question stand in the text, as offsets."""
    return matches_at(found.occurrences, fields, found.starts, found.ends)


def matches_at(
    occurrences: Sequence[Occurrence], fields: Sequence[str], starts: np.ndarray, ends: np.ndarray
) -> Matches:
    """Spans of tokens as spans of text, where token `i` lies at `starts[i]:ends[i]`; by begin, then end."""
    chosen = [o for o in occurrences if o.field in fields]
    if not chosen:
        nothing = np.empty(0, dtype=np.int64)
        return Matches(nothing, nothing, nothing)
    spans = chosen[0].spans if len(chosen) == 1 else np.concatenate([o.spans for o in chosen])
    units = np.repeat([o.unit for o in chosen], [len(o.spans) for o in chosen])
    begins = starts[spans[:, 0]].astype(np.int64)
    finishes = ends[spans[:, 1] - 1].astype(np.int64)
    if len(chosen) == 1:
        return Matches(begins, finishes, units)
    order = np.lexsort((finishes, begins))
    return Matches(begins[order], finishes[order], units[order])


def marks_between(matches: Matches, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """The matches within a passage as disjoint ranges in reading order."""
    inside = (matches.begins >= start) & (matches.ends <= end)
    return marks_in(matches.begins[inside], matches.ends[inside])


def marks_in(begins: np.ndarray, ends: np.ndarray) -> tuple[tuple[int, int], ...]:
    """Ranges of text, in any order, as disjoint ones in reading order."""
    marks: list[tuple[int, int]] = []
    for begin, finish in sorted(zip(begins.tolist(), ends.tolist(), strict=True)):
        if marks and begin <= marks[-1][1]:
            marks[-1] = (marks[-1][0], max(marks[-1][1], finish))
        else:
            marks.append((begin, finish))
    return tuple(marks)


def _snippet(text: str, passage: Passage, matches: Matches, url: str) -> Snippet:
    marks = marks_between(matches, passage.start, passage.end)
    return Snippet(
        html=passage_html(text, passage.start, passage.end, marks, passage.begins, passage.ends),
        text=text[passage.start : passage.end],
        start=passage.start,
        end=passage.end,
        marks=marks,
        url=passage_url(url, text, passage.start, passage.end),
    )
