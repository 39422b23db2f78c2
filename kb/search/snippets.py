"""Snippets of an article that an engine found: passages with marks, never empty, never longer than asked for.

Making them needs nothing but what the engine returned; it cannot change the list of results.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import repeat

from kb.model import Found, Occurrence, Snippet
from kb.search.fitting import Passage, longest_core
from kb.search.markup import passage_html
from kb.search.passages import Match, choose_passages
from kb.search.text_fragments import passage_url

MOST_MATCHES = 200
"""Places of each unit, the first ones, among which passages are chosen; all that a passage shows are marked."""


def make_snippets(found: Found, weights: Sequence[float], url: str, count: int, chars: int) -> tuple[Snippet, ...]:
    """At most `count` snippets of at most `chars` visible characters, in reading order.

    `weights` says how rare each unit of the question is; `url` is where the article can be read.
    """
    text = found.article.text
    occurrences = [occurrence for occurrence in found.occurrences if occurrence.field == "body"]
    longest = longest_core(chars)
    matches = [match for occurrence in occurrences for match in _matches(occurrence, 0, MOST_MATCHES, longest)]
    matches.sort()
    passages = choose_passages(text, matches, weights, count, chars)
    return tuple([_snippet(text, passage, _marks(occurrences, passage, longest), url) for passage in passages])


def merged(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Ranges of text in reading order as disjoint ones."""
    marks: list[tuple[int, int]] = []
    for begin, end in ranges:
        if marks and begin <= marks[-1][1]:
            marks[-1] = (marks[-1][0], max(marks[-1][1], end))
        else:
            marks.append((begin, end))
    return tuple(marks)


def _matches(occurrence: Occurrence, first: int, last: int, longest: int) -> list[Match]:
    """Some matches of a unit; of a phrase too long for a passage only its first word, or as much of it as fits."""
    begins, ends = occurrence.begins[first:last], occurrence.ends[first:last]
    if any(end - begin > longest for begin, end in zip(begins, ends, strict=True)):
        shorter = zip(begins, ends, occurrence.first_ends[first:last], strict=True)
        ends = [end if end - begin <= longest else min(short, begin + longest) for begin, end, short in shorter]
    return list(zip(begins, ends, repeat(occurrence.unit), strict=False))


def _marks(occurrences: Sequence[Occurrence], passage: Passage, longest: int) -> tuple[tuple[int, int], ...]:
    """All matches that a passage shows, as disjoint ranges."""
    inside: list[tuple[int, int]] = []
    for occurrence in occurrences:
        first = bisect_left(occurrence.begins, passage.start)
        last = bisect_left(occurrence.begins, passage.end, first)
        if last > first:
            matches = _matches(occurrence, first, last, longest)
            inside += [(begin, end) for begin, end, _ in matches if end <= passage.end]
    inside.sort()
    return merged(inside)


def _snippet(text: str, passage: Passage, marks: tuple[tuple[int, int], ...], url: str) -> Snippet:
    start, end, begins, ends = passage
    return Snippet(
        html=passage_html(text, start, end, marks, begins, ends),
        text=text[start:end],
        start=start,
        end=end,
        marks=marks,
        url=passage_url(url, text, start, end),
    )
