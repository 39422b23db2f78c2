"""HTML pages: the main text extracted by trafilatura or, without a main text, all visible text."""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from itertools import islice
from typing import Any

from kb.articles.cleaning import tidy
from kb.articles.element_text import CLUTTER, INVISIBLE, MAX_DEPTH, Element, Extent, extent_of, parse, text_of
from kb.articles.footer import split_footer
from kb.articles.manuscript import Manuscript, without_repeated_title
from kb.articles.tags import text_between_tags

_DATE_SEARCH = {
    "extensive_search": False,
    "original_date": True,
    "min_date": "1000-01-01",
    "max_date": "9999-12-31",
}
"""Search for the date in the page's metadata only: a date in the text may be any date. The bounds are wide, because the
default, today, would make the article depend on the day of reading."""

_MIN_MAIN_TEXT = 250
"""Characters of the shortest main text; trafilatura's own measure."""

MAX_ELEMENTS = 100_000
"""Elements of a page for trafilatura, at some 40 microseconds and 2 KB each."""

MAX_CHILDREN = 5_000
"""Children of an element for trafilatura, which counts them again for each."""

_MANY_ELEMENTS = 10_000
"""Elements of a page with a second opinion."""

_TRUSTED_DEPTH = 100
"""Depth of a page whose main part is looked for; in deeper pages elements are not closed, as in very old ones."""

_HIDDEN = CLUTTER | {"head"}
_HEADINGS = 20
"""First headings of a page that are looked at for a title."""

_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.I)


def read_html(page: str) -> Manuscript:
    """The manuscript of an HTML page."""
    page = _XML_DECLARATION.sub("", page)
    tree = parse(page, deep=True)
    page_footer = _page_footer(tree)
    language = _language(tree)
    headline = _headline(tree)
    extent = extent_of(tree)
    visible = _visible_text(tree) if extent.depth < MAX_DEPTH else tidy(text_between_tags(page, _HIDDEN))
    extracted, main_text, remarks = _main_part(page, tree, extent)
    body = split_footer(main_text or visible)
    title = (extracted and extracted.title) or headline
    return Manuscript(
        title=title,
        text=without_repeated_title(body.text, title),
        url=(extracted and extracted.url) or "",
        site=(extracted and extracted.sitename) or body.site or page_footer.site or "",
        author=((extracted and extracted.author) or "").replace("; ", ", "),
        published=(extracted and extracted.date) or body.year or page_footer.year or "",
        tags=tuple(tag for entry in _keywords(extracted) for tag in re.split("[,;]", entry)),
        language=language,
        summary=(extracted and extracted.description) or "",
        remarks=remarks,
    )


def _main_part(page: str, tree: Element, extent: Extent) -> tuple[Any, str, tuple[str, ...]]:
    """(document of trafilatura, main text or an empty string, remarks); the tree is taken apart."""
    if extent.elements > MAX_ELEMENTS or extent.width > MAX_CHILDREN:
        body = tree.find("body")
        if body is not None:
            body.clear()
        cause = f"{extent.elements:,} elements, and {extent.width:,} in one element"
        remark = f"all its text is read, not the main part alone, because it has {cause}"
        return _extract(tree, fast=True), "", (remark,)
    if extent.depth > _TRUSTED_DEPTH:
        # trafilatura sees a part of the text, and finds a part of what it sees.
        return _extract(parse(page), fast=True), "", ()
    extracted = _extract(tree, fast=extent.elements > _MANY_ELEMENTS)
    return extracted, _main_text(extracted), ()


def _headline(tree: Element) -> str:
    """The text of the first heading with any, among the first few."""
    headings = islice(tree.iter("h1"), _HEADINGS)
    return next((text for heading in headings if (text := tidy(text_of(heading, INVISIBLE)))), "")


@lru_cache(maxsize=1)
def _extractor() -> Any:
    # Imported with the first page: the import takes half a second, and many archives have no pages.
    import trafilatura

    # Its log, a line for every odd page, adds nothing to the result.
    for name in ("trafilatura", "htmldate"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return trafilatura.bare_extraction


def _extract(tree: Element, *, fast: bool) -> Any:
    """The main part by trafilatura; `fast`: without a second opinion, which takes quadratic time."""
    return _extractor()(
        tree,
        fast=fast,
        with_metadata=True,
        include_comments=False,
        include_tables=True,
        date_extraction_params=_DATE_SEARCH,
    )


def _keywords(extracted: Any) -> list[str]:
    return [*(extracted.tags or ()), *(extracted.categories or ())] if extracted is not None else []


def _main_text(extracted: Any) -> str:
    """The main text, empty if shorter than `_MIN_MAIN_TEXT`: trafilatura then returns the page with all clutter."""
    has_body = extracted is not None and extracted.body is not None
    text = tidy(text_of(extracted.body, frozenset())) if has_body else ""
    return text if len(text) >= _MIN_MAIN_TEXT else ""


def _visible_text(tree: Element) -> str:
    """The text of the page's only `main` or only `article`, or else of the whole page, without clutter."""
    named = next((elements for tag in ("main", "article") if len(elements := list(tree.iter(tag))) == 1), [])
    root = named[0] if named else tree.find("body")
    return "" if root is None else tidy(text_of(root, CLUTTER))


def _page_footer(tree: Element) -> Any:
    """The copyright footer of the whole page, including the element `footer`."""
    body = tree.find("body")
    return split_footer("" if body is None else tidy(text_of(body, INVISIBLE)))


def _language(tree: Element) -> str:
    declared = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or tree.get("xml:lang")
    if declared:
        return str(declared)
    metas = tree.iterfind(".//meta[@http-equiv]")
    return next(
        (meta.get("content") or "" for meta in metas if meta.get("http-equiv").lower() == "content-language"), ""
    )
