"""Trees of HTML elements to plain text."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

from lxml import etree  # type: ignore[import-untyped, unused-ignore]
from lxml import html as lxml_html

from kb.articles.flow import Flow
from kb.errors import ArticleError

Element: TypeAlias = Any
"""An element of lxml, which has no type hints."""

UNSEEN = frozenset(
    """audio button canvas embed iframe math noscript object script select style svg template textarea title
    video""".split()  # noqa: SIM905 - as below
)
"""Elements whose text a reader does not see, or does not read."""

CLUTTER = UNSEEN | frozenset({"nav", "header", "footer"})
"""What stands around the text of a page, besides."""

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
_SPACE = re.compile(r"[ \t\n\r\f]+")


def parsed(page: str, *, deep: bool = False) -> Element:
    """The tree of a page, comments and instructions left out; its root is always `html`.

    Unless it may be `deep`, what is nested in more than some 250 elements is left out: other programs that take such a
    tree apart would run out of stack.
    """
    parser = lxml_html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=deep
    )
    # Bytes, because lxml refuses a string that declares an encoding of its own.
    data = page.encode("utf-8", "replace")
    try:
        return lxml_html.document_fromstring(data, parser=parser, ensure_head_body=True)
    except etree.ParserError as error:  # nothing in it but comments and the like
        raise ArticleError("no text") from error


def fragment_text(fragment: str) -> str:
    """The text of a piece of HTML, which may open or close elements that it does not hold."""
    body = parsed(f"<html><body>{fragment}").find("body")
    return "" if body is None else text_of(body, UNSEEN)


def text_of(root: Element, unseen: frozenset[str]) -> str:
    """The text below `root`, without the elements named in `unseen`."""
    flow = Flow()
    walk = etree.iterwalk(root, events=("start", "end"))
    preformatted = 0
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if tag in unseen or element.get("hidden") is not None:
                walk.skip_subtree()
                continue
            preformatted += tag in ("pre", "code")
            _open(flow, element)
            flow.add(_spaced(element.text, preformatted))
            continue
        if not (tag in unseen or element.get("hidden") is not None):
            preformatted -= tag in ("pre", "code")
            _close(flow, tag)
        if element is not root:
            flow.add(_spaced(element.tail, preformatted))
    return flow.text()


def _spaced(text: str | None, preformatted: int) -> str:
    if not text:
        return ""
    return text if preformatted else _SPACE.sub(" ", text)


def _open(flow: Flow, element: Element) -> None:
    tag = element.tag
    if tag in _BLOCKS:
        flow.block()
    elif tag in _LISTS:
        numbered = tag == "ol" or element.get("rend") == "ol"
        flow.open_list(_first_number(element) if numbered else 0)
    elif tag in _ITEMS:
        flow.item()
    elif tag in _ROWS:
        if _is_layout(element):
            flow.block()
        else:
            flow.open_row()
    elif tag in _CELLS:
        if _is_layout(element.getparent()):
            flow.block()
        else:
            flow.cell()
    elif tag == "img":
        flow.add(element.get("alt") or "")
    elif tag in ("br", "lb"):
        flow.line()


def _close(flow: Flow, tag: str) -> None:
    if tag in _BLOCKS:
        flow.block()
    elif tag in _LISTS:
        flow.close_list()
    elif tag in _ITEMS:
        flow.end_item()
    elif tag in _ROWS:
        flow.close_row()


def _first_number(element: Element) -> int:
    start = element.get("start") or "1"
    return int(start) if start.isascii() and start.isdigit() and len(start) < 10 else 1


def _is_layout(row: Element | None) -> bool:
    """Whether a row of a table only places things on the page, as in pages from before style sheets."""
    if row is None or next(row.iter(*_LAYOUT), None) is not None:
        return True
    return any(len(cell.findall("p")) > 1 for cell in row)
