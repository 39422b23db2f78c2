"""Reading a Whoosh index back: what is really in a folder, whatever its manifest says."""

from __future__ import annotations

from collections.abc import Iterator, Set
from pathlib import Path
from types import TracebackType
from typing import Any

from whoosh import index
from whoosh.query import Term

from kb.indexing.schema import read_article
from kb.model import Article


class Contents:
    """The documents of a folder that Whoosh can open; a context manager. Verify the files before: it unpickles them.

    Whatever Whoosh raises about a damaged index comes through.
    """

    def __init__(self, folder: Path) -> None:
        self._searcher = index.open_dir(str(folder), readonly=True).searcher()
        self._reader = self._searcher.reader()

    def __enter__(self) -> Contents:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._searcher.close()

    def __len__(self) -> int:
        """The number of documents that are not deleted."""
        return int(self._reader.doc_count())

    def articles(self, without: Set[str] = frozenset()) -> Iterator[tuple[str, Article]]:
        """The id that finds an article, and the article, for each one but those in the segments named."""
        for leaf, _ in self._reader.leaf_readers():
            if leaf.segment() is None or leaf.segment().segment_id() not in without:
                for _, stored in leaf.iter_docs():
                    yield stored["id"], read_article(stored)

    def article(self, article_id: str) -> Article | None:
        """The article of that id, if there is one."""
        stored = next(self._found("id", article_id), None)
        return read_article(stored) if stored else None

    def finds(self, field: str, term: str, article_id: str) -> bool:
        """Whether a search for a term in a field finds an article."""
        return any(stored["id"] == article_id for stored in self._found(field, term))

    def _found(self, field: str, term: str) -> Iterator[dict[str, Any]]:
        for number in self._searcher.docs_for_query(Term(field, term)):
            yield self._reader.stored_fields(number)
