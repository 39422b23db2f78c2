"""Small archives that can be checked by eye, and how to open them."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import msgspec

from kb.article import Article, Reading, SourceFile
from kb.indexing.builder import Builder
from kb.indexing.draft import Draft
from kb.results import ResultPage
from kb.search.live import open_index
from kb.search.searcher import Searcher
from kb.segments.batch import analyse
from kb.settings import Settings
from kb.storage.checksums import measure_all
from kb.storage.generations import Generation, Generations
from kb.storage.lineages import Base
from kb.text.tokens import Analyzer

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
        self._builder.build(self.shelf, allow_shrink=True)
        return Generations(self.folder).current()

    def open(self, **settings: Any) -> Searcher:
        return open_index(self.folder, Settings(**settings))


class Change(NamedTuple):
    """What one build adds and takes away; an article that is there already is replaced."""

    articles: Sequence[Article] = ()
    removed: Sequence[str] = ()


def index_of(folder: Path, *changes: Change, merged: bool = False, at_once: int = 1000, memory_mb: int = 512) -> Path:
    """The folder of an index that was changed several times; unless `merged`, each change is a segment of its own.

    So many articles are analysed at once, and written whenever so much memory is used.
    """
    folder.mkdir(parents=True, exist_ok=True)
    base = None
    there: set[str] = set()
    for number, change in enumerate(changes or [Change()]):
        draft = Draft(folder / f"change-{number}", base, ANALYZER, memory_mb)
        for article_id in {*change.removed, *(made.id for made in change.articles)} & there:
            draft.delete(article_id)
        for first in range(0, len(change.articles), at_once):
            draft.add_batch(analyse(change.articles[first : first + at_once]))
        if merged:
            draft.commit()
        else:
            with patch("kb.indexing.draft.segments_to_merge", return_value=[]):
                draft.commit()
        there = (there - {*change.removed}) | {made.id for made in change.articles}
        base = Base(draft.folder, measure_all(draft.folder.iterdir()))
    return draft.folder


def left_by(changes: Iterable[Change]) -> list[Article]:
    """The articles that are there after the changes, by id."""
    there: dict[str, Article] = {}
    for change in changes:
        there = {article_id: made for article_id, made in there.items() if article_id not in change.removed}
        there |= {made.id: made for made in change.articles}
    return [there[article_id] for article_id in sorted(there)]


def real_articles(path: Path) -> list[Article]:
    """The articles of a gzipped file of JSON lines, numbered by its lines."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [article(f"{number:05}", row["title"], row["text"]) for number, row in enumerate(rows)]


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


MakeArchive = Callable[..., Archive]
"""Builds an archive of the articles given."""
