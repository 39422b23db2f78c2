"""Links to a passage: an article's address with a text fragment (`#:~:text=`) that only this passage answers to.

Source: WICG "URL Fragment Text Directives", section 3: `text=[prefix-,]start[,end][,-suffix]`, where `-`, `,` and `&`
are percent-encoded. A browser looks for whole words without regard to case; each part lies in one block of the page.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from kb.search.boundaries import is_inside_run
from kb.search.fitting import Passage
from kb.texts import StoredText

EDGE_WORDS = (5, 8, 12)
"""How many words of the passage's first line to try, until they stand nowhere else in the article."""

PREFIX_REACH = 64
"""How many code points before the passage its prefix is taken from: up to three words of the same line."""

_PREFIX = re.compile(r"(?<!\S)(?:\S+ ){1,3}\Z")
_ESCAPES = {chr(code): f"%{code:02X}" for code in range(128) if not re.match(r"[A-Za-z0-9_.~]", chr(code))}
"""ASCII characters that do not stand for themselves (RFC 3986, section 2.3)."""

_RESERVED = frozenset(_ESCAPES)
_PLAIN = re.compile(r"[A-Za-z0-9_.~ ]*")
"""Most parts of a link have nothing to escape but spaces."""

LONGEST_LOOKED_AT = 200_000
"""Code points of the longest article in which other places are looked for that would answer to a link."""


def passage_url(url: str, stored: StoredText, passage: Passage, text: str) -> str:
    """The address of a passage, whose text is `text`, in the page at `url`.

    The page's own address where nothing tells the passage apart.
    """
    start, end, begins, ends = passage
    if stored.length > LONGEST_LOOKED_AT or not (begins or _between_words(stored, start)):
        return url
    whole = ends or _between_words(stored, end)
    head = _head(stored, start, text, 0, whole)
    before = "" if head else _prefix(stored, start)
    if before:
        head = _head(stored, start, text, len(before), whole)
    if not head:
        return url
    tail = _tail(text[len(head) :]) if whole else ""
    return f"{url.split('#', 1)[0]}#:~:text={_directive(before, head, tail)}"


def _between_words(stored: StoredText, place: int) -> bool:
    """Whether a place in a text is in no word."""
    return not 0 < place < stored.length or not is_inside_run(stored.part(place - 1, place + 1), 1)


def _head(stored: StoredText, start: int, text: str, before: int, whole: bool) -> str:
    """The first words of a passage that stand once in the article, with so many code points before them."""
    for count in EDGE_WORDS:
        words = text.split(" ", count)
        head = text[: -1 - len(words[count])] if len(words) > count else text
        if "\n" in head:
            head = head[: head.index("\n")]
        if len(head) == len(text) and not whole:
            break
        if stored.stands_once(start - before, start + len(head)):
            return head
    return ""


def _prefix(stored: StoredText, start: int) -> str:
    """The last words before the passage in its line, with the space after them; empty if there are none."""
    low = max(0, start - PREFIX_REACH)
    match = _PREFIX.search(stored.part(low, start))
    return match.group() if match and (match.start() or not low) else ""


def _directive(before: str, head: str, tail: str) -> str:
    return (
        (f"{_encoded(before.rstrip(' '))}-," if before else "")
        + _encoded(head)
        + (f",{_encoded(tail)}" if tail else "")
    )


def _tail(rest: str) -> str:
    """Words that end a passage and stand nowhere else in what follows its head; empty if no such words are left."""
    lower = rest.lower()
    for count in EDGE_WORDS:
        tail = " ".join(rest[rest.rfind("\n") + 1 :].rsplit(" ", count)[-count:]).strip(" ")
        if tail and lower.count(tail.lower()) == 1:
            return tail
    return ""


def _encoded(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text.replace(" ", "%20")
    if text.isascii():
        reserved = _RESERVED.intersection(text)
        text = text.replace("%", "%25")
        for character in reserved:
            if character != "%":
                text = text.replace(character, _ESCAPES[character])
        return text
    # A lone surrogate cannot be encoded; the page shows another character in its place.
    return quote(text, safe="", errors="replace").replace("-", "%2D")
