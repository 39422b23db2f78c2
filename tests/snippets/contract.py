"""The snippet contract, a function for each line of it. Each raises AssertionError with what is wrong."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from html.parser import HTMLParser
from itertools import pairwise

import regex

from kb.results import Snippet
from kb.snippets.window import longest_span
from kb.text.sentences import sentences

from .asking import Asked

ELLIPSIS = "…"
_LETTERS = regex.compile(r"[\p{L}\p{N}\p{M}--[\p{Han}\p{Hiragana}\p{Katakana}]]+", regex.V1)
_GRAPHEME = regex.compile(r"\X")
_VISIBLE = regex.compile(r"[\p{L}\p{N}\p{S}\p{P}]")


class Rendered(HTMLParser):
    """A piece of HTML as a browser reads it: its text, its marks as offsets into that, and the tags it uses."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.marks: list[tuple[int, int]] = []
        self.tags: set[str] = set()
        self.open: list[tuple[str, int]] = []
        self.feed(html)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        assert not attrs, f"a tag with attributes: {tag}"
        self.tags.add(tag)
        if tag != "br":
            self.open.append((tag, len(self.text)))

    def handle_endtag(self, tag: str) -> None:
        opened, offset = self.open.pop()
        assert opened == tag, f"</{tag}> closes <{opened}>"
        if tag == "mark":
            self.marks.append((offset, len(self.text)))

    def handle_data(self, data: str) -> None:
        self.text += data


def check_all(asked: Asked, snippets: Sequence[Snippet], count: int, chars: int) -> None:
    """Every line of the contract, for one article's snippets."""
    assert_not_empty(asked, snippets, count)
    assert_no_overlap(snippets)
    for snippet in snippets:
        assert_is_passage(asked, snippet)
        assert_well_formed(snippet)
        assert_within_limit(snippet, chars)
        assert_shows_match(asked, snippet)
        assert_marks_are_matches(asked, snippet, chars)
        assert_no_word_cut(asked, snippet, chars)
        assert_no_grapheme_cut(asked, snippet, chars)
        assert_ellipses(asked, snippet)
        assert_whole_sentence_where_it_fits(asked, snippet, snippets, chars)


def assert_not_empty(asked: Asked, snippets: Sequence[Snippet], count: int) -> None:
    """At least one snippet and at most as many as asked for, each with something to see."""
    if not _VISIBLE.search(asked.text):
        return
    assert 1 <= len(snippets) <= count, len(snippets)
    for snippet in snippets:
        assert _VISIBLE.search(snippet.text), repr(snippet.html)


def assert_no_overlap(snippets: Sequence[Snippet]) -> None:
    """In reading order, none inside another."""
    for one, next_one in pairwise(snippets):
        assert one.end <= next_one.start, (one, next_one)


def assert_is_passage(asked: Asked, snippet: Snippet) -> None:
    """The text is that of the article from `start` to `end`, and the marks lie inside, ordered and disjoint."""
    assert snippet.text == asked.text[snippet.start : snippet.end]
    assert snippet.text == snippet.text.strip(), repr(snippet.text)
    bounds = [snippet.start, *(offset for mark in snippet.marks for offset in mark), snippet.end]
    assert bounds == sorted(bounds), bounds
    assert all(first < last for first, last in snippet.marks)
    assert all(one[1] < two[0] for one, two in pairwise(snippet.marks)), snippet.marks


def assert_well_formed(snippet: Snippet) -> None:
    """Only <mark>, closed and not nested; read by a browser it marks what the marks say."""
    rendered = Rendered(snippet.html)
    assert rendered.tags <= {"mark"}, rendered.tags
    assert "\n" not in snippet.html
    shown = [_squeezed(rendered.text[first:last]) for first, last in rendered.marks]
    wanted = [_squeezed(snippet.text[a - snippet.start : b - snippet.start]) for a, b in snippet.marks]
    assert shown == wanted


def assert_within_limit(snippet: Snippet, chars: int) -> None:
    """Never longer than asked for, ellipses included."""
    assert len(Rendered(snippet.html).text) <= chars, (chars, len(Rendered(snippet.html).text), snippet.html)


def assert_shows_match(asked: Asked, snippet: Snippet) -> None:
    """If the text matched, something is marked."""
    assert snippet.marks or not asked.spans(), (snippet, asked.spans())


def assert_marks_are_matches(asked: Asked, snippet: Snippet, chars: int) -> None:
    """Marked is each whole match in the passage (of one too long for a passage its first word) and nothing else."""
    marked = {i for first, last in snippet.marks for i in range(first, last)}
    expected: set[int] = set()
    for spans in asked.spans().values():
        for first, last in spans:
            shown = _fitting(asked, first, last, longest_span(chars))
            if snippet.start <= first and shown <= snippet.end:
                expected |= set(range(first, shown))
    assert marked == expected, (snippet.html, asked.query_terms)


