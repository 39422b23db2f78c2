"""Writing through Whoosh: `open_dir(folder).writer(codec=WritingCodec())`, in a folder that is not a generation.

A document is given as `id`, `title`, `body` and `published`; or with a `record`, an Article, from which whatever is not
given beside it is taken. The other fields are made from these by our own analysis, in the language of the codec: the
postings that Whoosh's analyzers make are passed over. Deleting, updating and Whoosh's merge policies work as always.
Merging stems anew, in the language of the codec that merges.

A writer gives its new segment the impacts of one point on the grid and leaves the others theirs: scores are those of
`kb index` where one segment holds everything, after `optimize=True`, and else as near as the averages of the segments
are to each other. Nothing is synced to the disk. Whoosh copies the postings of what it merges before they are passed
over, some thousand articles a minute: `kb index` is for archives, this is for a few articles and for other programs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from shutil import rmtree
from typing import Any, NoReturn

import msgspec
from whoosh.codec.base import FieldWriter, PerDocumentWriter
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from kb.analysis import Analyzer
from kb.errors import IndexFailure
from kb.indexing.columnar.arrays import open_arrays
from kb.indexing.columnar.batch import analyse
from kb.indexing.columnar.codec import FIELDS, SIGN, ColumnarCodec, Documents
from kb.indexing.columnar.impacts import Grid, grid_of, write_impacts
from kb.indexing.columnar.layout import write_segment
from kb.indexing.columnar.whoosh_segment import ColumnarSegment
from kb.indexing.manifest import MANIFEST
from kb.model import Article

GIVEN = frozenset(("id", "title", "body", "published", "record"))
"""The fields that a document may be given as; the others are made from them."""


class WritingCodec(ColumnarCodec):
    """The codec to give to Whoosh's writer; segments that it wrote name the reading one by themselves."""

    def __init__(self, analyzer: Analyzer | None = None) -> None:
        self._analyzer = analyzer or Analyzer()
        self._collecting: dict[str, ArticleWriter] = {}

    def new_segment(self, storage: Any, indexname: str) -> ColumnarSegment:
        if not isinstance(storage, FileStorage):
            raise IndexFailure("segments are files that are mapped: create the index in a folder")
        if (Path(storage.folder) / MANIFEST).exists():
            _refuse_generation(Path(storage.folder), indexname)
        return ColumnarSegment(0, Grid(0, 0), indexname)

    def per_document_writer(self, storage: Any, segment: Any) -> ArticleWriter:
        writer = self._collecting[segment.segment_id()] = ArticleWriter()
        return writer

    def field_writer(self, storage: Any, segment: Any) -> SegmentWriter:
        collecting = self._collecting.pop(segment.segment_id())
        return SegmentWriter(storage, segment, collecting, self._analyzer)

    def per_document_reader(self, storage: Any, segment: Any) -> Documents:
        if not segment.count:
            # A process that was to leave the writing to another one, which would merge the postings of all.
            raise IndexFailure("each process writes segments of its own: writer(procs=..., multisegment=True)")
        return super().per_document_reader(storage, segment)


class ArticleWriter(PerDocumentWriter):
    """Collects the documents of a new segment as articles."""

    def __init__(self) -> None:
        self.articles: list[Article] = []
        self.is_closed = False
        self._document: dict[str, Any] = {}

    def start_doc(self, docnum: int) -> None:
        self._document = {}

    def add_field(self, fieldname: str, fieldobj: Any, value: Any, length: int) -> None:
        if fieldname not in GIVEN and fieldname not in FIELDS:
            raise IndexFailure(f"an article has no field {fieldname!r}")
        # A field that is not stored comes without its value, and `published` as a column besides.
        self._document.setdefault(fieldname, value)

    def add_column_value(self, fieldname: str, columnobj: Any, value: int) -> None:
        day = value - SIGN
        self._document[fieldname] = date.fromordinal(day).isoformat() if day else None

    def add_vector_items(self, fieldname: str, fieldobj: Any, items: Iterable[Any]) -> NoReturn:
        raise IndexFailure(f"vectors are not kept: {fieldname!r} cannot have them")

    def finish_doc(self) -> None:
        self.articles.append(_article(self._document))

    def cancel_doc(self) -> None:
        """Whoosh could not make sense of a value: the next document begins anew."""

    def close(self) -> None:
        self.is_closed = True


class SegmentWriter(FieldWriter):
    """Writes the files of a new segment when it is complete, which is when Whoosh hands over its postings."""

    def __init__(self, storage: FileStorage, segment: Any, collected: ArticleWriter, analyzer: Analyzer) -> None:
        self.is_closed = False
        self._storage = storage
        self._segment = segment
        self._collected = collected
        self._analyzer = analyzer

    def add_postings(self, schema: Any, lengths: Any, items: Iterable[Any]) -> None:
        folder, name = Path(self._storage.folder), self._segment.segment_id()
        write_segment(folder, name, analyse(self._collected.articles), self._analyzer)
        # How long the articles are is known once they are written; the segment is opened without its impacts for that.
        self._segment.count = len(self._collected.articles)
        grid = self._grid(self._segment.open_files(folder).token_totals)
        write_impacts(folder, name, open_arrays(folder / f"{name}.arrays"), grid)
        self._segment.grid = tuple(grid)

    def close(self) -> None:
        self.is_closed = True

    def _grid(self, totals: tuple[int, int, int]) -> Grid:
        """The averages of the new segment, or those of a segment that is there and has more articles."""
        there = TOC.read(self._storage, self._segment.index_name()).segments
        largest = max(
            (segment for segment in there if isinstance(segment, ColumnarSegment)),
            key=ColumnarSegment.doc_count,
            default=None,
        )
        return Grid(*largest.grid) if largest and largest.doc_count() > totals[0] else grid_of(*totals)


def _article(document: Mapping[str, Any]) -> Article:
    """The article that a document is; raises IndexFailure if something of it would be lost."""
    record = document.get("record")
    derived = sorted(document.keys() - GIVEN)
    if record is None and derived:
        raise IndexFailure(f"{', '.join(derived)}: give an article's names as its `record`; the rest is made from it")
    if record is None:
        record = Article(id="", title="", text="")
    if not isinstance(record, Article):
        raise IndexFailure(f"`record` is an Article, not a {type(record).__name__}")
    named = {"id": "id", "title": "title", "body": "text"}
    given = {named[field]: document[field] for field in named if document.get(field) is not None}
    for name, value in given.items():
        if not isinstance(value, str):
            raise IndexFailure(f"the {name} of an article is a string, not a {type(value).__name__}")
    made = msgspec.structs.replace(record, **given, published=record.published or document.get("published"))
    if not made.id:
        raise IndexFailure("an article needs an id")
    return made


def _refuse_generation(folder: Path, index_name: str) -> NoReturn:
    """Raises, and takes away what Whoosh's writer has put there by now: a generation holds what its manifest says."""
    (folder / f"{index_name}_WRITELOCK").unlink(missing_ok=True)
    rmtree(folder / f"{index_name}.tmp", ignore_errors=True)
    raise IndexFailure(f"{folder} is a published generation, which never changes: change the articles and run kb index")
