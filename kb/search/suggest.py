"""Query suggestions: titles that contain the typed words, then completions of the last word."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

from kb.deadline import NEVER, Deadline
from kb.engine.interface import Engine
from kb.results import Suggestion
from kb.search.addresses import article_path
from kb.text.tokens import Analyzer

MAX_COMPLETIONS = 3
"""Word completions beside titles."""


class Suggestions(NamedTuple):
    """Suggestions, the best first; partial if the time allowed ran out before all words were looked at."""

    suggestions: tuple[Suggestion, ...]
    is_partial: bool = False


class Suggester:
    """Suggester over the titles and the term dictionary of one generation."""

    def __init__(self, engine: Engine, analyzer: Analyzer) -> None:
        self._engine = engine
        self._analyzer = analyzer

    def suggest(self, typed: str, limit: int, deadline: Deadline = NEVER) -> Suggestions:
        """At most `limit` suggestions; the last typed word counts as a prefix. A text without words has none."""
        words, starts, _ = self._analyzer.tokens(typed)
        if not words:
            return Suggestions(())
        before = typed[: int(starts[-1])]
        completions, is_partial = self._completions(before, words[-1], deadline) if limit > 1 else ([], False)
        titles = self._engine.titles(words, max(1, limit - len(completions)))
        suggestions = [Suggestion(title, "title", article_path(article_id)) for article_id, title in titles]
        suggestions += [Suggestion(text, "word", f"/?{urlencode({'q': text})}") for text in completions]
        return Suggestions(tuple(suggestions[:limit]), is_partial)

    def _completions(self, typed_before: str, prefix: str, deadline: Deadline) -> tuple[list[str], bool]:
        """Completed texts, and whether the deadline left words out."""
        words, is_complete = self._engine.dictionary.with_prefix(prefix, MAX_COMPLETIONS + 1, deadline)
        texts = [typed_before + word for word in words if word != prefix][:MAX_COMPLETIONS]
        return texts, not is_complete and deadline.has_passed()
