"""What a browser does with a text fragment: a plain model of the search that the specification describes."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import unquote

import regex

MARKER = "#:~:text="
_UNESCAPED = regex.compile(r"[A-Za-z0-9_.~%,-]*")


class Directive(NamedTuple):
    prefix: str | None
    start: str
    end: str | None


def directive_of(url: str) -> Directive | None:
    """The parts of a link's text fragment, decoded; None for a plain link."""
    address, marker, value = url.partition(MARKER)
    assert "#" not in address, url
    if not marker:
        return None
    assert _UNESCAPED.fullmatch(value), f"not percent-encoded: {value}"
    assert not regex.search(r"%(?![0-9A-F]{2})", value), value
    prefix = None
    parts = value.split(",")
    if parts[0].endswith("-"):
        prefix = unquote(parts.pop(0)[:-1], errors="strict")
    assert 1 <= len(parts) <= 2, value
    assert not any("-" in part for part in parts), f"a hyphen that is not encoded: {value}"
    decoded = [unquote(part, errors="strict") for part in parts]
    return Directive(prefix, decoded[0], decoded[1] if len(decoded) > 1 else None)


def ranges(text: str, directive: Directive) -> list[tuple[int, int]]:
    """Every stretch of the text that answers to a directive, a browser taking the nearest end after each start."""
    found = []
    for start, finish in _occurrences(text, directive.start):
        if directive.prefix is not None and not any(
            end <= start and not text[end:start].strip() for _, end in _occurrences(text, directive.prefix)
        ):
            continue
        if directive.end is None:
            found.append((start, finish))
        elif ends := [end for begin, end in _occurrences(text, directive.end) if begin >= finish]:
            found.append((start, ends[0]))
    return found


def _occurrences(text: str, wanted: str) -> list[tuple[int, int]]:
    """Where words stand in one block, as whole words, without regard to case."""
    pattern = regex.compile(regex.escape(wanted).replace(r"\ ", " "), regex.IGNORECASE)
    spans = [match.span() for match in pattern.finditer(text, overlapped=True)]
    return [(a, b) for a, b in spans if "\n" not in text[a:b] and not _in_word(text, a) and not _in_word(text, b)]


def _in_word(text: str, offset: int) -> bool:
    around = text[max(0, offset - 1) : offset + 1]
    return (
        0 < offset < len(text)
        and regex.fullmatch(r"[\p{L}\p{N}\p{M}--\p{Han}--\p{Hiragana}--\p{Katakana}]{2}", around, regex.V1) is not None
    )
