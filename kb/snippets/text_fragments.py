"""Links to passages: an article's address with a text fragment (`#:~:text=`) that only this passage answers to.

Source: WICG "URL Fragment Text Directives", section 3: `text=[prefix-,]start[,end][,-suffix]`, where `-`, `,` and `&`
are percent-encoded. A browser looks for whole words without regard to case; each part lies in one block of the page.
"""

from __future__ import annotations

import numpy as np

from kb.compiled import inner
from kb.text.characters import is_space

EDGE_WORDS = (5, 8, 12)
"""How many words at each end of the passage to try, in one line, until they stand nowhere else: those at its beginning
in the article, those at its end in what follows these."""

PREFIX_REACH = 64
"""How many code points before the passage its prefix is taken from: up to three words of the same line."""

LONGEST_LOOKED_AT = 200_000
"""Code points of the longest article in which other places are looked for that would answer to a link."""

_PREFIX_WORDS = 3
_MARKER = tuple(b"#:~:text=")
_NEW_LINE, _SPACE, _MINUS, _COMMA, _PERCENT, _REPLACEMENT = b"\n -,%?"
_LONGEST_ENCODED = 12


@inner
def most_fragments(points: int, passages: int) -> int:
    """How many characters the fragments of passages of so many code points can have."""
    return _LONGEST_ENCODED * points + (len(_MARKER) + 3) * passages


@inner
def with_fragment(
    link: np.ndarray,
    count: int,
    points: np.ndarray,
    low: int,
    begin: int,
    end: int,
    is_whole: bool,
    words: tuple[np.ndarray, np.ndarray, int],
) -> int:
    """Writes the fragment that leads to the passage `points[begin:end]`, or nothing where none tells it apart.

    It goes behind the first `count` characters of `link`, and the result is how many there are then. From `low` on is
    what stands before the passage in the article. `is_whole` says that it does not end in the middle of a word. `words`
    are the tokens of the article, where they begin in it, and how much further on that is than in `points`.
    """
    prefix, head = begin, _head_end(points, begin, begin, end, is_whole, words)
    if head < 0:
        prefix = _prefix(points, low, begin, low + words[2] == 0)
        head = _head_end(points, prefix, begin, end, is_whole, words) if prefix < begin else -1
    if head < 0:
        return count
    for character in _MARKER:
        link[count] = character
        count += 1
    if prefix < begin:
        count = _with_part(link, count, points, prefix, _without_spaces(points, prefix, begin))
        link[count], link[count + 1] = _MINUS, _COMMA
        count += 2
    count = _with_part(link, count, points, begin, head)
    tail, last = _tail(points, head, end, words) if is_whole else (end, end)
    if tail < last:
        link[count] = _COMMA
        count = _with_part(link, count + 1, points, tail, last)
    return count


@inner
def _prefix(points: np.ndarray, low: int, begin: int, is_start: bool) -> int:
    """Where the last words before a passage in its line begin; `begin` if there are none.

    `is_start` says that the text begins at `low`: else the word there may be cut off.
    """
    place = begin
    for _ in range(_PREFIX_WORDS):
        word = place - 1
        if word < low or points[word] != _SPACE:
            break
        while word > low and not is_space(points[word - 1]):
            word -= 1
        if word == place - 1 or (word == low and not is_start):
            break
        place = word
    return place


@inner
def _head_end(
    points: np.ndarray, prefix: int, begin: int, end: int, is_whole: bool, words: tuple[np.ndarray, np.ndarray, int]
) -> int:
    """Where the first words of a passage end that stand once in the article, with what is before them; -1 for none."""
    place, spaces = begin, 0
    for count in EDGE_WORDS:
        while place < end and points[place] != _NEW_LINE and spaces < count:
            spaces += points[place] == _SPACE
            place += 1
        head = place - 1 if spaces == count else place
        if head == end and not is_whole:
            break
        if _stands_once(words, 0, len(words[0]), prefix, head):
            return head
    return -1


@inner
def _tail(points: np.ndarray, begin: int, end: int, words: tuple[np.ndarray, np.ndarray, int]) -> tuple[int, int]:
    """Where the last words of a passage begin and end that stand nowhere else from `begin` on; two equal for none."""
    place, spaces = end, 0
    last = _without_spaces(points, begin, end)
    _, starts, shift = words
    first = int(np.searchsorted(starts, np.uint32(begin + shift)))
    every = int(np.searchsorted(starts, np.uint32(end + shift)))
    for count in EDGE_WORDS:
        while place > begin and points[place - 1] != _NEW_LINE and spaces < count:
            spaces += points[place - 1] == _SPACE
            place -= 1
        tail = place + 1 if spaces == count else place
        while tail < last and points[tail] == _SPACE:
            tail += 1
        if _stands_once(words, first, every, tail, last):
            return tail, last
    return end, end


@inner
def _without_spaces(points: np.ndarray, begin: int, end: int) -> int:
    while end > begin and points[end - 1] == _SPACE:
        end -= 1
    return end


@inner
def _stands_once(words: tuple[np.ndarray, np.ndarray, int], first: int, last: int, begin: int, end: int) -> bool:
    """Whether the words of a stretch of points stand nowhere else among the tokens `first:last` one after the other.

    Not if there are none.
    """
    tokens, starts, shift = words
    own = np.searchsorted(starts, np.uint32(begin + shift))
    count = np.searchsorted(starts, np.uint32(end + shift)) - own
    found = 0
    for place in range(first, last - count + 1):
        same = 0
        while same < count and tokens[place + same] == tokens[own + same]:
            same += 1
        found += same == count
    return bool(count > 0 and found == 1)


@inner
def _with_part(link: np.ndarray, count: int, points: np.ndarray, begin: int, end: int) -> int:
    """Writes code points as a part of a link: those that do not stand for themselves as their UTF-8 bytes in hex."""
    for place in range(begin, end):
        point = points[place]
        if point < 0x80 and _is_unreserved(point):
            link[count] = point
            count += 1
        elif point < 0x80:
            count = _with_byte(link, count, point)
        elif point < 0x800:
            count = _with_byte(link, count, 0xC0 | point >> 6)
            count = _with_byte(link, count, 0x80 | point & 0x3F)
        elif 0xD800 <= point <= 0xDFFF:
            # A lone surrogate cannot be encoded; the page shows another character in its place.
            count = _with_byte(link, count, _REPLACEMENT)
        else:
            if point < 0x10000:
                count = _with_byte(link, count, 0xE0 | point >> 12)
            else:
                count = _with_byte(link, count, 0xF0 | point >> 18)
                count = _with_byte(link, count, 0x80 | point >> 12 & 0x3F)
            count = _with_byte(link, count, 0x80 | point >> 6 & 0x3F)
            count = _with_byte(link, count, 0x80 | point & 0x3F)
    return count


@inner
def _is_unreserved(point: int) -> bool:
    """Whether an ASCII character stands for itself (RFC 3986, section 2.3); `-` means something in a fragment."""
    letter = point | 0x20
    return 97 <= letter <= 122 or 48 <= point <= 57 or point == 46 or point == 95 or point == 126


@inner
def _with_byte(link: np.ndarray, count: int, byte: int) -> int:
    link[count], link[count + 1], link[count + 2] = _PERCENT, _digit(byte >> 4), _digit(byte & 0xF)
    return count + 3


@inner
def _digit(value: int) -> int:
    """The character of a hexadecimal digit."""
    return 48 + value if value < 10 else 55 + value
