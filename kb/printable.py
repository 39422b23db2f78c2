"""Texts of others on one line of a terminal or a log, where a control character is a command or a forged line."""

from __future__ import annotations

import re

_COMMANDS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""C0 and C1 controls, line and paragraph separators, controls of the direction of writing, halves of surrogate pairs.
Joiners stay: words of Persian and Hindi have them."""


def printable(text: str) -> str:
    """The text with each control character, line break and half of a surrogate pair as an escape, such as `\\x1b`."""
    return _COMMANDS.sub(_escape, text)


def printable_json(text: str) -> str:
    """JSON text with the same data, and each control character but the line feed as an escape, such as `\\u009b`."""
    return _COMMANDS.sub(lambda found: found[0] if found[0] == "\n" else f"\\u{ord(found[0]):04x}", text)


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape", "surrogatepass").decode("ascii")
