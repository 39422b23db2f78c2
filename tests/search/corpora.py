"""Small archives that can be checked by eye, and how to open them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from kb.analysis import Analyzer
from kb.indexing.builder import Builder
from kb.indexing.generations import Generation, Generations
from kb.model import Article, Reading, ResultPage, SourceFile
from kb.search.live import open_index
from kb.search.searcher import Searcher
from kb.settings import Settings

ANALYZER = Analyzer()


def article(id_: str, title: str = "", text: str = "", **facts: Any) -> Article:
    """An article; without a title it has its id for one."""
    made = Article(id=id_, title=title or id_, text=text, **facts)
    return msgspec.structs.replace(made, digest=hashlib.sha256(msgspec.json.encode(made)).hexdigest())


class Shelf:
    """A corpus in memory: one article a file."""

    root = Path("/shelf")
    fingerprint = "shelf/1"

    def __init__(self, articles: Iterable[Article] = ()) -> None:
        self._articles: dict[str, Article] = {}
        self._times: dict[str, int] = {}
        self.put(*articles)

    def put(self, *articles: Article) -> None:
        for each in articles:
            self._articles[each.id] = each
            self._times[each.id] = 1_600_000_000_000_000_000 + sum(self._times.values()) % 10**15 + len(self._times)

    def remove(self, *ids: str) -> None:
        for id_ in ids:
            del self._articles[id_]

    def scan(self) -> Iterator[SourceFile | tuple[str, str]]:
        for id_ in sorted(self._articles):
            yield SourceFile(id_, len(self._articles[id_].text), self._times[id_])

    def read(self, source: SourceFile) -> Reading:
        found = self._articles[source.path]
        return Reading((found,), (), found.digest)


class Archive:
    """A shelf and the index over it."""

    def __init__(self, folder: Path, *articles: Article) -> None:
        self.folder = folder
        self.shelf = Shelf()
        self._builder = Builder(folder, ANALYZER)
        if articles:
            self.put(*articles)

    def put(self, *articles: Article) -> Generation:
        self.shelf.put(*articles)
        return self.build()

    def remove(self, *ids: str) -> Generation:
        self.shelf.remove(*ids)
        return self.build()

    def build(self) -> Generation:
        self._builder.build(self.shelf, allow_empty=True)
        return Generations(self.folder).current()

    def open(self, **settings: Any) -> Searcher:
        return open_index(self.folder, Settings(**settings))


def ids(page: ResultPage) -> list[str]:
    """The ids of a page's hits in their order."""
    return [hit.id for hit in page.hits]


def letters(page: ResultPage) -> str:
    """The ids of a page's hits, each of one letter, in the order of the alphabet."""
    return "".join(sorted(ids(page)))


FIVE = (
    article("a", "Sleep apnea", "Breathing stops again and again during sleep. Omega-3 capsules do not help."),
    article("b", "Melatonin", "Take 5 mg of melatonin at night. It is not for children."),
    article("c", "Café-au-lait spots", "Naïve readers call these spots of the skin moles. 睡眠 is Japanese for sleep."),
    article("d", "To be or not to be", "What is it that you are? Ménière's disease, they said."),
    article("e", "Insomnia", "Sleeping pills of 5mg; omega 3 acids and vitamin B12 at night."),
)
"""Ids of one letter, so that what matches is a short word."""
