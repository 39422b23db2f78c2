"""Reading a Whoosh index back: what is really in a folder, whatever its manifest says."""

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
    """The documents of a folder that Whoosh can open; a context manager. Verify the files before: it unpickles them.

    Raises IndexDamaged for an index of an older kb. Whatever Whoosh raises about a damaged one comes through.
    """

    def __init__(self, folder: Path) -> None:
        read_segments(folder)
        self._folder = folder
        self._searcher = index.open_dir(str(folder), readonly=True).searcher()
        self._reader = self._searcher.reader()

    def __enter__(self) -> Contents:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._searcher.close()

    def __len__(self) -> int:
        """The number of documents that are not deleted."""
        return int(self._reader.doc_count())

    def articles(self) -> Iterator[tuple[str, Article]]:
        """The id that finds an article, and the article, for each one."""
        for _, stored in self._reader.iter_docs():
            yield stored["id"], _whole(stored)

    def packed(self, without: Set[str]) -> Iterator[tuple[str, PackedArticle]]:
        """The same as the bytes that are in the files, for each one but those in the segments named."""
        for segment in read_segments(self._folder):
            if segment.segment_id() not in without:
                opened = segment.open(self._folder)
                for number in range(opened.count):
                    if opened.live is None or opened.live[number]:
                        yield opened.id(number), opened.packed(number)

    def article(self, article_id: str) -> Article | None:
        """The article of that id, if there is one."""
        number = next(iter(self._found("id", article_id)), None)
        return None if number is None else _whole(self._reader.stored_fields(number))

    def finds(self, field: str, term: str, article_id: str) -> bool:
        """Whether a search for a term in a field finds an article."""
        return not set(self._found("id", article_id)).isdisjoint(self._found(field, term))

    def _found(self, field: str, term: str) -> Iterator[int]:
        try:
            # Without the searcher, which would weigh the term by the lengths of all articles.
            found: Iterator[int] = self._reader.postings(field, term).all_ids()
        except TermNotFound:
            return iter(())
        return found


def readable_articles(folder: Path, ids: Iterable[str]) -> Iterator[tuple[str, Article | None]]:
    """Each id with its article; with None where the index, perhaps of an older layout, cannot give it any more."""
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
    """The article with the text that is stored beside it."""
    return replace(stored["record"], text=stored["body"])
