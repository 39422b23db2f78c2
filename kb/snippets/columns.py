"""Columns of the tables from matches to snippets (int64); in each table `ROW` is the article's index on the page.

matches   (n, 8)  positions of query terms, see `engine/interface.py`
spans     (n, 6)  matched parts of texts, and the room for a passage around each
passages  (n, 5)  stretches of texts, and their edges
"""

from __future__ import annotations

from kb.engine.interface import ROW

SPAN_BEGIN, FIRST_MATCH_END, SPAN_END, LOW, HIGH = range(ROW + 1, 6)
"""Span, in offsets of the text: begin and end of the first match; end of all matches; begin and end of the room, the
part of the text around the span without a passage."""

SPAN_COLUMNS = 6

PASSAGE_BEGIN, PASSAGE_END, BEGINS_WITH, ENDS_WITH = range(ROW + 1, 5)
"""Passage: begin and end as offsets in the text; edges, each `INSIDE_WORD`, `WORD` or `SENTENCE`."""

PASSAGE_COLUMNS = 5

RANGE_BEGIN, RANGE_END = range(2)
"""Range of a text, a highlight for one: begin and end as offsets."""
