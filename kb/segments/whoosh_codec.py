"""Whoosh's view of our segments: `whoosh.index.open_dir` opens a generation, and its searcher answers the same trees.

It is slow and exists for two reasons: the index stays one that Whoosh reads, and Whoosh's searcher is an independent
check of the evaluator. Weights of postings are impacts, so `ImpactWeighting` is the model to search with. This is the
codec that segments name for reading them; the one to write with is in `writing.py`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec.base import Codec, FieldCursor, PerDocumentReader, TermsReader
from whoosh.columns import ColumnReader
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo, TermNotFound
from whoosh.scoring import BaseScorer, WeightingModel, WeightScorer
from whoosh.system import pack_uint

from kb.errors import IndexFailure
from kb.segments.impacts import Grid
from kb.segments.postings import FIELD_GAP, TermReader
from kb.segments.schema import NAME_FIELDS, TEXT_FIELDS
from kb.text.tokens import Analyzer

FIELDS = (*TEXT_FIELDS, *NAME_FIELDS, "id", "title_key")


class ColumnarCodec(Codec):
    """Readers over the arrays of a segment."""

    length_stats = False

    def per_document_reader(self, storage: Any, segment: Any) -> Documents:
        return Documents(segment, Path(storage.folder))

    def terms_reader(self, storage: Any, segment: Any) -> Terms:
        return Terms(segment, Path(storage.folder))

    def new_segment(self, storage: Any, indexname: str) -> Any:
        raise IndexFailure("this codec only reads; WritingCodec writes, where the index is not that of `kb index`")


class Documents(PerDocumentReader):
    """What Whoosh wants to know about the documents of a segment."""

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
        in_title = int(self._opened.inversion.title_tokens[docnum])
        in_all = int(self._opened.inversion.bounds[docnum + 1] - self._opened.inversion.bounds[docnum])
        lengths = {"text": in_all, "title": in_title, "body": in_all - in_title}
        return lengths.get(fieldname.replace("word", "text").removesuffix("_text"), default)

    def field_length(self, fieldname: str) -> int:
        return sum(self.doc_field_length(number, fieldname) for number in range(self._segment.count))

    def min_field_length(self, fieldname: str) -> int:
        return min((self.doc_field_length(n, fieldname) for n in range(self._segment.count)), default=0)

    def max_field_length(self, fieldname: str) -> int:
        return max((self.doc_field_length(n, fieldname) for n in range(self._segment.count)), default=0)

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        article = self._opened.article(docnum)
        return {"id": article.id, "title": article.title, "body": self._opened.text(docnum), "record": article}


SIGN = 1 << 31
"""What Whoosh adds to a signed number in a column, which it keeps unsigned in the same order."""


class DayColumn(ColumnReader):
    """Day numbers as Whoosh's column of `published`."""

    def __init__(self, days: np.ndarray) -> None:
        super().__init__(None, 0, 0, len(days))
        self._days = days

    def __getitem__(self, docnum: int) -> int:
        return int(self._days[docnum]) + SIGN

    def load(self) -> list[int]:
        return [day + SIGN for day in self._days.tolist()]


