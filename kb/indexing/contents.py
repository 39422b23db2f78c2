"""Contents of a Whoosh index as read back from the files, independent of records and manifest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from msgspec.structs import replace
from whoosh import index
from whoosh.reading import TermNotFound

from kb.article import Article
from kb.segments.batch import PackedArticle
from kb.segments.whoosh_toc import read_segments


class Contents:
    """Documents of a folder opened by Whoosh, as a context manager.

    Verify the files before: Whoosh unpickles the table of contents. Raises IndexDamaged
    for an index of an older kb; errors of Whoosh about a damaged index are raised too.
    """

    def __init__(self, folder: Path) -> None:
        read_segments(folder)
        self._folder = folder
        self._searcher = index.open_dir(str(folder), readonly=True).searcher()
        self._reader = self._searcher.reader()

    def __enter__(self) -> Contents:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._searcher.close()

    def __len__(self) -> int:
        """Count of live documents."""
        return int(self._reader.doc_count())

    def articles(self) -> Iterator[tuple[str, Article]]:
        """(indexed id, article) of each live document."""
        for _, stored in self._reader.iter_docs():
            yield stored["id"], _whole(stored)

    def packed(self, without: Set[str]) -> Iterator[tuple[str, PackedArticle]]:
        """(indexed id, article as packed in the files) of each live document in segments outside `without`."""
        for segment in read_segments(self._folder):
            if segment.segment_id() not in without:
                opened = segment.open(self._folder)
                for docid in range(opened.count):
                    if opened.live is None or opened.live[docid]:
                        yield opened.id(docid), opened.packed(docid)

    def article(self, article_id: str) -> Article | None:
        """The live article by id, or None."""
        docid = next(iter(self._docids("id", article_id)), None)
        return None if docid is None else _whole(self._reader.stored_fields(docid))

    def finds(self, field: str, term: str, article_id: str) -> bool:
        """Whether the postings of a term contain an article."""
        return not set(self._docids("id", article_id)).isdisjoint(self._docids(field, term))

    def _docids(self, field: str, term: str) -> Iterator[int]:
        try:
            # Not by the searcher, which would weigh the term by the lengths of all articles.
            docids: Iterator[int] = self._reader.postings(field, term).all_ids()
        except TermNotFound:
            return iter(())
        return docids


def readable_articles(folder: Path, ids: Iterable[str]) -> Iterator[tuple[str, Article | None]]:
    """(id, article) for each id; None for an unreadable article, as in an index of an older layout."""
    with ExitStack() as stack:
        contents: Contents | None = None
        with suppress(Exception):
            contents = stack.enter_context(Contents(folder))
        for article_id in ids:
            article: Article | None = None
            with suppress(Exception):
                article = contents.article(article_id) if contents else None
            yield article_id, article


def _whole(stored: Mapping[str, Any]) -> Article:
    """The article with the text from the stored field `body`."""
    return replace(stored["record"], text=stored["body"])
