"""Words to query trees: what to look for in which fields, and a query_term for everything a snippet can mark.

Both faces of the query language build their trees here, so that a word means the same in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from whoosh.query import And, Every, Not, NumericRange, Or, Phrase, Term

from kb.days import day_number
from kb.engine.interface import Dictionary, QueryTerm, Tree
from kb.ranking import WHOLE_TITLE
from kb.results import Expansion
from kb.segments.schema import QUERY_STEM_FIELDS as STEM_FIELDS
from kb.segments.schema import QUERY_WORD_FIELDS as WORD_FIELDS
from kb.text.tokens import Analyzer

TEXT_FIELDS = {"title": "title", "text": "body", "body": "body"}
MATCH_NOTHING = Or([])

EXPANSIONS_OF_A_QUERY = 4
"""Times what one word may stand for: that many words all the expansions of a query stand for together."""


class TreeBuilder:
    """Builds the trees of one query and keeps what they stood for: `terms`, `expanded`, and `near`, the stems that gain
    by standing near each other."""

    def __init__(self, analyzer: Analyzer, dictionary: Dictionary, *, exact: bool, expansions: int) -> None:
        self.query_terms: list[QueryTerm] = []
        self.expanded: list[Expansion] = []
        self.near: dict[str, None] = {}
        self._analyzer = analyzer
        self._dictionary = dictionary
        self.exact = exact
        self._expansions = expansions
        self._expansions_left = EXPANSIONS_OF_A_QUERY * expansions

    def words(
        self, text: str, words: Sequence[str], *, quoted: bool = False, negative: bool = False, **options: Any
    ) -> Tree:
        """A word, or several next to each other; quoted or in an exact search as written, else by their stems.

        Options: `field` ("title" or "body") restricts it, `slop` lets the words of a phrase stand that far apart,
        `boost` multiplies its weight. `negative` leaves it out of the query_terms and of what may stand near.
        """
        kind = "exact" if quoted or self.exact else "stem"
        return self._added(_words(text, tuple(words), kind, self._analyzer, **options), negative)

    def prefix(self, prefix: str, **options: Any) -> Tree:
        """The most frequent words that begin so."""
        return self._expand(f"{prefix}*", "prefix", self._dictionary.with_prefix(prefix, self._most()), **options)

    def wildcard(self, pattern: str, **options: Any) -> Tree:
        """The most frequent words that fit a pattern."""
        return self._expand(pattern, "wildcard", self._dictionary.matching(pattern, self._most()), **options)

    def fuzzy(self, word: str, edits: int, **options: Any) -> Tree:
        """The word itself and the nearest words at most so many edits away."""
        return self._expand(f"{word}~{edits}", "fuzzy", self._dictionary.near(word, edits, self._most()), **options)

    def unfinished(self, text: str, word: str) -> Tree:
        """A word that may still be being typed: its stem, or any word that begins so."""
        return Or([self.words(text, [word]), self.prefix(word)])

    def name(self, field: str, value: str) -> Tree:
        """Articles whose site, author, tag or language is this, without regard to case and accents."""
        return Term(field, self._analyzer.keyword(value))

    def dates(self, first: str | None, last: str | None) -> Tree:
        """Articles published from one day to another, both included; None leaves that side open."""
        return NumericRange("published", day_number(first) or 1, day_number(last) or None)

    def whole_title(self, words: Sequence[str]) -> Tree:
        """Articles whose title is exactly these words, by their stems unless the search is exact.

        Added to a ranking: whatever matches this matches the words too.
        """
        stems = Term("title_key", " ".join(map(self._analyzer.stem, words)), boost=WHOLE_TITLE)
        if not self.exact:
            return stems
        return And([stems, *_leaves("title_word", 1.0, [(word,) for word in words], slop=1)])

    def _most(self) -> int:
        return max(1, min(self._expansions, self._expansions_left))

    def _expand(
        self,
        text: str,
        kind: str,
        expansion: tuple[tuple[str, ...], bool],
        negative: bool = False,
        **options: Any,
    ) -> Tree:
        words, complete = expansion
        self._expansions_left -= len(words)
        self.expanded.append(Expansion(text, words, kind, complete))
        return self._added(_sought(text, kind, (words,), **options), negative) if words else MATCH_NOTHING

    def _added(self, sought: _Sought, negative: bool) -> Tree:
        """The tree of something sought; it is one of the query_terms unless it is not wanted."""
        query_term, tree, near = sought
        if not negative:
            self.query_terms.append(query_term)
            self.near |= near
        return tree


class _Sought(NamedTuple):
    """Something that a query asks for: what a snippet marks of it, the tree that finds it, what gains by being near."""

    query_term: QueryTerm
    tree: Tree
    near: dict[str, None]


def _sought(
    text: str,
    kind: str,
    places: tuple[tuple[str, ...], ...],
    *,
    typed: tuple[str, ...] = (),
    field: str | None = None,
    slop: int = 1,
    boost: float = 1.0,
    near: Iterable[str] = (),
) -> _Sought:
    searched = (STEM_FIELDS if kind == "stem" else WORD_FIELDS)[field]
    leaves = _leaves(searched, boost, places, slop)
    query_term = QueryTerm(text, kind, searched, places, slop, typed)
    return _Sought(query_term, leaves[0] if len(leaves) == 1 else Or(leaves), dict.fromkeys(near))


@lru_cache(maxsize=1 << 14)
def _words(text: str, words: tuple[str, ...], kind: str, analyzer: Analyzer, **options: Any) -> _Sought:
    """The words next to each other, by their stems or as written; of those anywhere, the ones that tell something."""
    stems = list(map(analyzer.stem, words))
    told = [stem for stem, word in zip(stems, words, strict=True) if not analyzer.is_stop_word(word)]
    near = [] if options.get("field") else told
    if kind == "exact":
        return _sought(text, kind, tuple([(word,) for word in words]), near=near, **options)
    return _sought(text, kind, tuple([(stem,) for stem in stems]), typed=words, near=near, **options)


def conjunction(trees: Sequence[Tree], excluded: Sequence[Tree] = ()) -> Tree:
    """Articles in all of the trees and in none of the excluded; every article where there is no tree."""
    parts = [*(trees or [Every()]), *(Not(tree) for tree in excluded)]
    return parts[0] if len(parts) == 1 else And(parts)


def _leaves(field: str, boost: float, places: Sequence[tuple[str, ...]], slop: int) -> list[Tree]:
    if len(places) == 1:
        return [Term(field, term, boost=boost) for term in places[0]]
    return [Phrase(field, [terms[0] for terms in places], slop=slop, boost=boost)]
