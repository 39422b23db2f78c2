"""Postings of words as written, and of terms in one part of the articles: counted again from positions.

Stored postings are those of stems, anywhere in an article. The positions of a stem are read in chunks of articles, with
a look at the deadline between two chunks; only counts are kept.
"""

from __future__ import annotations

import numpy as np

from kb.compiled import Int32s, Int64s, compiled
from kb.deadline import NEVER, Deadline
from kb.segments.impacts import saturated
from kb.segments.postings import NO_POSTINGS, Postings, TermReader
from kb.segments.schema import FIELDS

CHUNK = 1 << 21
"""Positions of a chunk, unless one article has more: some milliseconds."""


def word_postings(
    reader: TermReader, field: str, term: str, deadline: Deadline = NEVER, chunk: int = CHUNK
) -> Postings:
    """The postings of a term of a text field in live articles; raises DeadlinePassed between two chunks."""
    segment, searched = reader.segment, FIELDS[field]
    postings = segment.postings_in(field, term)
    if postings.start == postings.stop:
        return NO_POSTINGS
    word = segment.word_in(field, term)
    parts = searched.in_title, searched.in_body
    counted: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    begin = postings.start
    while begin < postings.stop:
        if counted:
            deadline.check()
        end = _end_of_chunk(segment.inversion.offsets, begin, postings.stop, chunk)
        counted.append(_counts(begin, end, word, *parts, segment.tokens, *segment.inversion))
        begin = end
    docids, in_title, in_text = (np.concatenate(column) for column in zip(*counted, strict=True))
    if segment.live is not None:
        live = segment.live[docids]
        docids, in_title, in_text = docids[live], in_title[live], in_text[live]
    title_norm, text_norm = reader.norms
    return Postings(docids, saturated(in_title / title_norm[docids], in_text / text_norm[docids]))


def _end_of_chunk(offsets: np.ndarray, begin: int, end: int, chunk: int) -> int:
    """End of the postings from `begin` on that have at most `chunk` positions together; at least one posting."""
    fitting = int(offsets[begin : end + 1].searchsorted(offsets[begin] + chunk, side="right"))
    return min(end, begin + max(1, fitting - 1))


@compiled
def _counts(
    begin: int,
    end: int,
    word: int,
    in_title: bool,
    in_text: bool,
    words: Int32s,
    docids: Int32s,
    offsets: Int64s,
    positions: Int32s,
    bounds: Int64s,
    title_tokens: Int32s,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Articles of the postings `begin:end` with a word, and its counts in title and text: int32, int64, int64.

    `word` is the id of the word as written, -1 for any word with the stem; `in_title` and `in_text` say where to look.
    """
    found = np.empty(end - begin, dtype=np.int32)
    title_counts = np.zeros(end - begin, dtype=np.int64)
    text_counts = np.zeros(end - begin, dtype=np.int64)
    count = 0
    # Invariant: the first `count` are the articles with the word among the postings so far.
    for posting in range(begin, end):
        docid = docids[posting]
        title_end = bounds[docid] + title_tokens[docid]
        titles = texts = 0
        for i in range(offsets[posting], offsets[posting + 1]):
            position = positions[i]
            if word < 0 or words[position] == word:
                titles += in_title and position < title_end
                texts += in_text and position >= title_end
        if titles + texts:
            found[count], title_counts[count], text_counts[count] = docid, titles, texts
            count += 1
    return found[:count].copy(), title_counts[:count].copy(), text_counts[:count].copy()