def assert_no_word_cut(asked: Asked, snippet: Snippet, chars: int) -> None:
    """No token is cut, and no stretch of letters and digits that fits into a passage with the marks that touch it."""
    for offset in (snippet.start, snippet.end):
        letters = _letters_around(asked.text, offset)
        if letters is not None:
            touching = [mark for mark in snippet.marks if mark[0] < letters[1] and letters[0] < mark[1]]
            together = max(b for _, b in [letters, *touching]) - min(a for a, _ in [letters, *touching])
            assert together > chars - 2, f"cut in the letters {letters}: {_around(asked.text, offset)}"
        assert letters is not None or not _cuts_token(asked, offset), f"cut in a word: {_around(asked.text, offset)}"


def assert_no_grapheme_cut(asked: Asked, snippet: Snippet, chars: int) -> None:
    """Neither end lies inside what a reader sees as one character, unless that is longer than a passage."""
    bounds = _grapheme_bounds(asked.text)
    for offset in (snippet.start, snippet.end):
        after = bisect_left(bounds, offset)
        cut = bounds[after] != offset and bounds[after] - bounds[after - 1] <= chars - 2
        assert not cut, f"cut in a grapheme: {_around(asked.text, offset)}"


def assert_ellipses(asked: Asked, snippet: Snippet) -> None:
    """An ellipsis stands exactly where the passage does not begin or end with a sentence or with the text."""
    starts, ends = _sentences(asked.text)
    before = "" if snippet.start in starts else ELLIPSIS
    after = "" if snippet.end in ends else ELLIPSIS
    assert Rendered(snippet.html).text == f"{before}{_squeezed(snippet.text)}{after}", (snippet, before, after)


def assert_whole_sentence_where_it_fits(
    asked: Asked, snippet: Snippet, snippets: Sequence[Snippet], chars: int
) -> None:
    """Where the sentences from the first mark to the last fit into the limit, the passage is whole sentences."""
    starts, ends = (sorted(bounds) for bounds in _sentences(asked.text))
    first, last = (snippet.marks[0][0], snippet.marks[-1][1]) if snippet.marks else (snippet.start, snippet.start + 1)
    before, after = bisect_right(starts, first) - 1, bisect_left(ends, last)
    if before < 0 or after == len(ends) or ends[after] - starts[before] > chars:
        return
    others = [s for s in snippets if s is not snippet]
    if any(s.start < ends[after] and starts[before] < s.end for s in others):
        return
    assert snippet.start in starts, (snippet, asked.text[starts[before] : ends[after]])
    assert snippet.end in ends, (snippet, asked.text[starts[before] : ends[after]])


def distinct_units(asked: Asked, snippets: Sequence[Snippet]) -> set[int]:
    """The query_terms of the query that some snippet shows whole."""
    return {
        query_term
        for query_term, spans in asked.spans().items()
        for first, last in spans
        if any(s.start <= first and last <= s.end for s in snippets)
    }


def _fitting(asked: Asked, first: int, last: int, longest: int) -> int:
    if last - first <= longest:
        return last
    token = asked.tokens.starts.tolist().index(first)
    return min(int(asked.tokens.ends[token]), first + longest)


def _cuts_token(asked: Asked, offset: int) -> bool:
    """Whether a offset is inside a token that is not a piece of a longer word."""
    starts, ends = asked.tokens.starts, asked.tokens.ends
    token = bisect_left(starts, offset) - 1
    if token < 0 or ends[token] <= offset:
        return False
    follows = token > 0 and ends[token - 1] == starts[token]
    return not follows and not (token + 1 < len(starts) and ends[token] == starts[token + 1])


def _letters_around(text: str, offset: int) -> tuple[int, int] | None:
    """The stretch of letters and digits around an offset; None if it is in none."""
    if not 0 < offset < len(text) or not _LETTERS.fullmatch(text[offset - 1 : offset + 1]):
        return None
    begin = offset
    while begin > 0 and _LETTERS.fullmatch(text[begin - 1]):
        begin -= 1
    match = _LETTERS.match(text, begin)
    return match.span() if match else None


@lru_cache(maxsize=8)
def _grapheme_bounds(text: str) -> list[int]:
    return [0, *(m.end() for m in _GRAPHEME.finditer(text))]


@lru_cache(maxsize=8)
def _sentences(text: str) -> tuple[frozenset[int], frozenset[int]]:
    divided = sentences(text)
    return frozenset({0, *(sentence.start for sentence in divided)}), frozenset(s.end for s in divided)


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _around(text: str, offset: int) -> str:
    return f"{text[max(0, offset - 20) : offset]!r} | {text[offset : offset + 20]!r}"
