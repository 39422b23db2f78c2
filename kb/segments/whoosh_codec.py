"""Whoosh's view of a segment: `whoosh.index.open_dir` opens a generation, and its searcher answers the same trees.

It is slow and has two uses: the index stays one that Whoosh reads, and Whoosh's searcher is an independent check of the
engine. Weights of postings are impacts. The codec only reads.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec.base import Codec, FieldCursor, PerDocumentReader, TermsReader
from whoosh.columns import ColumnReader
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo, TermNotFound
from whoosh.system import pack_uint

from kb.errors import IndexFailure
from kb.segments.impacts import Grid
from kb.segments.postings import TermReader
from kb.segments.schema import FIELDS
from kb.text.tokens import Analyzer

_INDEXED = tuple([field.name for field in FIELDS.values() if field.form not in ("day", "record")])
"""Names of the fields that have terms."""


class ColumnarCodec(Codec):
    """Readers over the arrays of a segment."""

    length_stats = False

    def per_document_reader(self, storage: Any, segment: Any) -> Documents:
        return Documents(segment, Path(storage.folder))

    def terms_reader(self, storage: Any, segment: Any) -> Terms:
        return Terms(segment, Path(storage.folder))

    def new_segment(self, storage: Any, indexname: str) -> Any:
        """Refuse to write: Whoosh's writer asks for a segment first; raises IndexFailure."""
        raise IndexFailure("a segment is only read through Whoosh: change the articles and run kb index")


class Documents(PerDocumentReader):
    """The documents of a segment, for Whoosh."""

    def __init__(self, segment: Any, folder: Path) -> None:
        self._segment = segment
        self._opened = segment.open(folder)

    def doc_count(self) -> int:
        return int(self._segment.doc_count())

    def doc_count_all(self) -> int:
        return self._segment.count

    def has_deletions(self) -> bool:
        return bool(self._segment.deleted)

    def is_deleted(self, docnum: int) -> bool:
        return self._segment.is_deleted(docnum)

    def deleted_docs(self) -> tuple[int, ...]:
        return self._segment.deleted

    def supports_columns(self) -> bool:
        return True

    def has_column(self, fieldname: str) -> bool:
        return fieldname == "published"

    def column_reader(self, fieldname: str, column: Any) -> DayColumn:
        return DayColumn(self._opened.arrays["days"])

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Tokens of the parts of a document that a text field is read from."""
        field = FIELDS.get(fieldname)
        if field is None or field.form not in ("stem", "word"):
            return default
        inversion = self._opened.inversion
        in_title = int(inversion.title_tokens[docnum])
        in_body = int(inversion.bounds[docnum + 1] - inversion.bounds[docnum]) - in_title
        return in_title * field.in_title + in_body * field.in_body

    def field_length(self, fieldname: str) -> int:
        return sum(self._field_lengths(fieldname))

    def min_field_length(self, fieldname: str) -> int:
        return min(self._field_lengths(fieldname), default=0)

    def max_field_length(self, fieldname: str) -> int:
        return max(self._field_lengths(fieldname), default=0)

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        article = self._opened.article(docnum)
        return {"id": article.id, "title": article.title, "body": self._opened.text(docnum), "record": article}

    def _field_lengths(self, fieldname: str) -> Iterator[int]:
        return (self.doc_field_length(docnum, fieldname) for docnum in range(self._segment.count))


SIGN = 1 << 31
"""Added by Whoosh to signed integers of a column, which it stores unsigned in the same order."""


class DayColumn(ColumnReader):
    """The day numbers of articles as Whoosh's column of `published`: int32, shape (d,)."""

    def __init__(self, days: np.ndarray) -> None:
        super().__init__(None, 0, 0, len(days))
        self._days = days

    def __getitem__(self, docnum: int) -> int:
        return int(self._days[docnum]) + SIGN

    def load(self) -> list[int]:
        return [day + SIGN for day in self._days.tolist()]


