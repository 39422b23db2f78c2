"""Warm-up: search before the workers are forked, so that modules and machine code are loaded once and shared."""

from __future__ import annotations

import logging
from contextlib import closing
from functools import partial
from pathlib import Path

from kb.compiled import load, loops
from kb.errors import IndexFailure
from kb.search.live import open_generation
from kb.search.searcher import Searcher
from kb.settings import Settings
from kb.storage.generations import Generations
from kb.storage.opening import open_best
from kb.text.tokens import Analyzer

_TITLES = 3
"""Titles to search for."""

_log = logging.getLogger("kb.search")


def warm_up(settings: Settings) -> None:
    """Load the modules and compiled loops of a search, and close the index again.

    A failure is logged at most: the first request meets the same error and reports the cause.
    """
    try:
        load(loops())
        opening = partial(open_generation, settings=settings, analyzer=Analyzer(settings.language))
        # A substitute for a damaged generation will do, without a word: each worker that opens one says so.
        with closing(open_best(Generations(Path(settings.index)), opening).opened) as searcher:
            _search_in_every_way(searcher)
    except IndexFailure:
        # Without an index, or with a damaged one, each worker refreshes until a generation can be opened.
        pass
    except Exception:
        _log.exception("the warm-up failed")


def _search_in_every_way(searcher: Searcher) -> None:
    """Searches of every kind for titles of the index, which have hits in any language."""
    for hit in searcher.search("", facets=["year"], sort="title", limit=_TITLES).hits:
        words = hit.title.split()
        searcher.search(hit.title, typing=True)
        searcher.search(f'"{" ".join(words[:2])}" {words[-1]}' if words else "", snippets=2)
        searcher.top(hit.title)
        searcher.suggest(hit.title[:3])
        # Operators are upper case, and a wildcard needs two leading letters.
        for word in [word.lower() for word in words if word.isalpha() and len(word) > 2][:1]:
            searcher.search(f"{word[:4]}* OR {word[:2]}?* OR {word}~", mode="staff")
