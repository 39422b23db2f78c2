"""Searches before the service begins, so that its workers need not each load what they can have from the process that
they are forked from: the modules, and the machine code of the compiled loops.
"""

from __future__ import annotations

import logging
from contextlib import closing

from kb.compiled import load, loops
from kb.errors import IndexFailure
from kb.search.live import open_index
from kb.search.searcher import Searcher
from kb.settings import Settings

_TITLES = 3
"""How many titles are searched for."""

_log = logging.getLogger("kb.search")


def warm_up(settings: Settings) -> None:
    """Afterwards all that searching the current index takes has been loaded, and none of the index is open.

    A rehearsal that fails changes nothing: who comes to search is told why by whom they ask.
    """
    try:
        load(loops())
        with closing(open_index(settings.index, settings)) as searcher:
            _search_as_people_do(searcher)
    except IndexFailure:
        # There is no index yet, or it is damaged: the workers find that out, and look again.
        pass
    except Exception:
        _log.exception("the rehearsal failed")


def _search_as_people_do(searcher: Searcher) -> None:
    """Searches of every kind, for titles, so that something is found and shown whatever the language."""
    for hit in searcher.search("", facets=["year"], sort="title", limit=_TITLES).hits:
        words = hit.title.split()
        searcher.search(hit.title, typing=True)
        searcher.search(f'"{" ".join(words[:2])}" {words[-1]}' if words else "", snippets=2)
        searcher.top(hit.title)
        searcher.suggest(hit.title[:3])
        # In small letters no word is an operator of the language; it wants two of them before a star.
        for word in [word.lower() for word in words if word.isalpha() and len(word) > 2][:1]:
            searcher.search(f"{word[:4]}* OR {word[:2]}?* OR {word}~", mode="staff")
