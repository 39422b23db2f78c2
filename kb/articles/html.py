"""HTML pages: the main text as trafilatura finds it, or all visible text where it finds none."""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from typing import Any

from kb.articles.cleaning import tidy
from kb.articles.element_text import CLUTTER, UNSEEN, Element, parsed, text_of
from kb.articles.footer import split_footer
from kb.articles.manuscript import Manuscript, without_repeated_title

# The day as the page's own metadata says it; a day found somewhere in the text may be any day. The bounds are wide, so
# that the same page gives the same article whenever it is read.
_DATE_SEARCH = {
    "extensive_search": False,
    "original_date": True,
    "min_date": "1000-01-01",
    "max_date": "9999-12-31",
}
_ENOUGH = 250
"""Characters of a main text worth the name; trafilatura's own measure."""

_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.I)


def read_html(page: str) -> Manuscript:
    """The manuscript of an HTML page."""
    page = _XML_DECLARATION.sub("", page)
    tree = parsed(page)
    around = _page_footer(tree)
    language = _language(tree)
    headline = next((text for h in tree.iter("h1") if (text := tidy(text_of(h, UNSEEN)))), "")
    visible = _visible_text(tree) or _visible_text(parsed(page, deep=True))
    found = _extracted(tree)  # takes the tree apart, so it comes last
    body = split_footer(_main_text(found) or visible)
    title = (found and found.title) or headline
    return Manuscript(
        title=title,
        text=without_repeated_title(body.text, title),
        url=(found and found.url) or "",
        site=(found and found.sitename) or body.site or around.site or "",
        author=((found and found.author) or "").replace("; ", ", "),
        published=(found and found.date) or body.year or around.year or "",
        tags=tuple(tag for entry in _keywords(found) for tag in re.split("[,;]", entry)),
        language=language,
        summary=(found and found.description) or "",
    )


@lru_cache(maxsize=1)
def _extractor() -> Any:
    # Imported with the first page: it takes half a second, and many archives have no pages.
    import trafilatura

    # What it has to say about a page, it says to its log; what counts is in the result.
    for name in ("trafilatura", "htmldate"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return trafilatura.bare_extraction


def _extracted(tree: Element) -> Any:
    return _extractor()(
        tree,
        with_metadata=True,
        include_comments=False,
        include_tables=True,
        date_extraction_params=_DATE_SEARCH,
    )


def _keywords(found: Any) -> list[str]:
    return [*(found.tags or ()), *(found.categories or ())] if found is not None else []


def _main_text(found: Any) -> str:
    """The main text of the page, if trafilatura found enough of it; below that it returns the page with all clutter."""
    text = tidy(text_of(found.body, frozenset())) if found is not None and found.body is not None else ""
    return text if len(text) >= _ENOUGH else ""


def _visible_text(tree: Element) -> str:
    """The text of the page's only main element or article, or else of the whole page, without what stands around it."""
    named = next((found for tag in ("main", "article") if len(found := list(tree.iter(tag))) == 1), [])
    root = named[0] if named else tree.find("body")
    return "" if root is None else tidy(text_of(root, CLUTTER))


def _page_footer(tree: Element) -> Any:
    """What the end of the whole page tells: there the footer's element is not clutter."""
    body = tree.find("body")
    return split_footer("" if body is None else tidy(text_of(body, UNSEEN)))


def _language(tree: Element) -> str:
    declared = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or tree.get("xml:lang")
    if declared:
        return str(declared)
    metas = tree.iterfind(".//meta[@http-equiv]")
    return next(
        (meta.get("content") or "" for meta in metas if meta.get("http-equiv").lower() == "content-language"), ""
    )
