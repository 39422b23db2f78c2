"""The visitors' face of the query language: any text, words, "phrases" and -exclusions.

Quoted phrases must be there, excluded words must not, and of the other words as many as `match` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from whoosh.query import Or

from kb.analysis import Analyzer
from kb.model import Dropped, Question, Tree
from kb.search.chunks import Chunk, chunks
from kb.search.composer import MATCH_NOTHING, Composer, conjunction


class Parse(NamedTuple):
    """What a query text means, and what of it was left out."""

    question: Question
    searched: str
    dropped: tuple[Dropped, ...] = ()


def parse_visitor_query(
    query: str,
    composer: Composer,
    analyzer: Analyzer,
    *,
    match: str = "most",
    typing: bool = False,
    most_words: int = 64,
) -> Parse:
    """The question of a visitor's query; never raises.

    Words past the `most_words`-th are dropped; wanted and excluded ones are counted apart.
    """
    typed = chunks(query, analyzer)
    if not typed:
        return Parse(Question(tree=MATCH_NOTHING), "")
    kept, dropped = _within(_distinct(typed, composer.exact), most_words, analyzer)
    wanted, phrases, excluded = _by_kind(kept)
    ignored = _stop_words(wanted, phrases, analyzer)
    if ignored:
        wanted = [c for c in wanted if c not in ignored]

    unfinished = _unfinished(query, wanted, typed[-1]) if typing else None
    optional = [
        composer.unfinished(c.text, c.words[-1]) if c is unfinished else composer.words(c.text, c.words) for c in wanted
    ]
    required = [composer.words(c.text, c.words, quoted=True) for c in phrases]
    without = [composer.words(c.text, c.words, quoted=c.quoted, negative=True) for c in excluded]

    ranked = _any_of(optional, composer.whole_title([w for c in kept if not c.excluded for w in c.words]))
    question = Question(
        tree=conjunction([*ranked, *required], without),
        optional=tuple(optional),
        minimum=minimum_matching(match, len(optional)),
        units=tuple(composer.units),
        near=tuple(composer.near),
    )
    searched = " ".join([_shown(c) for c in kept if c not in ignored])
    left_out = _reasons(ignored, "common word") + _reasons(dropped, "too many words")
    return Parse(question, searched, tuple(left_out))


def minimum_matching(match: str, words: int) -> int:
    """How many of so many words an article must contain: all, or at least one; 0 for "most", which goes by weight."""
    return {"all": words, "any": min(1, words)}.get(match, 0)


def _distinct(typed: Sequence[Chunk], exact: bool) -> list[Chunk]:
    """The chunks that ask for something different, of others the first: one form of a word is enough, unless exact."""
    first: dict[tuple[tuple[str, ...], bool, bool], Chunk] = {}
    for chunk in typed:
        first.setdefault((chunk.words if exact else chunk.sought, chunk.quoted, chunk.excluded), chunk)
    return list(first.values())


def _within(distinct: list[Chunk], most_words: int, analyzer: Analyzer) -> tuple[list[Chunk], list[Chunk]]:
    """The chunks as far as their words are not too many, and those that are left out for this."""
    if sum([len(chunk.words) for chunk in distinct]) <= most_words:
        return distinct, []
    kept: list[Chunk] = []
    dropped: list[Chunk] = []
    room = {False: most_words, True: most_words}
    for chunk in distinct:
        if len(chunk.words) > room[chunk.excluded] > 0 and not chunk.excluded:
            chunk, rest = _cut(chunk, room[False], analyzer)
            dropped.append(rest)
        (kept if len(chunk.words) <= room[chunk.excluded] else dropped).append(chunk)
        room[chunk.excluded] -= len(chunk.words)
    return kept, dropped


def _cut(chunk: Chunk, words: int, analyzer: Analyzer) -> tuple[Chunk, Chunk]:
    """The first so many words of a chunk, and the others."""
    _, _, end = analyzer.words(chunk.text)[words - 1]
    first = chunk._replace(text=chunk.text[:end], words=chunk.words[:words], sought=chunk.sought[:words])
    return first, chunk._replace(text=chunk.text[end:].strip(), words=chunk.words[words:], sought=chunk.sought[words:])


def _by_kind(kept: Sequence[Chunk]) -> tuple[list[Chunk], list[Chunk], list[Chunk]]:
    """The chunks that are wanted, those of them in quotes, and those that are excluded."""
    kinds: tuple[list[Chunk], list[Chunk], list[Chunk]] = ([], [], [])
    for chunk in kept:
        kinds[2 if chunk.excluded else 1 if chunk.quoted else 0].append(chunk)
    return kinds


def _stop_words(wanted: Sequence[Chunk], phrases: Sequence[Chunk], analyzer: Analyzer) -> list[Chunk]:
    """Those of the words wanted that are too common to look for, if there are others."""
    common = [c for c in wanted if len(c.words) == 1 and analyzer.is_stop_word(c.words[0])]
    return common if len(common) < len(wanted) + len(phrases) else []


def _unfinished(query: str, wanted: Sequence[Chunk], last: Chunk) -> Chunk | None:
    """The chunk that may still be being typed: the `last` one, if it is a word that is wanted and the query's end."""
    if not wanted or wanted[-1] != last:
        return None
    return wanted[-1] if query.endswith(last.text) and len(last.words) == 1 else None


def _any_of(optional: Sequence[Tree], whole_title: Tree) -> list[Tree]:
    return [Or([*optional, whole_title])] if optional else []


def _shown(chunk: Chunk) -> str:
    text = f'"{chunk.text}"' if chunk.quoted else chunk.text
    return f"-{text}" if chunk.excluded else text


def _reasons(chunks_: Sequence[Chunk], reason: str) -> list[Dropped]:
    return [Dropped(chunk.text, reason) for chunk in chunks_]
