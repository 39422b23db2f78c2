"""Lexer of visitors' queries: quoted phrases and words, each with or without a minus sign.

Any text is valid. A quote without a partner, a bracket or an operator is just text between words. Takes linear time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import regex

from kb.text.tokens import Analyzer

_Token: TypeAlias = tuple[str, int, int]
"""Word, begin and end, as `Analyzer.words` gives tokens."""

_CLOSING = {'"': '"', "“": "”", "„": "“”", "«": "»", "”": "”"}
"""Closing quotes for each opening quote."""

MINUS = ("-", "−")
"""Signs of an exclusion: hyphen-minus and minus."""
_PIECE = regex.compile(r"[^\s\x1c-\x1f\"“”„«»]+|[\"“”„«»]")
"""A quote, or text without quotes and white space; white space as in `str.isspace`."""

_HYPHENS = ("-", "‐", "‑")
_JOINERS = frozenset(["", *_HYPHENS, ".", "&", "+", "_"])
"""Text between two words that join into one lexeme."""


class Lexeme(NamedTuple):
    """One word, or several words that must follow each other.

    text      as typed, without quotes and minus sign
    words     as written, without case and accents
    terms     to look up unless the search is exact: the words of a quoted lexeme, else their stems
    """

    text: str
    words: tuple[str, ...]
    terms: tuple[str, ...]
    quoted: bool = False
    excluded: bool = False


def lex(query: str, analyzer: Analyzer) -> list[Lexeme]:
    """The lexemes of a query in the order typed; text without a letter or digit gives none."""
    lexemes: list[Lexeme] = []
    quote_end = 0
    unmatched: set[str] = set()
    # `lexemes` are those before `quote_end` or the piece; `unmatched` quotes have no partner in the rest of the query.
    for match in _PIECE.finditer(query):
        piece, begin = match.group(), match.start()
        if begin < quote_end:
            continue
        excluded = _has_minus(query[begin : begin + 2]) and (begin == 0 or query[begin - 1].isspace())
        opening = begin + excluded
        quote = query[opening]
        if quote in _CLOSING:
            closing = -1 if quote in unmatched else _closing(query, opening)
            if closing >= 0:
                lexemes += _quoted(query, opening, closing, excluded, analyzer)
            else:
                unmatched.add(quote)
            quote_end = max(opening, closing) + 1
        else:
            lexemes += _unquoted(piece, excluded, analyzer)
    return lexemes


def _has_minus(piece: str) -> bool:
    """Whether a piece begins with a minus sign and goes on."""
    return piece[0] in MINUS and len(piece) > 1 and not piece[1].isspace()


def _closing(query: str, opening: int) -> int:
    """Offset of the first quote that closes the one at `opening`; -1 without."""
    offsets = [offset for quote in _CLOSING[query[opening]] if (offset := query.find(quote, opening + 1)) >= 0]
    return min(offsets, default=-1)


def _quoted(query: str, opening: int, closing: int, excluded: bool, analyzer: Analyzer) -> Iterator[Lexeme]:
    text = query[opening + 1 : closing]
    if words := tuple([word for word, _, _ in analyzer.words(text)]):
        yield Lexeme(" ".join(text.split()), words, words, quoted=True, excluded=excluded)


@lru_cache(maxsize=1 << 14)
def _unquoted(piece: str, excluded: bool, analyzer: Analyzer) -> tuple[Lexeme, ...]:
    """The lexemes of a piece without white space or quotes; an excluded piece begins with a minus sign.

    Joined words are one lexeme, except for content words joined by hyphens alone.
    """
    piece = piece[excluded:]
    tokens = analyzer.words(piece)
    lexemes: list[Lexeme] = []
    first = 0
    # `lexemes` are those of tokens[:first].
    for end, (_, _, offset) in enumerate(tokens, 1):
        if end < len(tokens) and piece[offset : tokens[end][1]] in _JOINERS:
            continue
        group = tokens[first:end]
        apart = len(group) > 1 and not excluded and _are_content_words(piece, group, analyzer)
        for part in [[token] for token in group] if apart else [group]:
            words = tuple([word for word, _, _ in part])
            text = piece[part[0][1] : part[-1][2]]
            lexemes.append(Lexeme(text, words, tuple(map(analyzer.stem, words)), excluded=excluded))
        first = end
    return tuple(lexemes)


def _are_content_words(piece: str, tokens: Sequence[_Token], analyzer: Analyzer) -> bool:
    """Whether tokens are joined by hyphens and each means something alone, unlike in `x-ray`, `omega-3` or `up-to`."""
    return all(
        len(word) > 1 and not word[0].isdigit() and not analyzer.is_stop_word(word) for word, _, _ in tokens
    ) and all(piece[before[2] : after[1]] in _HYPHENS for before, after in pairwise(tokens))
