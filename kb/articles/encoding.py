"""Bytes to text, for the encodings of real archives.

Order of attempts: a byte order mark; UTF-16 without a mark, with every second byte NUL; the declaration of an HTML
page, unless of a Latin encoding; UTF-8; Windows-1252, with Latin-1 for its five undefined bytes.
"""

from __future__ import annotations

import codecs
import re

from kb.errors import ArticleError

_MARKS = (
    # UTF-32 comes first, because its mark begins with the mark of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LATIN = frozenset({"ascii", "iso8859-1", "cp1252", "utf-8", "utf-16", "utf-32"})
"""Declarations without meaning: written by habit, or impossible in a page with a legible declaration."""

_CHARSETS = re.compile(r"iso8859-\d+|iso2022_jp|cp\d+|koi8-\w+|gb\w+|big5\w*|euc_\w+|shift_jis\w*|mac-\w+|tis-620|hz")
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding=["']([\w.:-]+)|<meta[^>]{0,500}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.I
)
_DECLARED_WITHIN = 4096
_SAMPLE = 4096

_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\v\f\r\x1b"))
_CONTROLS_ALLOWED = 0.05
"""Greatest share of control characters in a text."""

_WINDOWS = {code: bytes([code]).decode("cp1252") for code in range(0x80, 0xA0) if code not in b"\x81\x8d\x8f\x90\x9d"}
_ESCAPED = re.compile("[\udc80-\udcff]")
_ESCAPED_TO_WINDOWS = {0xDC00 + code: _WINDOWS.get(code, chr(code)) for code in range(0x80, 0x100)}


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of `data`. Raises ArticleError for binary data."""
    if wide := wide_encoding(data):
        return _decode_marked(data, *wide)
    refuse_binary(data)
    if declared and declared not in _LATIN:
        try:
            return data.decode(declared)
        except UnicodeDecodeError:
            pass  # A wrong declaration, as often in saved pages.
    return decode_narrow(data)


def decode_narrow(data: bytes) -> str:
    """`data` as UTF-8 or, where impossible, as Windows-1252."""
    text = data.decode("utf-8", "surrogateescape")
    broken = len(_ESCAPED.findall(text)) if not text.isascii() else 0
    if not broken:
        return text
    # A damaged character or two do not make a UTF-8 text a Windows text: only those bytes are read as Windows-1252.
    if sum(map(len, re.findall("[\u0080-\ud7ff\ue000-\U0010ffff]+", text))) > broken:
        return text.translate(_ESCAPED_TO_WINDOWS)
    return data.decode("latin-1").translate(_WINDOWS)


def wide_encoding(data: bytes) -> tuple[str, int] | None:
    """(encoding, bytes of the mark) of a text with a byte order mark or in UTF-16; None for any other text."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name, len(mark)
    sample = data[:_SAMPLE]
    if len(sample) < 4 or len(data) % 2 or b"\0" not in sample:
        return None
    even, odd = sample[0::2].count(0) / len(sample[0::2]), sample[1::2].count(0) / len(sample[1::2])
    if odd > 0.5 and even < 0.05:
        return "utf-16-le", 0
    if even > 0.5 and odd < 0.05:
        return "utf-16-be", 0
    return None


def refuse_binary(data: bytes) -> None:
    """Raise ArticleError if `data` has NUL bytes or more control characters than a text."""
    if b"\0" in data or len(data) - len(data.translate(None, _CONTROLS)) > _CONTROLS_ALLOWED * len(data):
        raise ArticleError("binary data")


def declared_charset(data: bytes) -> str | None:
    """Python's name of the encoding in a page's meta element or XML declaration, if any and known."""
    match = _DECLARED.search(data[:_DECLARED_WITHIN])
    if not match:
        return None
    try:
        name = codecs.lookup((match[1] or match[2]).decode("ascii", "replace")).name
    except LookupError:
        return None
    # Python has codecs besides character sets (`idna`, `unicode_escape`), not for a page to name.
    return name if name in _LATIN or _CHARSETS.fullmatch(name) else None


def _decode_marked(data: bytes, encoding: str, mark: int) -> str:
    """The text behind a mark of `mark` bytes. Raises ArticleError for binary data."""
    body = data[mark:]
    if encoding == "utf-8":
        refuse_binary(body)
        return decode_narrow(body)
    # A damaged unit becomes a replacement character; data with many of them never was text.
    text = body.decode(encoding, "replace")
    if "\0" in text or text.count("\ufffd") > _CONTROLS_ALLOWED * len(text) + 1:
        raise ArticleError("binary data")
    return text
