"""Query trees of words, patterns, names and days, and a query term for everything that a snippet can highlight.

Both query languages build trees here, so that a word means the same in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from whoosh.query import And, Every, Not, NumericRange, Or, Phrase, Term

from kb.days import day_number
from kb.deadline import NEVER, Deadline
from kb.engine.interface import Dictionary, QueryTerm, Tree
from kb.ranking import WHOLE_TITLE
from kb.results import Expansion, MatchKind
from kb.segments.schema import TEXT_FIELD
from kb.text.tokens import Analyzer

PART_OF_FIELD = {"title": "title", "text": "body", "body": "body"}
"""Part of an article to search in, by the name that staff write before a colon."""

MATCH_NOTHING = Or([])
"""Tree without matches."""

EXPANSIONS_OF_A_QUERY = 4
"""Most words of all expansions of a query, as a multiple of the most words of an expansion."""

Slots: TypeAlias = tuple[tuple[str, ...], ...]
"""Terms by slot: a word has one slot of alternatives, a phrase a slot of one term for each word."""


class TreeBuilder:
    """Builder of the trees of one query, which collects on the way:

    query_terms  everything a snippet can highlight, in the order built
    expanded     words that patterns and misspelled words stand for
    near         stems that gain by proximity, each once
    cut_short    texts of the expansions that the deadline cut short
    """

    def __init__(
        self,
        analyzer: Analyzer,
        dictionary: Dictionary,
        *,
        exact: bool,
        expansions: int,
        deadline: Deadline = NEVER,
    ) -> None:
        self.cut_short: list[str] = []
        self._deadline = deadline
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
        """A word or a phrase, by stems; as written if quoted or in an exact search.

        field     "title" or "body": restrict the search to a part of the article
        slop      greatest distance in tokens from one word of a phrase to the next
        boost     factor of the score
        negative  leave the words out of `query_terms` and `near`
        """
        kind: MatchKind = "exact" if quoted or self.exact else "stem"
        return self._collected(_words(text, tuple(words), kind, self._analyzer, **options), negative)

    def prefix(self, prefix: str, **options: Any) -> Tree:
        """The most frequent words with a prefix."""
        words = self._dictionary.with_prefix(prefix, self._most(), self._deadline)
        return self._expand(f"{prefix}*", "prefix", words, **options)

    def wildcard(self, pattern: str, **options: Any) -> Tree:
        """The most frequent words that match a pattern."""
        words = self._dictionary.matching(pattern, self._most(), self._deadline)
        return self._expand(pattern, "wildcard", words, **options)

    def fuzzy(self, word: str, edits: int, **options: Any) -> Tree:
        """The nearest words within an edit distance of a word, the word included."""
        words = self._dictionary.near(word, edits, self._most(), self._deadline)
        return self._expand(f"{word}~{edits}", "fuzzy", words, **options)

    def unfinished(self, text: str, word: str) -> Tree:
        """A word that may still be typed on: by stem, or as a prefix."""
        return Or([self.words(text, [word]), self.prefix(word)])

    def name(self, field: str, value: str) -> Tree:
        """Articles with a site, author, tag or language, without regard to case and accents."""
        return Term(field, self._analyzer.keyword(value))

    def dates(self, first: str | None, last: str | None) -> Tree:
        """Articles published from `first` to `last` (ISO 8601), both included; None leaves a side open."""
        return NumericRange("published", day_number(first) or 1, day_number(last) or None)

    def whole_title(self, words: Sequence[str]) -> Tree:
        """Articles with exactly these words as the title, by stems unless the search is exact.

        Only for ranking: every match matches the words too.
        """
        stems = Term("title_key", " ".join(map(self._analyzer.stem, words)), boost=WHOLE_TITLE)
        if not self.exact:
            return stems
        return And([stems, *_leaves(TEXT_FIELD["word", "title"], 1.0, [(word,) for word in words], slop=1)])

    def _most(self) -> int:
        """Most words of the next expansion: at least 1."""
        return max(1, min(self._expansions, self._expansions_left))

    def _expand(
        self,
        text: str,
        kind: MatchKind,
        expansion: tuple[tuple[str, ...], bool],
        negative: bool = False,
        **options: Any,
    ) -> Tree:
        words, complete = expansion
        self._expansions_left -= len(words)
        self.expanded.append(Expansion(text, words, kind, complete))
        if not complete and self._deadline.has_passed():
            self.cut_short.append(text)
        return self._collected(_built(text, kind, (words,), **options), negative) if words else MATCH_NOTHING

    def _collected(self, built: _Built, negative: bool) -> Tree:
        """Collect the query term and the stems of a tree, unless it is negative; returns the tree."""
        if not negative:
            self.query_terms.append(built.query_term)
            self.near |= built.near
        return built.tree


class _Built(NamedTuple):
    """A query term, the tree to search by, and the stems that gain by proximity (the keys)."""

    query_term: QueryTerm
    tree: Tree
    near: dict[str, None]


def _built(
    text: str,
    kind: MatchKind,
    slots: Slots,
    *,
    typed: tuple[str, ...] = (),
    field: str | None = None,
    slop: int = 1,
    boost: float = 1.0,
) -> _Built:
    searched = TEXT_FIELD["stem" if kind == "stem" else "word", field]
    leaves = _leaves(searched, boost, slots, slop)
    query_term = QueryTerm(text, kind, searched, slots, slop, typed)
    return _Built(query_term, leaves[0] if len(leaves) == 1 else Or(leaves), {})


@lru_cache(maxsize=1 << 14)
def _words(text: str, words: tuple[str, ...], kind: MatchKind, analyzer: Analyzer, **options: Any) -> _Built:
    """A word or a phrase; words in a search without a field gain by proximity, stop words aside."""
    stems = list(map(analyzer.stem, words))
    content = [stem for stem, word in zip(stems, words, strict=True) if not analyzer.is_stop_word(word)]
    if kind == "exact":
        built = _built(text, kind, tuple([(word,) for word in words]), **options)
    else:
        built = _built(text, kind, tuple([(stem,) for stem in stems]), typed=words, **options)
    return built if options.get("field") else built._replace(near=dict.fromkeys(content))


def conjunction(trees: Sequence[Tree], excluded: Sequence[Tree] = ()) -> Tree:
    """Tree of the articles that match all of the trees and none of the excluded trees; every article without trees."""
    parts = [*(trees or [Every()]), *(Not(tree) for tree in excluded)]
    return parts[0] if len(parts) == 1 else And(parts)


def _leaves(field: str, boost: float, slots: Sequence[tuple[str, ...]], slop: int) -> list[Tree]:
    """A term for each alternative of a single slot, or a phrase of several slots."""
    if len(slots) == 1:
        return [Term(field, term, boost=boost) for term in slots[0]]
    return [Phrase(field, [terms[0] for terms in slots], slop=slop, boost=boost)]
