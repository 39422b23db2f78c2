"""What somebody who has typed this much may be looking for: titles that have these words, then words that begin so."""

from __future__ import annotations

from urllib.parse import urlencode

from kb.engine.interface import Engine
from kb.results import Suggestion
from kb.search.addresses import article_path
from kb.text.tokens import Analyzer

MOST_WORDS = 3
"""Words suggested besides titles."""


class Suggester:
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
        titles = self._engine.titles(words, max(1, limit - len(completions)))
        found = [Suggestion(title, "title", article_path(article_id)) for article_id, title in titles]
        found += [Suggestion(text, "word", f"/?{urlencode({'q': text})}") for text in completions]
        return tuple(found[:limit])

    def _completions(self, before: str, last: str) -> list[str]:
        found, _ = self._engine.dictionary.with_prefix(last, MOST_WORDS + 1)
        return [before + word for word in found if word != last][:MOST_WORDS]
