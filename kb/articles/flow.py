"""Writer of plain text: paragraphs, lists and tables in, lines out.

Shared by Markdown and HTML: a list reads the same from either.
"""

from __future__ import annotations


class Flow:
    """A text under construction, returned by `text()`."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._gap = 0  # line endings due before the next words
        self._marker = ""
        self._lists: list[int] = []  # next ordinal of each open list; 0 in an unordered list
        self._rows = 0
        self._cells = 0

    def text(self) -> str:
        return "".join(self._parts)

    def add(self, text: str) -> None:
        """Write words; white space alone never begins a block."""
        if self._gap or self._marker or not self._parts:
            text = text.lstrip()
            if not text:
                return
        self._begin()
        self._parts.append(text)

    def block(self) -> None:
        """End a paragraph; in a list, a line; in a row of a table, write only a space."""
        self._end(1 if self._lists else 2)

    def line(self) -> None:
        """End a line."""
        self._end(1)

    def open_list(self, first: int = 0) -> None:
        """Begin a list, ordered from `first` on, or unordered with 0."""
        self.block()
        self._lists.append(first)

    def close_list(self) -> None:
        if self._lists:
            self._lists.pop()
        self.block()

    def item(self) -> None:
        """Begin an item of the innermost list."""
        self.line()
        ordinal = self._lists[-1] if self._lists else 0
        self._marker = f"{ordinal}. " if ordinal else "- "
        if ordinal:
            self._lists[-1] = ordinal + 1

    def end_item(self) -> None:
        self._marker = ""
        self.line()

    def open_row(self) -> None:
        """Begin a row of a table."""
        self.line()
        self._rows += 1
        self._cells = 0

    def cell(self) -> None:
        """Begin a cell of the row."""
        if self._cells:
            self._begin()
            self._parts.append(" | ")
        self._cells += 1

    def close_row(self) -> None:
        self._rows = max(0, self._rows - 1)
        self.line()

    def _begin(self) -> None:
        if self._parts:
            self._parts.append("\n" * self._gap)
        self._parts.append(self._marker)
        self._gap, self._marker = 0, ""

    def _end(self, gap: int) -> None:
        if self._rows:
            self._parts.append(" ")
        else:
            self._gap = max(self._gap, gap)
