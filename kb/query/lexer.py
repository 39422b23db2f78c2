"""What a person typed, cut into lex: quoted phrases and words, with a minus sign or without.

Any text is valid. A quote without its partner, a bracket, an operator is just text between words. Takes linear time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import regex

from kb.text.tokens import Analyzer

_CLOSING = {'"': '"', "“": "”", "„": "“”", "«": "»", "”": "”"}
_MINUS = "-−"
_PIECE = regex.compile(r"[^\s\x1c-\x1f\"“”„«»]+|[\"“”„«»]")
"""White space is what `str.isspace` takes for it."""

_HYPHENS = ("-", "‐", "‑")
_JOINERS = frozenset(["", *_HYPHENS, ".", "&", "+", "_"])


class Lexeme(NamedTuple):
    """A run of words that belong together: one word, or several that must stand next to each other.

    `sought` is what it is looked for by, unless the search is exact: the words, or their stems if it is not quoted.
    """

    text: str
    words: tuple[str, ...]
    sought: tuple[str, ...]
    quoted: bool = False
    excluded: bool = False


def lex(query: str, analyzer: Analyzer) -> list[Lexeme]:
    """The lexemes of a query in the order typed; parts without a letter or digit give none."""
    found: list[Lexeme] = []
    quoted_to = 0
    unmatched: set[str] = set()
    for match in _PIECE.finditer(query):
        piece, start = match.group(), match.start()
        if start < quoted_to:
            continue
        excluded = _has_minus(query[start : start + 2]) and (start == 0 or query[start - 1].isspace())
        opening = start + excluded
        character = query[opening]
        if character in _CLOSING:
            end = -1 if character in unmatched else _closing(query, opening)
            if end >= 0:
                found += _quoted(query, opening, end, excluded, analyzer)
            else:
                unmatched.add(character)
            quoted_to = max(opening, end) + 1
        else:
            found += _unquoted(piece, excluded, analyzer)
    return found


def _has_minus(piece: str) -> bool:
    """Whether a piece begins with a minus sign that something follows."""
    return piece[0] in _MINUS and len(piece) > 1 and not piece[1].isspace()


def _closing(query: str, position: int) -> int:
    ends = [end for mark in _CLOSING[query[position]] if (end := query.find(mark, position + 1)) >= 0]
    return min(ends, default=-1)


def _quoted(query: str, opening: int, closing: int, excluded: bool, analyzer: Analyzer) -> Iterator[Lexeme]:
    text = query[opening + 1 : closing]
    if words := tuple([word for word, _, _ in analyzer.words(text)]):
        yield Lexeme(" ".join(text.split()), words, words, quoted=True, excluded=excluded)


@lru_cache(maxsize=1 << 14)
def _unquoted(piece: str, excluded: bool, analyzer: Analyzer) -> tuple[Lexeme, ...]:
    """The lexemes of a piece without white space or quotes: what is joined by nothing, a dot or an & stays together.

    Some words joined by hyphens do too. A piece that is excluded begins with a minus sign.
    """
    piece = piece[excluded:]
    placed = analyzer.words(piece)
    found: list[Lexeme] = []
    begin = 0
    for after, (_, _, end) in enumerate(placed, 1):
        if after < len(placed) and piece[end : placed[after][1]] in _JOINERS:
            continue
        run = placed[begin:after]
        apart = len(run) > 1 and not excluded and _tell_something_each(piece, run, analyzer)
        for part in [[one] for one in run] if apart else [run]:
            first, last = part[0][1], part[-1][2]
            words = tuple([word for word, _, _ in part])
            found.append(Lexeme(piece[first:last], words, tuple(map(analyzer.stem, words)), excluded=excluded))
        begin = after
    return tuple(found)


def _tell_something_each(piece: str, run: Sequence[tuple[str, int, int]], analyzer: Analyzer) -> bool:
    """Whether words joined by hyphens can be looked for one by one: no letter, number or common word, as in `x-ray`."""
    return all(
        len(word) > 1 and not word[0].isdigit() and not analyzer.is_stop_word(word) for word, _, _ in run
    ) and all(piece[before[2] : after[1]] in _HYPHENS for before, after in pairwise(run))
