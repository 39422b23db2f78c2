"""Links to a passage: an article's address with a text fragment (`#:~:text=`) that only this passage answers to.

Source: WICG "URL Fragment Text Directives", section 3: `text=[prefix-,]start[,end][,-suffix]`, where `-`, `,` and `&`
are percent-encoded. A browser looks for whole words without regard to case; each part lies in one block of the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from kb.search.boundaries import is_inside_run

EDGE_WORDS = (5, 8, 12)
"""How many words of the passage's first line to try, until they stand nowhere else in the article."""

PREFIX_WORDS = 3

_ESCAPES = {code: f"%{code:02X}" for code in range(128) if not (chr(code).isalnum() or chr(code) in "_.~")}
"""What each ASCII character is written as, but for those that stand for themselves (RFC 3986, section 2.3)."""

LONGEST_LOOKED_AT = 200_000
"""Code points of the longest article that is read through for other places that would answer to a link."""


def passage_url(url: str, text: str, start: int, end: int) -> str:
    """The address of `text[start:end]` in the page at `url`; the page's own address where nothing tells it apart."""
    passage = text[start:end]
    first_line = passage.split("\n", 1)[0].split(" ")
    if len(text) > LONGEST_LOOKED_AT or not passage.strip() or is_inside_run(text, start):
        return url
    lower = text.lower()
    prefix = _words_before(text, start)
    for before in ([], prefix):
        for words in EDGE_WORDS:
            head = first_line[:words]
            whole = len(head) < len(first_line) or len(" ".join(head)) < len(passage) or not is_inside_run(text, end)
            if whole and _stands_once(lower, [*before, *head]):
                tail = [] if is_inside_run(text, end) else _tail(passage, len(" ".join(head)))
                return f"{url.split('#', 1)[0]}#:~:text={_directive(before, head, tail)}"
    return url


def _directive(before: list[str], head: list[str], tail: list[str]) -> str:
    return (f"{_encoded(before)}-," if before else "") + _encoded(head) + (f",{_encoded(tail)}" if tail else "")


def _tail(passage: str, after: int) -> list[str]:
    """Words that end the passage and stand nowhere else in it after its head; none if no such words are left."""
    rest = passage[after:].lower()
    last_line = passage[after:].rsplit("\n", 1)[-1].split(" ")
    for words in EDGE_WORDS:
        tail = [word for word in last_line[-words:] if word]
        if tail and _stands_once(rest, tail):
            return tail
    return []


def _stands_once(lower: str, words: Sequence[str]) -> bool:
    wanted = " ".join(words).lower()
    place = lower.find(wanted)
    return place >= 0 and lower.find(wanted, place + 1) < 0


def _words_before(text: str, start: int) -> list[str]:
    """The words between the beginning of the line, or a little before the passage, and the passage."""
    line = text[text.rfind("\n", max(0, start - 200), start) + 1 : start] if start <= 200 else text[start - 200 : start]
    words = line.rsplit("\n", 1)[-1].split()
    return words[-PREFIX_WORDS:] if start <= 200 or len(words) > PREFIX_WORDS or "\n" in line else []


def _encoded(words: list[str]) -> str:
    text = " ".join(words)
    if text.isascii():
        return text.translate(_ESCAPES)
    # A lone surrogate cannot be encoded; the page shows another character in its place.
    return quote(text, safe="", errors="replace").replace("-", "%2D")
