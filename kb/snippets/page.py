"""Snippets of a page: passages with highlights, never empty, never longer than asked for.

An engine's answer is the only input: snippets cannot change the list of results. Each step is one loop over all
articles, because a hundred calls cost more than the work itself.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import numpy as np

from kb.compiled import Int32s, Int64s, Int64Table, Uint8s, Uint32s, compiled, inner, signed
from kb.engine.interface import ROW, Answer, Positions
from kb.results import ELLIPSIS, SENTENCE, WORD, Snippet
from kb.segments.page_texts import TOKEN_BEGIN, TOKEN_END, lay_stretch
from kb.snippets.choice import best_spans
from kb.snippets.columns import (
    BEGINS_WITH,
    ENDS_WITH,
    PASSAGE_BEGIN,
    PASSAGE_COLUMNS,
    PASSAGE_END,
)
from kb.snippets.highlights import highlights_of
from kb.snippets.html import most_html, write_html
from kb.snippets.opening import openings
from kb.snippets.parts import passage_parts
from kb.snippets.passages import fit_passages
from kb.snippets.text_fragments import (
    PREFIX_REACH,
    ArticleTokens,
    PassageText,
    most_fragments,
    write_fragment,
)
from kb.snippets.window import longest_span
from kb.text.characters import points_of, substrings, text_of

_ELLIPSIS = ord(ELLIPSIS)

_TEXT, _HTML, _FRAGMENT, _FRAGMENT_END = range(4)
"""Columns of the cuts: for each passage the begins of text, HTML and fragment among all characters written, and the end
of the fragment; each part ends where the next begins."""


class Shown(NamedTuple):
    """The visible parts of the articles of a page, in order."""

    titles: list[str]
    """As HTML."""
    snippets: list[tuple[Snippet, ...]]


def show(answer: Answer, count: int, chars: int) -> Shown:
    """Highlighted titles, and in reading order at most `count` snippets an article of `chars` characters."""
    if answer.text_groups:
        return _show_groups(answer, count, chars)
    return show_passages(answer, _passages(answer, count, chars), longest_span(chars))


def _show_groups(answer: Answer, count: int, chars: int) -> Shown:
    """The same, for each group of articles by itself."""
    titles = [""] * len(answer.articles)
    snippets: list[tuple[Snippet, ...]] = [()] * len(answer.articles)
    for rows, texts in answer.text_groups:
        indexes = np.full(len(answer.articles), -1, dtype=np.int64)
        indexes[rows] = np.arange(len(rows))
        table = answer.positions.table[indexes[answer.positions.table[:, ROW]] >= 0]
        table[:, ROW] = indexes[table[:, ROW]]
        articles = tuple([answer.articles[row] for row in rows.tolist()])
        group = msgspec.structs.replace(
            answer, articles=articles, positions=Positions(table), texts=texts, text_groups=()
        )
        shown = show(group, count, chars)
        for row, title, passages in zip(rows.tolist(), shown.titles, shown.snippets, strict=True):
            titles[row], snippets[row] = title, passages
    return Shown(titles, snippets)


def show_passages(answer: Answer, passages: np.ndarray, longest: int) -> Shown:
    """Highlighted titles, and passages as snippets; `longest` is the longest match highlighted whole in a passage."""
    titles = [article.title for article in answer.articles]
    lengths = np.array(list(map(len, titles)), dtype=np.int64)
    texts = answer.texts
    parts, tokens = passage_parts(texts, passages)
    points, cuts, title_bounds, highlights, highlight_bounds = _render(
        answer.positions.table,
        passages,
        points_of("".join(titles)),
        lengths,
        longest,
        tokens,
        texts.rows,
        texts.content,
        texts.tokens,
        texts.token_starts,
    )
    written, bounds = text_of(points), title_bounds.tolist()
    ranges, range_bounds = list(map(tuple, highlights.tolist())), highlight_bounds.tolist()
    snippets: list[list[Snippet]] = [[] for _ in titles]
    for i, (row, start, end, begins, ends) in enumerate(passages.tolist()):
        text, html, fragment, fragment_end = cuts[i].tolist()
        marks = tuple(ranges[range_bounds[i] : range_bounds[i + 1]])
        shown = written[html:fragment], written[text:html]
        fragment_text = written[fragment:fragment_end]
        snippets[row].append(Snippet(*shown, start, end, marks, begins, ends, fragment_text, parts[i]))
    return Shown(substrings(written, bounds, bounds[1:]), list(map(tuple, snippets)))


def _passages(answer: Answer, count: int, chars: int) -> np.ndarray:
    """The passages of all articles in reading order; for an article without a match, the opening of its text."""
    passages = np.empty((0, PASSAGE_COLUMNS), dtype=np.int64)
    for _ in range(count):
        spans = best_spans(answer.positions, answer.texts, answer.weights, passages, chars, longest_span(chars))
        if not len(spans):
            break
        passages = np.concatenate([passages, fit_passages(answer.texts, spans, chars)])
    shown = set(passages[:, ROW].tolist())
    opened = openings(answer.texts, [row for row in range(len(answer.articles)) if row not in shown], chars)
    if opened:
        passages = np.concatenate([passages, np.array(opened, dtype=np.int64)])
    if opened or count > 1:
        passages = passages[np.lexsort((passages[:, PASSAGE_BEGIN], passages[:, ROW]))]
    return passages


@compiled
def _render(
    matches: Int64Table,
    passages: Int64Table,
    titles: Uint32s,
    title_lengths: Int64s,
    longest: int,
    looked_at: Int64Table,
    texts: Int64Table,
    content: Uint8s,
    words: Int32s,
    token_starts: Uint32s,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """All characters of a page, and where to cut between texts, HTML and fragments.

    points            uint32 (n,)             text, HTML and fragment of each passage, then the HTML of each title
    cuts              int64 (passages, 4)     see `_TEXT`
    title bounds      int64 (titles + 1,)     title `i` is `points[bounds[i]:bounds[i + 1]]`
    highlights        int64 (h, 2)            ranges of the whole text or title
    highlight bounds  int64 (stretches + 1,)  passage `i` has the rows `bounds[i]:bounds[i + 1]`

    `looked_at` has the tokens, of all, in which the fragment of each passage is to be unique, none for no fragment;
    without rows, they are all tokens of its text.
    """
    highlights, bounds = highlights_of(matches, passages, len(title_lengths), longest)
    length = PREFIX_REACH * len(passages)
    for i in range(len(passages)):
        length += passages[i, PASSAGE_END] - passages[i, PASSAGE_BEGIN]
    most = length + most_html(length + len(titles), len(highlights)) + 2 * len(passages)
    points = np.empty(most + most_fragments(length, len(passages)), dtype=np.uint32)
    cuts = np.empty((len(passages), 4), dtype=np.int64)
    count = signed(0)
    for i in range(len(passages)):
        passage, text = passages[i], texts[passages[i, ROW]]
        written = _write_text(points, count, passage, text, content)
        cuts[i, _TEXT], cuts[i, _HTML] = written.begin, written.end
        count = cuts[i, _FRAGMENT] = _write_snippet(written, passage, highlights[bounds[i] : bounds[i + 1]])
        own = looked_at[i] if len(looked_at) else text[TOKEN_BEGIN : TOKEN_END + 1]
        if passage[BEGINS_WITH] >= WORD and own[0] < own[1]:
            tokens = ArticleTokens(words[own[0] : own[1]], token_starts[own[0] : own[1]])
            count = write_fragment(points, count, written, passage[ENDS_WITH] >= WORD, tokens)
        cuts[i, _FRAGMENT_END] = count
    title_bounds = np.empty(len(title_lengths) + 1, dtype=np.int64)
    title_bounds[0], begin, characters = count, 0, titles.copy()
    for i in range(len(title_lengths)):
        title = characters[begin : begin + title_lengths[i]]
        own_highlights = highlights[bounds[len(passages) + i] : bounds[len(passages) + i + 1]]
        count = title_bounds[i + 1] = write_html(points, count, title, own_highlights, signed(0), np.bool_(False))
        begin += title_lengths[i]
    return points[:count], cuts, title_bounds, highlights, bounds


@inner
def _write_text(
    points: np.ndarray, count: int, passage: np.ndarray, text: np.ndarray, content: np.ndarray
) -> PassageText:
    """Write the text of a passage, behind the text before the passage in the article."""
    start, stop = passage[PASSAGE_BEGIN], passage[PASSAGE_END]
    begin = lay_stretch(points, count, content, text, max(0, start - PREFIX_REACH), start)
    end = lay_stretch(points, begin, content, text, start, stop)
    return PassageText(points, count, begin, end, start - begin)


@inner
def _write_snippet(written: PassageText, passage: np.ndarray, highlights: np.ndarray) -> int:
    """Write a passage as HTML behind its text, with an ellipsis at each end but the edges of sentences."""
    points, count = written.points, written.end
    if passage[BEGINS_WITH] != SENTENCE:
        points[count], count = _ELLIPSIS, count + 1
    text = points[written.begin : written.end]
    count = write_html(points, count, text, highlights, passage[PASSAGE_BEGIN], np.bool_(True))
    if passage[ENDS_WITH] != SENTENCE:
        points[count], count = _ELLIPSIS, count + 1
    return count
