"""Links to a passage: an article's address with a text fragment (`#:~:text=`) that only this passage answers to.

Source: WICG "URL Fragment Text Directives", section 3: `text=[prefix-,]start[,end][,-suffix]`, where `-`, `,` and `&`
are percent-encoded. A browser looks for whole words without regard to case; each part lies in one block of the page.
"""

from __future__ import annotations

from urllib.parse import quote

EDGE_WORDS = (5, 8, 12)
"""How many words of the passage's first line to try, until they stand nowhere else in the article."""

PREFIX_WORDS = 3


def passage_url(url: str, text: str, start: int, end: int) -> str:
    """The address of `text[start:end]` in the page at `url`; the page's own address where nothing tells it apart."""
    first_line = text[start:end].strip().split("\n", 1)[0].split()
    if not first_line:
        return url
    lower = text.lower()
    prefix = _line_before(text, start)[-PREFIX_WORDS:]
    for before in ([], prefix):
        for words in EDGE_WORDS:
            head = first_line[:words]
            if lower.count(" ".join([*before, *head]).lower()) == 1:
                return f"{url.split('#', 1)[0]}#:~:text={_directive(before, head, text[start:end])}"
    return url


def _directive(before: list[str], head: list[str], passage: str) -> str:
    last_line = passage.strip().rsplit("\n", 1)[-1].split()
    tail = last_line[-EDGE_WORDS[0] :] if len(passage.split()) >= len(head) + EDGE_WORDS[0] else []
    prefix = f"{_encoded(before)}-," if before else ""
    return prefix + _encoded(head) + (f",{_encoded(tail)}" if tail else "")


def _line_before(text: str, start: int) -> list[str]:
    """The words between the beginning of the line and the passage."""
    return text[text.rfind("\n", 0, start) + 1 : start].split()


def _encoded(words: list[str]) -> str:
    return quote(" ".join(words), safe="").replace("-", "%2D")
