"""Query suggestions: titles that contain the typed words, then completions of the last word."""

from __future__ import annotations

from urllib.parse import urlencode

from kb.engine.interface import Engine
from kb.results import Suggestion
from kb.search.addresses import article_path
from kb.text.tokens import Analyzer

MAX_COMPLETIONS = 3
"""Word completions beside titles."""


class Suggester:
    """Suggester over the titles and the term dictionary of one generation."""

    def __init__(self, engine: Engine, analyzer: Analyzer) -> None:
        self._engine = engine
        self._analyzer = analyzer

    def suggest(self, typed: str, limit: int) -> tuple[Suggestion, ...]:
        """At most `limit` suggestions; the last typed word counts as a prefix. A text without words has none."""
        words, starts, _ = self._analyzer.tokens(typed)
        if not words:
            return ()
        completions = self._completions(typed[: int(starts[-1])], words[-1]) if limit > 1 else []
        titles = self._engine.titles(words, max(1, limit - len(completions)))
        suggestions = [Suggestion(title, "title", article_path(article_id)) for article_id, title in titles]
        suggestions += [Suggestion(text, "word", f"/?{urlencode({'q': text})}") for text in completions]
        return tuple(suggestions[:limit])

    def _completions(self, typed_before: str, prefix: str) -> list[str]:
        words, _ = self._engine.dictionary.with_prefix(prefix, MAX_COMPLETIONS + 1)
        return [typed_before + word for word in words if word != prefix][:MAX_COMPLETIONS]
