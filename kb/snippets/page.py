"""What is shown of the articles that an engine found: passages with marks, never empty, never longer than asked for.

Making them needs nothing but what the engine returned; it cannot change the list of results. The passages of a page are
handled together, as arrays, because a hundred small steps cost more than what is done in them:

    passages  int64 (m, 5)  the article's row, where the passage begins and ends, and how (see `fitting.Passage`)
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from kb.compiled import Int32s, Int64s, Int64Table, Uint8s, Uint32s, compiled, inner
from kb.engine.interface import Answer
from kb.results import Snippet
from kb.segments.page_texts import PageTexts, StoredText, lay_stretch
from kb.snippets.choice import best_cores
from kb.snippets.fitting import SENTENCE, WORD, longest_core, opening
from kb.snippets.highlights import marks_in
from kb.snippets.html import most_html, with_html
from kb.snippets.page_fitting import fit_all
from kb.snippets.text_fragments import LONGEST_LOOKED_AT, PREFIX_REACH, most_fragments, with_fragment
from kb.text.characters import points_of, substrings, text_of

ELLIPSIS = "…"
"""What stands at each end of a snippet that is not that of a sentence."""

_ELLIPSIS = ord(ELLIPSIS)
_BEGIN, _END, _HTML, _FRAGMENT, _MARKS, _OF_ARTICLE = range(6)
"""Of each stretch that is shown, the passages before the titles: where its text begins and ends, and where its HTML,
its link's fragment, and its marks begin; and of each article, where its passages begin."""

_NO_PASSAGES = np.empty((0, 5), dtype=np.int64)


class Shown(NamedTuple):
    """What is shown of each article of a page."""

    titles: list[str]
    """As HTML."""
    snippets: list[tuple[Snippet, ...]]


def show(answer: Answer, urls: Sequence[str], count: int, chars: int) -> Shown:
    """The marked titles, and at most `count` snippets of each article of at most `chars` visible characters.

    Snippets are in reading order; `urls` are where the articles can be read.
    """
    return show_passages(answer, urls, _passages(answer, count, chars), longest_core(chars))


def show_passages(answer: Answer, urls: Sequence[str], passages: np.ndarray, longest: int) -> Shown:
    """The marked titles, and these passages as snippets; matches are marked as far as they are not above `longest`."""
    titles = [article.title for article in answer.articles]
    laid = points_of("".join(titles))
    lengths = np.array(list(map(len, titles)), dtype=np.int64)
    positions, (runs, content, tokens, starts, *_) = answer.positions.table, answer.texts
    points, bounds, marks = _shown(positions, passages, laid, lengths, longest, runs, content, tokens, starts)
    every = text_of(points)
    begins, ends, html_bounds, link_bounds, mark_bounds, of_article = bounds.tolist()
    rows, firsts, lasts, *_ = passages.T.tolist()
    html = substrings(every, html_bounds, html_bounds[1:])
    texts = substrings(every, begins[: len(rows)], ends)
    links = map(_joined, map(urls.__getitem__, rows), substrings(every, link_bounds[: len(rows)], link_bounds[1:]))
    mark_begins, mark_ends = marks.T.tolist()
    ranges = tuple(zip(mark_begins, mark_ends, strict=True))
    marked = map(ranges.__getitem__, map(slice, mark_bounds, mark_bounds[1:]))
    snippets = tuple(map(Snippet, html, texts, firsts, lasts, marked, links))
    parts = map(slice, of_article[: len(titles)], of_article[1:])
    return Shown(html[len(rows) :], list(map(snippets.__getitem__, parts)))


def _joined(url: str, fragment: str) -> str:
    """An address with a fragment, which takes the place of its own."""
    return f"{url.partition('#')[0]}{fragment}" if fragment and "#" in url else url + fragment


def _passages(answer: Answer, count: int, chars: int) -> np.ndarray:
    """The passages of the articles in reading order; where nothing matches the one that the text begins with."""
    passages = _NO_PASSAGES
    for _ in range(count):
        cores = best_cores(answer.positions, answer.texts, answer.weights, passages, chars, longest_core(chars))
        if not len(cores):
            break
        passages = np.concatenate([passages, fit_all(answer.texts, cores, chars)])
    opened = _openings(answer.texts, set(passages[:, 0].tolist()), chars)
    if opened:
        passages = np.concatenate([passages, np.array(opened, dtype=np.int64)])
    if opened or count > 1:
        passages = passages[np.lexsort((passages[:, 1], passages[:, 0]))]
    return passages