class Terms(TermsReader):
    """The terms of a segment, for Whoosh: pairs of a field and a term in UTF-8."""

    def __init__(self, segment: Any, folder: Path) -> None:
        opened = segment.open(folder)
        # Terms come analysed: the analyzer makes keywords of names, for which any language does.
        self._reader = TermReader(opened, Grid(*segment.grid), Analyzer())
        self._opened = opened
        self._last: tuple[tuple[str, bytes], tuple[list[int], list[float]]] | None = None

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self.doc_frequency(*term) > 0

    def indexed_field_names(self) -> tuple[str, ...]:
        return _INDEXED

    def terms(self) -> Iterator[tuple[str, bytes]]:
        return self.terms_from("", b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        for field in sorted(_INDEXED):
            for term in self._listed(field) if field >= fieldname else ():
                if (field, term) >= (fieldname, prefix) and (field, term) in self:
                    yield field, term

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def cursor(self, fieldname: str, fieldobj: Any) -> TermCursor:
        return TermCursor([term for term in self._listed(fieldname) if (fieldname, term) in self])

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Statistics of a term; raises TermNotFound."""
        docids, weights = self._postings(fieldname, text)
        if not docids:
            raise TermNotFound(f"no term {fieldname}:{text!r}")
        info = TermInfo(weight=sum(weights), df=len(docids), minlength=1, maxlength=1, maxweight=max(weights))
        info._minid, info._maxid = docids[0], docids[-1]
        return info

    def frequency(self, fieldname: str, text: bytes) -> float:
        return sum(self._postings(fieldname, text)[1])

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        return len(self._postings(fieldname, text)[0])

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        """The postings of a term; raises TermNotFound."""
        terminfo = self.term_info(fieldname, text)
        docids, weights = self._postings(fieldname, text)
        values = [pack_uint(1)] * len(docids)
        if FIELDS[fieldname].form in ("stem", "word"):
            values = self._positions(fieldname, text, docids, format_)
        return ListMatcher(
            docids,
            weights,
            values=values,
            format=format_,
            scorer=scorer,
            term=(fieldname, text),
            terminfo=terminfo,
        )

    def _postings(self, field: str, text: bytes) -> tuple[list[int], list[float]]:
        """Docids and weights of a term in documents not deleted; the last answer is kept."""
        # Whoosh asks for the presence, the frequency and the postings of a term, one after the other.
        if self._last is None or self._last[0] != (field, text):
            self._last = (field, text), self._postings_of(field, text)
        return self._last[1]

    def _postings_of(self, field: str, text: bytes) -> tuple[list[int], list[float]]:
        term = text.decode("utf-8", "surrogatepass")
        if field == "id":
            docid = self._opened.find(term)
            return ([], []) if docid is None else ([docid], [1.0])
        if field not in _INDEXED:
            return [], []
        postings = self._reader.term(field, term)
        return postings.docids.tolist(), postings.impacts.tolist()

    def _listed(self, field: str) -> list[bytes]:
        """A superset of the terms of a field, sorted: also terms of deleted articles or of the other part."""
        if field == "id":
            return sorted({article_id.encode() for article_id in self._opened.ids(range(self._opened.count))})
        return [term.encode() for term in self._reader.terms(field)]

    def _positions(self, field: str, text: bytes, docids: list[int], format_: Any) -> list[bytes]:
        """Positions of a term in each article, in Whoosh's format."""
        positions = self._reader.positions(field, text.decode("utf-8", "surrogatepass"))
        in_articles = self._reader.positions_in_articles(positions).tolist()
        begins = np.searchsorted(positions.docids, docids).tolist()
        ends = np.searchsorted(positions.docids, docids, side="right").tolist()
        return [format_.encode(in_articles[begin:end]) for begin, end in zip(begins, ends, strict=True)]


class TermCursor(FieldCursor):
    """A cursor over the sorted terms of a field."""

    def __init__(self, terms: list[bytes]) -> None:
        self._terms = terms
        self._index = 0

    def first(self) -> bytes | None:
        self._index = 0
        return self.text()

    def find(self, string: bytes) -> bytes | None:
        self._index = bisect_left(self._terms, string)
        return self.text()

    def next(self) -> bytes | None:
        self._index += 1
        return self.text()

    def text(self) -> bytes | None:
        return self._terms[self._index] if self._index < len(self._terms) else None

    def is_valid(self) -> bool:
        return self._index < len(self._terms)
