"""Reading a Whoosh index back: what is really in a folder, whatever its manifest says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from types import TracebackType
from typing import Any

from msgspec.structs import replace
from whoosh import index
from whoosh.query import Term

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
                    yield stored["id"], _whole(stored)

    def article(self, article_id: str) -> Article | None:
        """The article of that id, if there is one."""
        number = next(iter(self._found("id", article_id)), None)
        return None if number is None else _whole(self._reader.stored_fields(number))

    def finds(self, field: str, term: str, article_id: str) -> bool:
        """Whether a search for a term in a field finds an article."""
        return not set(self._found("id", article_id)).isdisjoint(self._found(field, term))

    def _found(self, field: str, term: str) -> Iterator[int]:
        found: Iterator[int] = self._searcher.docs_for_query(Term(field, term))
        return found


def _whole(stored: Mapping[str, Any]) -> Article:
    """The article with the text that is stored beside it."""
    return replace(stored["record"], text=stored["body"])
