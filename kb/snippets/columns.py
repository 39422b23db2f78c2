"""Columns of the tables between matches and snippets, all int64; column `ROW` is the article's index on the page.

matches   (n, 8)  positions of query terms, see `engine/interface.py`
spans     (n, 6)  the matched part of a text that a passage is made around, and the free part of the text
passages  (n, 5)  a stretch of a text, and how it begins and ends
"""

from __future__ import annotations

from kb.engine.interface import ROW

SPAN_BEGIN, FIRST_MATCH_END, SPAN_END, LOW, HIGH = range(ROW + 1, 6)
"""Of a span, as offsets in the text: begin of its first match, end of that match, end of all its matches; begin and end
of the room for a passage, which no other passage has taken."""

SPAN_COLUMNS = 6

PASSAGE_BEGIN, PASSAGE_END, BEGINS_WITH, ENDS_WITH = range(ROW + 1, 5)
"""Of a passage: its begin and end as offsets in the text; its edges, each `INSIDE_WORD`, `WORD` or `SENTENCE`."""

PASSAGE_COLUMNS = 5

TEXT_LENGTH, FIRST_TOKEN, TOKENS_END, FIRST_SENTENCE, SENTENCES_END = 0, 3, 4, 5, 6
"""Of a text in `PageTexts.runs`: its length in code points, and the bounds of its tokens and of its sentences."""
