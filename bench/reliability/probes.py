"""Searches and views that reach all over an index, and their answers as bytes to compare."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

import msgspec

from kb.errors import ArticleNotFound, IndexFailure
from kb.search.searcher import Searcher

Probe: TypeAlias = Callable[[Searcher], Any]

_TITLES = 10
"""Articles that probes are made from."""


class Comparison(NamedTuple):
    """Answers that differ from the expected ones: wrong in silence, and errors."""

    wrong: int
    errors: int


def probes_of(searcher: Searcher) -> list[Probe]:
    """Probes made from articles of the index, from the first title to the last."""
    hits = searcher.search("", sort="title", limit=50).hits
    chosen = hits[:: max(1, len(hits) // _TITLES)]
    return [
        _asking(facets=["year", "site", "tag"], sort="date"),
        _asking(sort="title", offset=10),
        *(probe for hit in chosen for probe in _about(hit.id, hit.title)),
    ]


def answers_of(searcher: Searcher, probes: Sequence[Probe]) -> list[bytes]:
    """The answer to each probe as JSON; of an error its name, which begins with an exclamation mark."""
    return [_answer(searcher, probe) for probe in probes]


def compare(answers: Sequence[bytes], expected: Sequence[bytes]) -> Comparison:
    """The differences between answers and expected answers to the same probes."""
    different = [answer for answer, right in zip(answers, expected, strict=True) if answer != right]
    errors = sum(answer.startswith(b"!") for answer in different)
    return Comparison(len(different) - errors, errors)


def _about(article_id: str, title: str) -> Iterator[Probe]:
    words = [word for word in title.lower().split() if word.isalpha()] or ["the"]
    last = words[-1]
    yield _asking(title, snippets=2)
    yield _asking(f'"{" ".join(words[:2])}" {last}', facets=["author", "language"])
    yield _asking(f'"{last}" -{words[0]}', exact=True)
    yield _asking(f"{last[:4]}* OR {last[:2]}?* OR {words[0]}~", mode="staff", explain=True, limit=2)
    yield lambda searcher: searcher.suggest(title[:3])
    yield lambda searcher: searcher.view(article_id, title)


def _asking(q: str = "", **parameters: Any) -> Probe:
    return lambda searcher: msgspec.structs.replace(searcher.search(q, **parameters), took_ms=0.0)


def _answer(searcher: Searcher, probe: Probe) -> bytes:
    try:
        return msgspec.json.encode(probe(searcher))
    except ArticleNotFound:
        return b"not found"
    except (Exception, IndexFailure) as error:
        return f"!{type(error).__name__}: {error}".encode("utf-8", "replace")