def _openings(texts: PageTexts, having: Collection[int], chars: int) -> list[tuple[int, ...]]:
    """What each text begins with, but for those that have a passage and where there is nothing to see."""
    rows = [row for row in range(len(texts.runs)) if row not in having]
    return [(row, *passage) for row in rows if (passage := opening(StoredText(texts, row), chars))]


@compiled
def _shown(
    table: Int64Table,
    passages: Int64Table,
    titles: Uint32s,
    title_lengths: Int64s,
    longest: int,
    runs: Int64Table,
    content: Uint8s,
    tokens: Int32s,
    token_starts: Uint32s,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All characters that are shown, where everything is among them, int64, shape (6, stretches + 1), and the marks."""
    marks, mark_bounds = marks_in(table, passages, len(title_lengths), longest)
    bounds = np.zeros((6, len(mark_bounds)), dtype=np.int64)
    bounds[_MARKS] = mark_bounds
    for i in range(len(passages)):
        bounds[_OF_ARTICLE, passages[i, 0] + 1 :] += 1
    length = (passages[:, 2] - passages[:, 1]).sum() + PREFIX_REACH * len(passages)
    most = length + len(titles)
    most += most_html(most, len(marks)) + 2 * len(passages) + most_fragments(length, len(passages))
    points = np.empty(most, dtype=np.uint32)
    count = _with_texts(points, bounds, passages, runs, content)
    count = _with_titles(points, count, bounds[:, len(passages) :], titles, title_lengths)
    count = _with_html(points, count, bounds, passages, marks)
    count = _with_fragments(points, count, bounds, passages, runs, tokens, token_starts)
    return points[:count], bounds, marks


@inner
def _with_texts(
    points: np.ndarray, bounds: np.ndarray, passages: np.ndarray, runs: np.ndarray, content: np.ndarray
) -> int:
    """Writes the texts of the passages, each behind what comes before it in the article."""
    count = 0
    for i in range(len(passages)):
        run, start, end = runs[passages[i, 0]], passages[i, 1], passages[i, 2]
        bounds[_BEGIN, i] = lay_stretch(points, count, content, run, max(0, start - PREFIX_REACH), start)
        bounds[_END, i] = count = lay_stretch(points, bounds[_BEGIN, i], content, run, start, end)
    return count


@inner
def _with_titles(points: np.ndarray, count: int, bounds: np.ndarray, titles: np.ndarray, lengths: np.ndarray) -> int:
    for place in range(len(titles)):
        points[count + place] = titles[place]
    for title in range(len(lengths)):
        bounds[_BEGIN, title] = count
        bounds[_END, title] = count = count + lengths[title]
    return count


@inner
def _with_html(points: np.ndarray, count: int, bounds: np.ndarray, passages: np.ndarray, marks: np.ndarray) -> int:
    """Writes everything as HTML, a passage with an ellipsis on each side that is not that of a sentence."""
    bounds[_HTML, 0] = count
    for i in range(bounds.shape[1] - 1):
        begin, end = bounds[_BEGIN, i], bounds[_END, i]
        own = marks[bounds[_MARKS, i] : bounds[_MARKS, i + 1]]
        if i < len(passages):
            if passages[i, 3] != SENTENCE:
                points[count], count = _ELLIPSIS, count + 1
            count = with_html(points, count, points, begin, end, own, begin - passages[i, 1], True)
            if passages[i, 4] != SENTENCE:
                points[count], count = _ELLIPSIS, count + 1
        else:
            count = with_html(points, count, points, begin, end, own, begin, False)
        bounds[_HTML, i + 1] = count
    return count


@inner
def _with_fragments(
    points: np.ndarray,
    count: int,
    bounds: np.ndarray,
    passages: np.ndarray,
    runs: np.ndarray,
    tokens: np.ndarray,
    token_starts: np.ndarray,
) -> int:
    bounds[_FRAGMENT, 0] = count
    low = 0
    for i in range(len(passages)):
        begin, end = bounds[_BEGIN, i], bounds[_END, i]
        length, _, _, token, last_token, _, _ = runs[passages[i, 0]]
        if passages[i, 3] >= WORD and length <= LONGEST_LOOKED_AT:
            words = tokens[token:last_token], token_starts[token:last_token], passages[i, 1] - begin
            count = with_fragment(points, count, points, low, begin, end, passages[i, 4] >= WORD, words)
        bounds[_FRAGMENT, i + 1] = count
        low = end
    return count
