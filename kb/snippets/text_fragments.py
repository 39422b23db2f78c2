"""Text fragments (`#:~:text=`): the part of a link by which a browser finds a passage in an article.

Source: WICG "URL Fragment Text Directives", section 3: `text=[prefix-,]start[,end][,-suffix]`, where `-`, `,` and `&`
are percent-encoded. A browser looks for whole words without regard to case; each part lies in one block of the page.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kb.compiled import inner, signed
from kb.snippets.lower_bound import lower_bound
from kb.text.characters import is_space

EDGE_WORDS = (5, 8, 12)
"""Words to try at each end of the passage, in one line, until the words are unique: the first words in the article, the
last words in the rest of the passage."""

PREFIX_REACH = 64
"""Code points before the passage that may become a prefix: up to three words of the same line."""

_PREFIX_WORDS = 3
_MARKER = tuple(b":~:text=")
_NEW_LINE, _SPACE, _MINUS, _COMMA, _PERCENT, _REPLACEMENT = b"\n -,%?"
_LONGEST_ENCODED = 12


class PassageText(NamedTuple):
    """A passage and the text before, as a slice of an array of code points."""

    points: np.ndarray
    """uint32; the passage is `points[begin:end]`."""
    low: int
    """Index where the text before the passage begins."""
    begin: int
    end: int
    shift: int
    """Offset in the article less index in `points`."""


class ArticleTokens(NamedTuple):
    """The tokens of an article or a part: word ids (int32) and begins as offsets (uint32), shape (tokens,)."""

    words: np.ndarray
    starts: np.ndarray


@inner
def most_fragments(points: int, passages: int) -> int:
    """Upper bound of the characters of fragments, for passages with `points` code points in all."""
    return _LONGEST_ENCODED * points + (len(_MARKER) + 3) * passages


@inner
def write_fragment(link: np.ndarray, count: int, passage: PassageText, is_whole: bool, tokens: ArticleTokens) -> int:
    """Write the fragment of a passage behind the first `count` of `link`; nothing where no fragment is unique.

    `is_whole`: the passage does not end inside a word. Returns the new count.
    """
    points, low, begin, end, shift = passage
    prefix, head = begin, _head_end(passage, begin, is_whole, tokens)
    if head < 0:
        prefix = _prefix(points, low, begin, low + shift == 0)
        head = _head_end(passage, prefix, is_whole, tokens) if prefix < begin else -1
    if head < 0:
        return count
    for character in _MARKER:
        link[count] = character
        count += 1
    if prefix < begin:
        count = _write_encoded(link, count, points[prefix : _without_spaces(points, prefix, begin)])
        link[count], link[count + 1] = _MINUS, _COMMA
        count += 2
    count = _write_encoded(link, count, points[begin:head])
    tail, last = _tail(passage, head, tokens) if is_whole else (end, end)
    if tail < last:
        link[count] = _COMMA
        count = _write_encoded(link, count + 1, points[tail:last])
    return count


@inner
def _prefix(points: np.ndarray, low: int, begin: int, is_start: bool) -> int:
    """Index of the last words before a passage in the same line; `begin` without any.

    `is_start`: the text begins at `low`; else a word at `low` may be cut off.
    """
    prefix = begin
    for _ in range(_PREFIX_WORDS):
        word = prefix - 1
        if word < low or points[word] != _SPACE:
            break
        while word > low and not is_space(points[word - 1]):
            word -= 1
        if word == prefix - 1 or (word == low and not is_start):
            break
        prefix = word
    return prefix


@inner
def _head_end(passage: PassageText, prefix: int, is_whole: bool, tokens: ArticleTokens) -> int:
    """End of the first words of a passage, with the prefix unique in the article; -1 without any."""
    points, _, begin, end, shift = passage
    index, spaces = begin, 0
    for count in EDGE_WORDS:
        while index < end and points[index] != _NEW_LINE and spaces < count:
            spaces += points[index] == _SPACE
            index += 1
        head = index - 1 if spaces == count else index
        if head == end and not is_whole:
            break
        if _is_unique(tokens, signed(0), len(tokens.words), prefix + shift, head + shift):
            return head
    return -1


@inner
def _tail(passage: PassageText, low: int, tokens: ArticleTokens) -> tuple[int, int]:
    """Begin and end of the last words of a passage, unique from index `low` on; two equal without any."""
    points, _, _, end, shift = passage
    index, spaces = end, 0
    last = _without_spaces(points, low, end)
    first_token = lower_bound(tokens.starts, low + shift)
    tokens_end = lower_bound(tokens.starts, end + shift)
    for count in EDGE_WORDS:
        while index > low and points[index - 1] != _NEW_LINE and spaces < count:
            spaces += points[index - 1] == _SPACE
            index -= 1
        tail = index + 1 if spaces == count else index
        while tail < last and points[tail] == _SPACE:
            tail += 1
        if _is_unique(tokens, first_token, tokens_end, tail + shift, last + shift):
            return tail, last
    return end, end


@inner
def _without_spaces(points: np.ndarray, begin: int, end: int) -> int:
    """End of `begin:end` without trailing spaces."""
    while end > begin and points[end - 1] == _SPACE:
        end -= 1
    return end


@inner
def _is_unique(tokens: ArticleTokens, first: int, last: int, begin: int, end: int) -> bool:
    """Whether the words in `begin:end` of an article occur once in a row among the tokens `first:last`.

    False without words.
    """
    words, starts = tokens
    own = lower_bound(starts, begin)
    count = lower_bound(starts, end) - own
    occurrences = 0
    for i in range(first, last - count + 1):
        same = 0
        while same < count and words[i + same] == words[own + same]:
            same += 1
        occurrences += same == count
    return bool(count > 0 and occurrences == 1)


@inner
def _write_encoded(link: np.ndarray, count: int, points: np.ndarray) -> int:
    """Write code points as a part of a link: all but unreserved characters as their UTF-8 bytes in hex."""
    for i in range(len(points)):
        point = signed(points[i])
        if point < 0x80 and _is_unreserved(point):
            link[count] = point
            count += 1
        elif point < 0x80:
            count = _write_byte(link, count, point)
        elif point < 0x800:
            count = _write_byte(link, count, 0xC0 | point >> 6)
            count = _write_byte(link, count, 0x80 | point & 0x3F)
        elif 0xD800 <= point <= 0xDFFF:
            # A lone surrogate cannot be encoded; the page shows a replacement character.
            count = _write_byte(link, count, signed(_REPLACEMENT))
        else:
            if point < 0x10000:
                count = _write_byte(link, count, 0xE0 | point >> 12)
            else:
                count = _write_byte(link, count, 0xF0 | point >> 18)
                count = _write_byte(link, count, 0x80 | point >> 12 & 0x3F)
            count = _write_byte(link, count, 0x80 | point >> 6 & 0x3F)
            count = _write_byte(link, count, 0x80 | point & 0x3F)
    return count


@inner
def _is_unreserved(point: int) -> bool:
    """Whether an ASCII character stands for itself (RFC 3986, section 2.3); `-` means something in a fragment."""
    letter = point | 0x20
    return 97 <= letter <= 122 or 48 <= point <= 57 or point == 46 or point == 95 or point == 126


@inner
def _write_byte(link: np.ndarray, count: int, byte: int) -> int:
    link[count], link[count + 1], link[count + 2] = _PERCENT, _digit(byte >> 4), _digit(byte & 0xF)
    return count + 3


@inner
def _digit(value: int) -> int:
    """The character of a hexadecimal digit."""
    return 48 + value if value < 10 else 55 + value
