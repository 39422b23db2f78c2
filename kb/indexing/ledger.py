"""Decisions of a build about articles to write, remove and keep; the records are updated file by file.

Files are taken in the order of `Plan.read`, in descending order of paths. Nothing is read from the disk.
"""

from __future__ import annotations

from collections.abc import Mapping, Set

import msgspec

from kb.article import Article, Reading, SourceFile
from kb.indexing.plan import Plan, trusted_mtime
from kb.storage.records import ArticleRecord, FileRecord, Owned, owners


class Counts(msgspec.Struct, frozen=True):
    """Counts of articles by comparison of new and old state; see BuildReport."""

    added: int
    changed: int
    removed: int
    unchanged: int
    kept: int


class Ledger:
    """Records and decisions of a build."""

    def __init__(self, known: Mapping[str, FileRecord], plan: Plan, *, rewrite: bool) -> None:
        """`known`: records of the base by path; `rewrite`: write every article, changed or not."""
        self._before = owners(known.values())
        self._known = known
        self._plan = plan
        self._rewrite = rewrite
        self._files = dict(plan.unread)
        self._claims = {id_: owned.path for id_, owned in owners(plan.unread.values()).items() if not owned.kept}
        self._met: set[str] = set()
        self._now: dict[str, Owned] | None = None

    def take(self, source: SourceFile, reading: Reading, read_at_ns: int) -> list[Article]:
        """Record a file as read; returns the articles to write."""
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
        kept = self._earlier(known, given.keys() | set(reading.withdrawn), unreadable=reading.unreadable)
        records = (*(ArticleRecord(a.id, a.digest) for a in given.values()), *kept)
        self._files[source.path] = FileRecord(
            source.path, source.size, mtime_ns, reading.digest, records, reading.skipped
        )
        self._met.update(given)
        return [article for article in won if self._rewrite or self._is_changed(article)]

    def is_replacement(self, article_id: str) -> bool:
        """Whether the draft has an earlier version of the article, to be deleted before the new version is added."""
        return not self._rewrite and article_id in self._before

    def drop(self, article_id: str, reason: str) -> None:
        """Record the loss of the earlier version of an article, with the reason."""
        self._now = None
        for path, file in self._files.items():
            if any(article.id == article_id for article in file.articles):
                rest = tuple(article for article in file.articles if article.id != article_id)
                self._files[path] = msgspec.structs.replace(file, articles=rest, skipped=(*file.skipped, reason))

    def files(self) -> dict[str, FileRecord]:
        """The record of every file by path, in the order of paths."""
        return dict(sorted(self._files.items()))

    def now(self) -> dict[str, Owned]:
        """The version of every article in the new state, by id."""
        if self._now is None:
            self._now = owners(self._files.values())
        return self._now

    def removed(self) -> list[str]:
        """Ids of the old state missing in the new state."""
        now = self.now()
        return [id_ for id_ in self._before if id_ not in now]

    def counts(self) -> Counts:
        """Counts of new, changed, removed, unchanged and kept articles."""
        now = self.now()
        kept = sum(owned.kept for owned in now.values())
        both = [(owned, self._before[id_]) for id_, owned in now.items() if id_ in self._before and not owned.kept]
        changed = sum(owned.digest != before.digest for owned, before in both)
        added = len(now) - len(both) - kept
        return Counts(added, changed, len(self._before) - len(both) - kept, len(both) - changed, kept)

    def skipped(self) -> list[tuple[str, str]]:
        """(path, reason) of everything in the corpus not searchable in the current version, in the order of paths."""
        reasons = {(path, reason) for path, file in self._files.items() for reason in file.skipped}
        return sorted(reasons | set(self._plan.passed_over))

    def _wins(self, article_id: str, path: str) -> bool:
        return article_id not in self._met and self._claims.get(article_id, "") <= path

    def _is_changed(self, article: Article) -> bool:
        before = self._before.get(article.id)
        return before is None or before.digest != article.digest

    def _earlier(self, known: FileRecord | None, accounted: Set[str], *, unreadable: bool) -> list[ArticleRecord]:
        """Records of the file's earlier articles, missing now because part of the file is unreadable."""
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
