"""The visitors' face of the query language: any text, words, "phrases" and -exclusions.

Quoted phrases must be there, excluded words must not, and of the other words as many as `match` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from whoosh.query import Or

from kb.engine.interface import Question, Tree
from kb.query.lexer import Lexeme, lex
from kb.query.trees import MATCH_NOTHING, TreeBuilder, conjunction
from kb.results import Dropped
from kb.text.tokens import Analyzer


class Parse(NamedTuple):
    """What a query text means, and what of it was left out."""

    question: Question
    searched: str
    dropped: tuple[Dropped, ...] = ()


def parse_visitor_query(
    query: str,
    builder: TreeBuilder,
    analyzer: Analyzer,
    *,
    match: str = "most",
    typing: bool = False,
    most_words: int = 64,
) -> Parse:
    """The question of a visitor's query; never raises.

    Words past the `most_words`-th are dropped; wanted and excluded ones are counted apart.
    """
    typed = lex(query, analyzer)
    if not typed:
        return Parse(Question(tree=MATCH_NOTHING), "")
    kept, dropped = _within(_distinct(typed, builder.exact), most_words, analyzer)
    wanted, phrases, excluded = _by_kind(kept)
    ignored = _stop_words(wanted, phrases, analyzer)
    if ignored:
        wanted = [c for c in wanted if c not in ignored]

    unfinished = _unfinished(query, wanted, typed[-1]) if typing else None
    optional = [
        builder.unfinished(c.text, c.words[-1]) if c is unfinished else builder.words(c.text, c.words) for c in wanted
    ]
    required = [builder.words(c.text, c.words, quoted=True) for c in phrases]
    without = [builder.words(c.text, c.words, quoted=c.quoted, negative=True) for c in excluded]

    ranked = _any_of(optional, builder.whole_title([w for c in kept if not c.excluded for w in c.words]))
    question = Question(
        tree=conjunction([*ranked, *required], without),
        optional=tuple(optional),
        minimum=minimum_matching(match, len(optional)),
        query_terms=tuple(builder.query_terms),
        near=tuple(builder.near),
    )
    searched = " ".join([_shown(c) for c in kept if c not in ignored])
    left_out = _reasons(ignored, "common word") + _reasons(dropped, "too many words")
    return Parse(question, searched, tuple(left_out))


def minimum_matching(match: str, words: int) -> int:
    """How many of so many words an article must contain: all, or at least one; 0 for "most", which goes by weight."""
    return {"all": words, "any": min(1, words)}.get(match, 0)


def _distinct(typed: Sequence[Lexeme], exact: bool) -> list[Lexeme]:
    """The lexemes that ask for something different, of others the first: one form of a word is enough, unless exact."""
    first: dict[tuple[tuple[str, ...], bool, bool], Lexeme] = {}
    for lexeme in typed:
        first.setdefault((lexeme.words if exact else lexeme.sought, lexeme.quoted, lexeme.excluded), lexeme)
    return list(first.values())


def _within(distinct: list[Lexeme], most_words: int, analyzer: Analyzer) -> tuple[list[Lexeme], list[Lexeme]]:
    """The lexemes as far as their words are not too many, and those that are left out for this."""
    if sum([len(lexeme.words) for lexeme in distinct]) <= most_words:
        return distinct, []
    kept: list[Lexeme] = []
    dropped: list[Lexeme] = []
    room = {False: most_words, True: most_words}
    for lexeme in distinct:
        if len(lexeme.words) > room[lexeme.excluded] > 0 and not lexeme.excluded:
            lexeme, rest = _cut(lexeme, room[False], analyzer)
            dropped.append(rest)
        (kept if len(lexeme.words) <= room[lexeme.excluded] else dropped).append(lexeme)
        room[lexeme.excluded] -= len(lexeme.words)
    return kept, dropped


def _cut(lexeme: Lexeme, words: int, analyzer: Analyzer) -> tuple[Lexeme, Lexeme]:
    """The first so many words of a lexeme, and the others."""
    _, _, end = analyzer.words(lexeme.text)[words - 1]
    first = lexeme._replace(text=lexeme.text[:end], words=lexeme.words[:words], sought=lexeme.sought[:words])
    return first, lexeme._replace(
        text=lexeme.text[end:].strip(), words=lexeme.words[words:], sought=lexeme.sought[words:]
    )


def _by_kind(kept: Sequence[Lexeme]) -> tuple[list[Lexeme], list[Lexeme], list[Lexeme]]:
    """The lexemes that are wanted, those of them in quotes, and those that are excluded."""
    kinds: tuple[list[Lexeme], list[Lexeme], list[Lexeme]] = ([], [], [])
    for lexeme in kept:
        kinds[2 if lexeme.excluded else 1 if lexeme.quoted else 0].append(lexeme)
    return kinds


def _stop_words(wanted: Sequence[Lexeme], phrases: Sequence[Lexeme], analyzer: Analyzer) -> list[Lexeme]:
    """Those of the words wanted that are too common to look for, if there are others."""
    common = [c for c in wanted if len(c.words) == 1 and analyzer.is_stop_word(c.words[0])]
    return common if len(common) < len(wanted) + len(phrases) else []


def _unfinished(query: str, wanted: Sequence[Lexeme], last: Lexeme) -> Lexeme | None:
    """The lexeme that may still be being typed: the `last` one, if it is a word that is wanted and the query's end."""
    if not wanted or wanted[-1] != last:
        return None
    return wanted[-1] if query.endswith(last.text) and len(last.words) == 1 else None


def _any_of(optional: Sequence[Tree], whole_title: Tree) -> list[Tree]:
    return [Or([*optional, whole_title])] if optional else []


def _shown(lexeme: Lexeme) -> str:
    text = f'"{lexeme.text}"' if lexeme.quoted else lexeme.text
    return f"-{text}" if lexeme.excluded else text


def _reasons(lexemes: Sequence[Lexeme], reason: str) -> list[Dropped]:
    return [Dropped(lexeme.text, reason) for lexeme in lexemes]
