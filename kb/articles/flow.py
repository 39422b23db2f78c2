"""Plain text as it is written down: paragraphs, lists and tables in, lines out.

Markdown and HTML share it, so that a list reads the same whatever it was written in.
"""

from __future__ import annotations


class Flow:
    """A text under construction; `text()` is what has been written."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._gap = 0  # line endings due before the next words
        self._marker = ""
        self._lists: list[int] = []  # number of the next item of each open list; 0 where they are not numbered
        self._rows = 0
        self._cells = 0

    def text(self) -> str:
        return "".join(self._parts)

    def add(self, text: str) -> None:
        """Writes words; white space alone never begins a block."""
        if self._gap or self._marker or not self._parts:
            text = text.lstrip()
            if not text:
                return
        self._begin()
        self._parts.append(text)

    def block(self) -> None:
        """Ends a paragraph; within a list that is a line, within a row of a table only a space."""
        self._end(1 if self._lists else 2)

    def line(self) -> None:
        """Ends a line."""
        self._end(1)

    def open_list(self, first: int = 0) -> None:
        """Begins a list, numbered from `first` unless that is 0."""
        self.block()
        self._lists.append(first)

    def close_list(self) -> None:
        if self._lists:
            self._lists.pop()
        self.block()

    def item(self) -> None:
        """Begins an item of the innermost list."""
        self.line()
        number = self._lists[-1] if self._lists else 0
        self._marker = f"{number}. " if number else "- "
        if number:
            self._lists[-1] = number + 1

    def end_item(self) -> None:
        self._marker = ""
        self.line()

    def open_row(self) -> None:
        """Begins a row of a table."""
        self.line()
        self._rows += 1
        self._cells = 0

    def cell(self) -> None:
        """Begins a cell of the row."""
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
