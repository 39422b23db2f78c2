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
    kept, dropped = _within(typed, most_words, analyzer)
    wanted, ignored = _without_stop_words([c for c in kept if not c.excluded and not c.quoted], kept, analyzer)
    phrases = [c for c in kept if c.quoted and not c.excluded]
    excluded = [c for c in kept if c.excluded]

    unfinished = _unfinished(query, wanted) if typing else None
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


def _within(typed: Sequence[Chunk], most_words: int, analyzer: Analyzer) -> tuple[list[Chunk], list[Chunk]]:
    kept: list[Chunk] = []
    dropped: list[Chunk] = []
    seen: set[tuple[tuple[str, ...], bool, bool]] = set()
    room = {False: most_words, True: most_words}
    for chunk in typed:
        words = chunk.words if chunk.quoted else tuple(map(analyzer.stem, chunk.words))
        key = (words, chunk.quoted, chunk.excluded)
        if key in seen:
            continue
        seen.add(key)
        if len(chunk.words) > room[chunk.excluded] > 0 and not chunk.excluded:
            chunk, rest = _cut(chunk, room[False], analyzer)
            dropped.append(rest)
        (kept if len(chunk.words) <= room[chunk.excluded] else dropped).append(chunk)
        room[chunk.excluded] -= len(chunk.words)
    return kept, dropped


def _cut(chunk: Chunk, words: int, analyzer: Analyzer) -> tuple[Chunk, Chunk]:
    """The first so many words of a chunk, and the others."""
    _, _, end = analyzer.words(chunk.text)[words - 1]
    first = chunk._replace(text=chunk.text[:end], words=chunk.words[:words])
    return first, chunk._replace(text=chunk.text[end:].strip(), words=chunk.words[words:])


def _without_stop_words(
    words: Sequence[Chunk], kept: Sequence[Chunk], analyzer: Analyzer
) -> tuple[list[Chunk], list[Chunk]]:
    common = [c for c in words if len(c.words) == 1 and analyzer.is_stop_word(c.words[0])]
    if not common:
        return list(words), []
    others = [c for c in kept if not c.excluded and c not in common]
    if not others:
        return list(words), []
    return [c for c in words if c not in common], common


def _unfinished(query: str, wanted: Sequence[Chunk]) -> Chunk | None:
    last = wanted[-1] if wanted else None
    return last if last is not None and last.end == len(query) and len(last.words) == 1 else None


def _any_of(optional: Sequence[Tree], whole_title: Tree) -> list[Tree]:
    return [Or([*optional, whole_title])] if optional else []


def _shown(chunk: Chunk) -> str:
    text = f'"{chunk.text}"' if chunk.quoted else chunk.text
    return f"-{text}" if chunk.excluded else text


def _reasons(chunks_: Sequence[Chunk], reason: str) -> list[Dropped]:
    return [Dropped(chunk.text, reason) for chunk in chunks_]
