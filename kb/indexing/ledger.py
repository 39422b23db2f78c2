"""Which articles a build writes, removes and keeps: the records of the corpus's files, brought up to date one by one.

Files are taken in the order of `Plan.read`, the path that sorts last first. Nothing here touches the disk.
"""

from __future__ import annotations

from collections.abc import Mapping, Set

import msgspec

from kb.article import Article, Reading, SourceFile
from kb.indexing.plan import Plan, trusted_mtime
from kb.indexing.records import ArticleRecord, FileRecord, Owned, owners


class Counts(msgspec.Struct, frozen=True):
    """How the articles of the new state stand to those of the old one; see BuildReport."""

    added: int
    changed: int
    removed: int
    unchanged: int
    kept: int


class Ledger:
    """The state of a build's decisions."""

    def __init__(self, known: Mapping[str, FileRecord], plan: Plan, *, rewrite: bool) -> None:
        """`known`: the records of the generation that is built upon; `rewrite`: every article is to be written."""
        self._before = owners(known.values())
        self._known = known
        self._plan = plan
        self._rewrite = rewrite
        self._files = dict(plan.unread)
        self._claims = {id_: owned.path for id_, owned in owners(plan.unread.values()).items() if not owned.kept}
        self._met: set[str] = set()
        self._now: dict[str, Owned] | None = None

    def take(self, source: SourceFile, reading: Reading, read_at_ns: int) -> list[Article]:
        """The articles of a file that have to be written; records what the file gave."""
        self._now = None
        known = self._known.get(source.path)
        mtime_ns = trusted_mtime(source, read_at_ns) if reading.digest else None
        if known and reading.digest and known.digest == reading.digest and source.path not in self._plan.anew:
            self._files[source.path] = FileRecord(
                source.path, source.size, mtime_ns, known.digest, known.articles, known.skipped
            )
            self._met.update(article.id for article in known.articles if not article.kept)
            return []
        given = {article.id: article for article in reading.articles}  # the last of several wins
        won = [article for article in given.values() if self._wins(article.id, source.path)]
        kept = self._kept(known, given.keys() | set(reading.withdrawn), unreadable=reading.unreadable)
        records = (*(ArticleRecord(a.id, a.digest) for a in given.values()), *kept)
        self._files[source.path] = FileRecord(
            source.path, source.size, mtime_ns, reading.digest, records, reading.skipped
        )
        self._met.update(given)
        return [article for article in won if self._rewrite or self._is_news(article)]

    def is_replacement(self, article_id: str) -> bool:
        """Whether the index holds an earlier version of the article, which has to go before it is written."""
        return not self._rewrite and article_id in self._before

    def drop(self, article_id: str, reason: str) -> None:
        """Records that the earlier version of an article could not be kept."""
        self._now = None
        for path, file in self._files.items():
            if any(article.id == article_id for article in file.articles):
                rest = tuple(article for article in file.articles if article.id != article_id)
                self._files[path] = msgspec.structs.replace(file, articles=rest, skipped=(*file.skipped, reason))

    def files(self) -> dict[str, FileRecord]:
        """The record of every file, by path."""
        return dict(sorted(self._files.items()))

    def now(self) -> dict[str, Owned]:
        """The version of every article that is in the new state."""
        if self._now is None:
            self._now = owners(self._files.values())
        return self._now

    def removed(self) -> list[str]:
        """The ids that the new state has no more."""
        now = self.now()
        return [id_ for id_ in self._before if id_ not in now]

    def counts(self) -> Counts:
        """How many articles are new, changed, gone, the same, and kept in an earlier version."""
        now = self.now()
        kept = sum(owned.kept for owned in now.values())
        both = [(owned, self._before[id_]) for id_, owned in now.items() if id_ in self._before and not owned.kept]
        changed = sum(owned.digest != before.digest for owned, before in both)
        added = len(now) - len(both) - kept
        return Counts(added, changed, len(self._before) - len(both) - kept, len(both) - changed, kept)

    def skipped(self) -> list[tuple[str, str]]:
        """Path and reason of all that is not searchable as it stands in the corpus, in the order of paths."""
        reasons = {(path, reason) for path, file in self._files.items() for reason in file.skipped}
        return sorted(reasons | set(self._plan.passed_over))

    def _wins(self, article_id: str, path: str) -> bool:
        return article_id not in self._met and self._claims.get(article_id, "") <= path

    def _is_news(self, article: Article) -> bool:
        before = self._before.get(article.id)
        return before is None or before.digest != article.digest

    def _kept(self, known: FileRecord | None, accounted: Set[str], *, unreadable: bool) -> list[ArticleRecord]:
        """The articles that were this file's and cannot be read any more, although nobody took them away."""
        if known is None or not unreadable:
            return []
        return [
            ArticleRecord(article.id, article.digest, kept=True)
            for article in known.articles
            if article.id not in accounted
            and article.id not in self._met
            and (owned := self._before.get(article.id))
            and owned.path == known.path
        ]
