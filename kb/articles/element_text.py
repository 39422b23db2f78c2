"""Trees of HTML elements to plain text."""

from __future__ import annotations

import re
from typing import Any, NamedTuple, TypeAlias

from lxml import etree  # type: ignore[import-untyped, unused-ignore]
from lxml import html as lxml_html

from kb.articles.flow import Flow
from kb.articles.tags import text_between_tags, with_few_attributes
from kb.errors import ArticleError

Element: TypeAlias = Any
"""An element of lxml, a package without type hints."""

INVISIBLE = frozenset(
    """audio button canvas embed iframe math noscript object script select style svg template textarea title
    video""".split()  # noqa: SIM905 - as below
)
"""Elements whose text is not seen, or not read, on the page."""

CLUTTER = INVISIBLE | frozenset({"nav", "header", "footer"})
"""Invisible elements, and elements around the main text of a page."""

_BLOCKS = frozenset(
    """address article aside blockquote body caption center code-block dd details dialog div dl dt fieldset figcaption
    figure footer form h1 h2 h3 h4 h5 h6 head header hr legend main nav p pre quote section summary table tbody tfoot
    thead""".split()  # noqa: SIM905 - a paragraph reads better than fifty quoted words
)
_LISTS = frozenset({"ul", "ol", "menu", "list"})
_ITEMS = frozenset({"li", "item"})
_ROWS = frozenset({"tr", "row"})
_CELLS = frozenset({"td", "th", "cell"})
_LAYOUT = ("table", "div", "ul", "ol", "list", "h1", "h2", "h3", "head")
MAX_DEPTH = 2000
"""Depth of a tree that is parsed whole; libxml2's own limit is a little more."""

_SPACE = re.compile(r"[ \t\n\r\f]+")


def parse(page: str, *, deep: bool = False) -> Element:
    """The tree of a page without comments and processing instructions; the root is always `html`.

    Unless `deep`, all behind a depth of some 250 elements is dropped, because trafilatura would exhaust the stack; in
    any case, all behind a depth of MAX_DEPTH may be missing.
    Raises ArticleError for a page without elements.
    """
    parser = lxml_html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=deep
    )
    # Bytes, because lxml refuses a string with an encoding declaration.
    data = with_few_attributes(page).encode("utf-8", "replace")
    try:
        return lxml_html.document_fromstring(data, parser=parser, ensure_head_body=True)
    except etree.ParserError as error:  # nothing but comments and the like
        raise ArticleError("no text") from error


class Extent(NamedTuple):
    """Extent of a tree.

    elements  number of elements
    depth     of the deepest element
    width     most children of an element
    """

    elements: int
    depth: int
    width: int


def extent_of(tree: Element) -> Extent:
    """The extent of a tree."""
    elements = depth = width = 0
    children = [0]  # of each open element, and of none
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        if event == "start":
            elements += 1
            children[-1] += 1
            children.append(0)
            depth = max(depth, len(children) - 1)
        else:
            width = max(width, children.pop())
    return Extent(elements, depth, width)


def fragment_text(fragment: str) -> str:
    """The text of a piece of HTML, perhaps with unbalanced tags."""
    page = f"<html><body>{fragment}"
    tree = parse(page, deep=True)
    if extent_of(tree).depth >= MAX_DEPTH:
        return text_between_tags(page, INVISIBLE)
    body = tree.find("body")
    return "" if body is None else text_of(body, INVISIBLE)


def text_of(root: Element, invisible: frozenset[str]) -> str:
    """The text below `root`, without hidden elements and the tags `invisible`."""
    flow = Flow()
    layouts: dict[Element, bool] = {}
    walk = etree.iterwalk(root, events=("start", "end"))
    preformatted = 0
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if tag in invisible or element.get("hidden") is not None:
                walk.skip_subtree()
                continue
            preformatted += tag in ("pre", "code")
            _open(flow, element, layouts)
            flow.add(_spaced(element.text, preformatted))
            continue
        if not (tag in invisible or element.get("hidden") is not None):
            preformatted -= tag in ("pre", "code")
            _close(flow, tag)
        if element is not root:
            flow.add(_spaced(element.tail, preformatted))
        layouts.pop(element, None)
    return flow.text()


def _spaced(text: str | None, preformatted: int) -> str:
    if not text:
        return ""
    return text if preformatted else _SPACE.sub(" ", text)


def _open(flow: Flow, element: Element, layouts: dict[Element, bool]) -> None:
    """Write the beginning of an element; `layouts` keeps for each open row whether it is page layout."""
    tag = element.tag
    if tag in _BLOCKS:
        flow.block()
    elif tag in _LISTS:
        is_ordered = tag == "ol" or element.get("rend") == "ol"
        flow.open_list(_first_ordinal(element) if is_ordered else 0)
    elif tag in _ITEMS:
        flow.item()
    elif tag in _ROWS or tag in _CELLS:
        _open_in_table(flow, element, layouts)
    elif tag == "img":
        flow.add(element.get("alt") or "")
    elif tag in ("br", "lb"):
        flow.line()


def _open_in_table(flow: Flow, element: Element, layouts: dict[Element, bool]) -> None:
    row = element if element.tag in _ROWS else element.getparent()
    if row not in layouts:
        layouts[row] = _is_layout(row)
    if layouts[row]:
        flow.block()
    elif row is element:
        flow.open_row()
    else:
        flow.cell()


def _close(flow: Flow, tag: str) -> None:
    if tag in _BLOCKS:
        flow.block()
    elif tag in _LISTS:
        flow.close_list()
    elif tag in _ITEMS:
        flow.end_item()
    elif tag in _ROWS:
        flow.close_row()


def _first_ordinal(element: Element) -> int:
    start = element.get("start") or "1"
    return int(start) if start.isascii() and start.isdigit() and len(start) < 10 else 1


def _is_layout(row: Element | None) -> bool:
    """Whether a row of a table is page layout, not data, as in pages from before style sheets."""
    if row is None or next(row.iter(*_LAYOUT), None) is not None:
        return True
    return any(len(cell.findall("p")) > 1 for cell in row)
