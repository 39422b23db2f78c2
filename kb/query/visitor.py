"""Visitors' query language: any text; words, "phrases" and -exclusions.

Articles must have the quoted phrases and none of the excluded words; `match` decides on the number of other words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from whoosh.query import Or

from kb.engine.interface import Question
from kb.query.lexer import Lexeme, lex
from kb.query.trees import MATCH_NOTHING, TreeBuilder, conjunction
from kb.results import Dropped, Match
from kb.text.tokens import Analyzer


class Parse(NamedTuple):
    """The question of a query text, the text searched for, and the parts dropped."""

    question: Question
    searched: str
    dropped: tuple[Dropped, ...] = ()


def parse_visitor_query(
    query: str,
    builder: TreeBuilder,
    analyzer: Analyzer,
    *,
    match: Match = "most",
    typing: bool = False,
    most_words: int = 64,
) -> Parse:
    """The question of a visitor's query; never raises.

    Words past the `most_words`-th are dropped; wanted and excluded words are counted apart.
    """
    typed = lex(query, analyzer)
    if not typed:
        return Parse(Question(tree=MATCH_NOTHING), "")
    used, dropped = _within(_distinct(typed, builder.exact), most_words, analyzer)
    wanted, phrases, excluded = _by_role(used)
    ignored = _stop_words(wanted, phrases, analyzer)
    if ignored:
        wanted = [lexeme for lexeme in wanted if lexeme not in ignored]

    unfinished = _unfinished(query, wanted, typed[-1]) if typing else None
    optional = [
        builder.unfinished(lexeme.text, lexeme.words[-1])
        if lexeme is unfinished
        else builder.words(lexeme.text, lexeme.words)
        for lexeme in wanted
    ]
    required = [builder.words(lexeme.text, lexeme.words, quoted=True) for lexeme in phrases]
    without = [builder.words(lexeme.text, lexeme.words, quoted=lexeme.quoted, negative=True) for lexeme in excluded]

    title = builder.whole_title([word for lexeme in used if not lexeme.excluded for word in lexeme.words])
    ranked = [Or([*optional, title])] if optional else []
    question = Question(
        tree=conjunction([*ranked, *required], without),
        optional=tuple(optional),
        minimum=minimum_matching(match, len(optional)),
        query_terms=tuple(builder.query_terms),
        near=tuple(builder.near),
    )
    searched = " ".join([_shown(lexeme) for lexeme in used if lexeme not in ignored])
    left_out = [Dropped(lexeme.text, "common word") for lexeme in ignored]
    left_out += [Dropped(lexeme.text, "too many words") for lexeme in dropped]
    return Parse(question, searched, tuple(left_out))


def minimum_matching(match: Match, words: int) -> int:
    """The minimum-should-match of optional words: "all" or "any"; 0 for "most", where the weights decide."""
    return {"all": words, "any": min(1, words)}.get(match, 0)


def _distinct(typed: Sequence[Lexeme], exact: bool) -> list[Lexeme]:
    """The lexemes without duplicates: the first of those with the same terms or, in an exact search, the same words."""
    first: dict[tuple[tuple[str, ...], bool, bool], Lexeme] = {}
    for lexeme in typed:
        first.setdefault((lexeme.words if exact else lexeme.terms, lexeme.quoted, lexeme.excluded), lexeme)
    return list(first.values())


def _within(distinct: list[Lexeme], most_words: int, analyzer: Analyzer) -> tuple[list[Lexeme], list[Lexeme]]:
    """Lexemes of at most `most_words` wanted and as many excluded words, and the lexemes dropped for this."""
    if sum([len(lexeme.words) for lexeme in distinct]) <= most_words:
        return distinct, []
    used: list[Lexeme] = []
    dropped: list[Lexeme] = []
    # Invariant: words still allowed, by `Lexeme.excluded`; 0 or less from the first dropped lexeme on.
    room = {False: most_words, True: most_words}
    for lexeme in distinct:
        if len(lexeme.words) > room[lexeme.excluded] > 0 and not lexeme.excluded:
            lexeme, rest = _split(lexeme, room[False], analyzer)
            dropped.append(rest)
        (used if len(lexeme.words) <= room[lexeme.excluded] else dropped).append(lexeme)
        room[lexeme.excluded] -= len(lexeme.words)
    return used, dropped


def _split(lexeme: Lexeme, words: int, analyzer: Analyzer) -> tuple[Lexeme, Lexeme]:
    """A lexeme of the first `words` words of a lexeme, and a lexeme of the rest."""
    _, _, end = analyzer.words(lexeme.text)[words - 1]
    first = lexeme._replace(text=lexeme.text[:end], words=lexeme.words[:words], terms=lexeme.terms[:words])
    rest = lexeme._replace(text=lexeme.text[end:].strip(), words=lexeme.words[words:], terms=lexeme.terms[words:])
    return first, rest


def _by_role(lexemes: Sequence[Lexeme]) -> tuple[list[Lexeme], list[Lexeme], list[Lexeme]]:
    """Wanted words, wanted phrases in quotes, and excluded lexemes."""
    roles: tuple[list[Lexeme], list[Lexeme], list[Lexeme]] = ([], [], [])
    for lexeme in lexemes:
        roles[2 if lexeme.excluded else 1 if lexeme.quoted else 0].append(lexeme)
    return roles


def _stop_words(wanted: Sequence[Lexeme], phrases: Sequence[Lexeme], analyzer: Analyzer) -> list[Lexeme]:
    """Stop words among the wanted words; none if the query has only stop words."""
    common = [lexeme for lexeme in wanted if len(lexeme.words) == 1 and analyzer.is_stop_word(lexeme.words[0])]
    return common if len(common) < len(wanted) + len(phrases) else []


def _unfinished(query: str, wanted: Sequence[Lexeme], last: Lexeme) -> Lexeme | None:
    """The `last` lexeme if it may be unfinished: a single wanted word at the end of the query."""
    if not wanted or wanted[-1] != last:
        return None
    return wanted[-1] if query.endswith(last.text) and len(last.words) == 1 else None


def _shown(lexeme: Lexeme) -> str:
    text = f'"{lexeme.text}"' if lexeme.quoted else lexeme.text
    return f"-{text}" if lexeme.excluded else text
