"""What somebody who has typed this much may be looking for: titles that have these words, then words that begin so."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from urllib.parse import urlencode

from kb.analysis import Analyzer
from kb.model import Engine, Suggestion
from kb.search.addresses import article_path

MOST_WORDS = 3
"""Words suggested besides titles."""


class Suggestions:
    """The titles and words of one generation, ready to be looked up."""

    def __init__(self, engine: Engine, analyzer: Analyzer) -> None:
        self._engine = engine
        self._analyzer = analyzer

    def __call__(self, typed: str, limit: int) -> tuple[Suggestion, ...]:
        """At most `limit` suggestions; the last word typed may be the beginning of one. Nothing typed: none."""
        words, starts, _ = self._analyzer.tokens(typed)
        if not words:
            return ()
        completions = self._completions(typed[: int(starts[-1])], words[-1]) if limit > 1 else []
        titles = self._titles_with(words)[: max(1, limit - len(completions))]
        found = [Suggestion(title, "title", article_path(article_id)) for article_id, title in titles]
        found += [Suggestion(text, "word", f"/?{urlencode({'q': text})}") for text in completions]
        return tuple(found[:limit])

    def _titles_with(self, words: Sequence[str]) -> list[tuple[str, str]]:
        """Ids and titles in which every word begins a word: those that begin as typed first, then the shortest."""
        beginnings = [f" {word}" for word in words]
        typed = " " + " ".join(words)
        found = [
            (not folded.startswith(typed), len(folded), folded, article_id, title)
            for folded, article_id, title in self._titles
            if all(beginning in folded for beginning in beginnings)
        ]
        return [(article_id, title) for *_, article_id, title in sorted(found)]

    def _completions(self, before: str, last: str) -> list[str]:
        found, _ = self._engine.lexicon.with_prefix(last, MOST_WORDS + 1)
        return [before + word for word in found if word != last][:MOST_WORDS]

    @cached_property
    def _titles(self) -> list[tuple[str, str, str]]:
        return [(f" {self._analyzer.keyword(title)}", article_id, title) for article_id, title in self._engine.titles()]
