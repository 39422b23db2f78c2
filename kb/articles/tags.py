"""Tags of HTML as text, for pages beyond libxml2's limits of size and time.

libxml2 compares each attribute of a tag with all attributes before, and drops elements nested deeper than some 2,000.
"""

from __future__ import annotations

import html
import re

MAX_ATTRIBUTES = 500
_SPACE = re.compile(r"[ \t\n\r\f]++")

_TAG = re.compile(r"""<[a-zA-Z][^\s>/]*+(?:[^>"']++|"[^"]*+"|'[^']*+')*+""")
_ATTRIBUTE = re.compile(r"""[^\s"'>/=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"']*+))?""")


_ANY_TAG = re.compile(
    r"""<!--(?:(?!-->).)*+(?:-->|\Z)|<[!?][^>]*+>|</?(?P<name>[a-zA-Z][a-zA-Z0-9]*+)"""
    r"""(?:[^>"']++|"[^"]*+"|'[^']*+')*+>""",
    re.S,
)
_VOID = frozenset({"embed"})
"""Of the elements without visible text those without an end tag."""

_BREAKS = frozenset({"br", "tr", "li"})
_NO_TEXT = frozenset({"script", "style"})
_WITHIN_LINES = frozenset(
    """a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd label mark nobr q s samp small span strike
    strong sub sup tt u var wbr""".split()  # noqa: SIM905 - a paragraph reads better than many quoted words
)


def text_between_tags(page: str, invisible: frozenset[str]) -> str:
    """The text of a page with elements of any depth, without the text between the tags `invisible`."""
    parts: list[str] = []
    end = 0
    hidden = ""
    for tag in _ANY_TAG.finditer(page):
        if not hidden:
            parts.append(_SPACE.sub(" ", page[end : tag.start()]))
        end = tag.end()
        name = (tag["name"] or "").lower()
        is_closing = tag[0].startswith("</")
        if hidden:
            # The end tag of the head is optional.
            ends = (is_closing and name == hidden) or (hidden == "head" and name == "body")
            hidden = "" if ends else hidden
        elif name in invisible:
            hidden = "" if is_closing or name in _VOID or tag[0].endswith("/>") else name
        elif name and name not in _WITHIN_LINES:
            parts.append("\n" if name in _BREAKS else "\n\n")
    if hidden and hidden not in _NO_TEXT:
        # Never closed: it would hide the rest of the page.
        return text_between_tags(page, invisible - {hidden})
    if not hidden:
        parts.append(_SPACE.sub(" ", page[end:]))
    return html.unescape("".join(parts))


def with_few_attributes(page: str) -> str:
    """The page, with the first `MAX_ATTRIBUTES` attributes of each tag alone; attributes are no text."""
    return _TAG.sub(_shortened, page)


def _shortened(tag: re.Match[str]) -> str:
    text = tag[0]
    if len(text) < 2 * MAX_ATTRIBUTES:
        return text
    for count, attribute in enumerate(_ATTRIBUTE.finditer(text, 1)):
        if count == MAX_ATTRIBUTES:  # the first match is the name
            return text[: attribute.end()]
    return text