class Terms(TermsReader):
    """What Whoosh wants to know about the terms of a segment."""

    def __init__(self, segment: Any, folder: Path) -> None:
        opened = segment.open(folder)
        # Terms come analysed: only names are compared as keywords, which needs no stemmer of a certain language.
        self._reader = TermReader(opened, Grid(*segment.grid), Analyzer())
        self._opened = opened
        # Whoosh asks whether a term is there, how often, and for its postings, one after the other.
        self._postings = lru_cache(maxsize=1)(self._postings_of)

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self.doc_frequency(*term) > 0

    def indexed_field_names(self) -> tuple[str, ...]:
        return FIELDS

    def terms(self) -> Iterator[tuple[str, bytes]]:
        return self.terms_from("", b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        for field in sorted(FIELDS):
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
        numbers, weights = self._postings(fieldname, text)
        if not numbers:
            raise TermNotFound(f"no term {fieldname}:{text!r}")
        info = TermInfo(weight=sum(weights), df=len(numbers), minlength=1, maxlength=1, maxweight=max(weights))
        info._minid, info._maxid = numbers[0], numbers[-1]
        return info

    def frequency(self, fieldname: str, text: bytes) -> float:
        return sum(self._postings(fieldname, text)[1])

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        return len(self._postings(fieldname, text)[0])

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        numbers, weights = self._postings(fieldname, text)
        if not numbers:
            raise TermNotFound(f"no term {fieldname}:{text!r}")
        values = [pack_uint(1)] * len(numbers)
        if fieldname in TEXT_FIELDS:
            values = self._positions(fieldname, text, numbers, format_)
        return ListMatcher(
            numbers,
            weights,
            values=values,
            format=format_,
            scorer=scorer,
            term=(fieldname, text),
            terminfo=self.term_info(fieldname, text),
        )

    def _postings_of(self, field: str, text: bytes) -> tuple[list[int], list[float]]:
        term = text.decode("utf-8", "surrogatepass")
        if field == "id":
            # Through Whoosh's writer several documents may come to have one id, and are deleted by it together.
            found = [n for n in self._opened.hashed("id", term) if self._opened.id(n) == term and self._is_live(n)]
            return found, [1.0] * len(found)
        if field not in FIELDS:
            return [], []
        leaf = self._reader.term(field, term)
        return leaf.articles.tolist(), leaf.impacts.tolist()

    def _listed(self, field: str) -> list[bytes]:
        """The terms of a field in their order; some are only in deleted articles, or in another field."""
        if field == "id":
            return sorted({self._opened.id(number).encode() for number in range(self._opened.count)})
        return [term.encode() for term in self._reader.terms(field)]

    def _is_live(self, number: int) -> bool:
        return self._opened.live is None or bool(self._opened.live[number])

    def _positions(self, field: str, text: bytes, numbers: list[int], format_: Any) -> list[bytes]:
        """Positions in each article: tokens of its title, and those of its text after a gap."""
        places = self._reader.positions(field, text.decode("utf-8", "surrogatepass"))
        spaced = self._reader.spaced(places) - self._opened.inversion.bounds[places.articles]
        local = (spaced - 2 * FIELD_GAP * places.articles.astype(np.int64)).tolist()
        owners = places.articles
        begins = np.searchsorted(owners, numbers).tolist()
        ends = np.searchsorted(owners, numbers, side="right").tolist()
        return [format_.encode(local[begin:end]) for begin, end in zip(begins, ends, strict=True)]


class TermCursor(FieldCursor):
    """A walk over the terms of a field."""

    def __init__(self, terms: list[bytes]) -> None:
        self._terms = terms
        self._place = 0

    def first(self) -> bytes | None:
        self._place = 0
        return self.text()

    def find(self, string: bytes) -> bytes | None:
        self._place = bisect_left(self._terms, string)
        return self.text()

    def next(self) -> bytes | None:
        self._place += 1
        return self.text()

    def text(self) -> bytes | None:
        return self._terms[self._place] if self._place < len(self._terms) else None

    def is_valid(self) -> bool:
        return self._place < len(self._terms)


class ImpactWeighting(WeightingModel):
    """Scores a posting by its impact times how rare its term is; a name or a whole title by its weight alone."""

    def __init__(self, idf: Any) -> None:
        self._idf = idf

    def idf(self, searcher: Any, fieldname: str, text: Any) -> float:
        parent = searcher.get_parent()
        value: float = self._idf(parent.doc_count(), parent.doc_frequency(fieldname, text))
        return value

    def scorer(self, searcher: Any, fieldname: str, text: Any, qf: int = 1) -> BaseScorer:
        if fieldname not in TEXT_FIELDS:
            return WeightScorer.for_(searcher, fieldname, text)
        return _ImpactScorer(searcher.get_parent().idf(fieldname, text))


class _ImpactScorer(BaseScorer):
    def __init__(self, idf: float) -> None:
        self._idf = idf

    def score(self, matcher: Any) -> float:
        score: float = matcher.weight() * self._idf
        return score

    def max_quality(self) -> float:
        return float("inf")

    def block_quality(self, matcher: Any) -> float:
        return float("inf")
