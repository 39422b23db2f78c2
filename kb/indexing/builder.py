"""A build: from the state of a corpus to a new published generation, or to a report of no change.

The steps; until the last step the published generation stays unchanged:

1. under the builder's lock, remove leftovers of interrupted builds;
2. choose the base, the generation to build upon: the current generation, or if damaged an older generation;
3. scan the corpus and read the changed files;
4. hash the base, and write new articles into a draft, with copies of the base's files;
5. read the draft back, hash the files, write the manifest, sync everything to the disk;
6. rename the draft to a generation, and make the generation current.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

from kb.article import Article, Corpus, SourceFile
from kb.errors import IndexFailure
from kb.indexing.base import BaseDamaged, Bases
from kb.indexing.contents import readable_articles
from kb.indexing.draft import Draft
from kb.indexing.file_batch import Task
from kb.indexing.held import holding, still_holds
from kb.indexing.ledger import Ledger
from kb.indexing.plan import make_plan
from kb.indexing.reading import analysed_batches, articles_to_write, read_files, tasks_for
from kb.indexing.report import BuildReport, Progress, Step
from kb.indexing.shrinkage import refuse_shrunk, refuse_vanished
from kb.indexing.suspects import Suspects
from kb.indexing.verification import Written, verify_draft
from kb.segments.batch import Batch
from kb.storage.fingerprint import changed_parts, index_fingerprint, layout_problem
from kb.storage.generations import Generation, Generations
from kb.storage.hold import Hold, remove_hold
from kb.storage.lock import builder_lock
from kb.storage.records import owners
from kb.storage.seen import known_files, remember
from kb.text.token_batches import BatchTokenizer
from kb.text.tokens import Analyzer

_SCANNED_A_SIGN = 1000
"""Entries of the corpus to look at between two signs of life."""


def _ignore(_: object) -> None:
    pass


class Builder:
    """Builds generations in an index folder; only one build at a time, in whichever process."""

    def __init__(
        self,
        index_folder: Path,
        analyzer: Analyzer,
        *,
        keep_generations: int = 3,
        processes: int = 1,
        memory_mb: int = 512,
        wait_seconds: float = 0.0,
        notice: Callable[[int], None] = _ignore,
    ) -> None:
        """
        keep_generations  published generations to keep, including the current generation
        processes         readers at most, 0: as many as cores; two or more need a corpus with support for pickling,
                          and so does a file that ended a process
        memory_mb         memory for articles waiting to be written, in megabytes
        wait_seconds      patience with another builder
        notice            called with the process id of another builder before the waiting
        """
        self._generations = Generations(index_folder)
        self._analyzer = analyzer
        self._keep = keep_generations
        self._processes = processes
        self._memory_mb = memory_mb
        self._wait_seconds = wait_seconds
        self._notice = notice

    def build(
        self, corpus: Corpus, *, progress: Callable[[Step], None] = _ignore, allow_shrink: bool = False
    ) -> BuildReport:
        """Bring the current generation up to the corpus, unless a rollback holds, and report the changes.

        Raises BuildRefused if another builder does not end in time, or if more than half of the articles would be
        removed (unless `allow_shrink`), and IndexFailure if the new generation cannot be written; after an error the
        current generation is the same as before.
        """
        folder = self._generations.folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with builder_lock(folder, wait_seconds=self._wait_seconds, notice=self._notice):
                self._generations.clear_leftovers()
                try:
                    report = self._run(corpus, progress, allow_shrink)
                except BaseDamaged:
                    # Noticed when every file was hashed: now another base is chosen.
                    report = self._run(corpus, progress, allow_shrink)
                self._generations.prune(self._keep)
                return report
        except OSError as error:
            raise IndexFailure(f"the index in {folder} cannot be built: {error}") from error

    def _run(self, corpus: Corpus, progress: Callable[[Step], None], allow_shrink: bool) -> BuildReport:
        told = Progress(progress)
        bases = Bases(self._generations, self._keep, told.again)
        build = _Build(self._generations, bases, self._analyzer, corpus, told, self._memory_mb)
        return build.run(self._processes, allow_shrink=allow_shrink)


class _Build:
    """State of a build."""

    def __init__(
        self,
        generations: Generations,
        bases: Bases,
        analyzer: Analyzer,
        corpus: Corpus,
        progress: Progress,
        memory_mb: int,
    ) -> None:
        self._started = time.monotonic()
        self._generations = generations
        self._bases = bases
        self._analyzer = analyzer
        self._corpus = corpus
        self._progress = progress
        self._memory_mb = memory_mb
        self._fingerprint = index_fingerprint(analyzer, corpus)
        self._base, damage = bases.newest_whole()
        changes = changed_parts(self._base.manifest.fingerprint, self._fingerprint) if self._base else []
        self._reasons = (*damage, *changes)
        self._rewrite = self._base is None or bool(changes)
        self._hold = holding(generations.folder, self._base, self._fingerprint, damage)
        self._number = generations.next_number()
        self._draft: Draft | None = None
        self._written = Written(analyzer)
        self._files_read = self._articles_read = 0

    def run(self, processes: int, *, allow_shrink: bool) -> BuildReport:
        folder = self._generations.folder
        known = known_files(folder, self._base) if self._base else {}
        scanned = self._scan()
        if self._hold and still_holds(folder, self._hold, self._corpus, scanned):
            return self._report_held(self._hold)
        plan = make_plan(known, scanned, everything=self._rewrite)
        if not allow_shrink:
            refuse_vanished(self._corpus.root, known, plan)
        ledger = Ledger(known, plan, rewrite=self._rewrite)
        try:
            indexed = {} if self._rewrite else owners(known.values())
            self._read(tasks_for(plan.read, indexed), ledger, processes)
            if not allow_shrink:
                refuse_shrunk(self._corpus.root, known, ledger)
            generation = self._publish(ledger) if self._is_new(ledger) else self._remember(ledger)
        except BaseException:
            if self._draft:
                self._draft.abandon()
            raise
        with suppress(OSError):
            remove_hold(folder)
        return self._report(generation, ledger)

    def _scan(self) -> list[SourceFile | tuple[str, str]]:
        self._progress(Step("scan", 0, 0))
        scanned: list[SourceFile | tuple[str, str]] = []
        for entry in self._corpus.scan():
            scanned.append(entry)
            if len(scanned) % _SCANNED_A_SIGN == 0:
                self._progress.again()
        self._progress(Step("scan", len(scanned), len(scanned)))
        return scanned

    def _read(self, tasks: Sequence[Task], ledger: Ledger, processes: int) -> None:
        self._progress(Step("read", 0, len(tasks)))
        suspects = Suspects(self._generations.folder, self._corpus.fingerprint)
        with closing(read_files(self._corpus, tasks, processes, suspects)) as batches:
            for batch in batches:
                ids, articles = articles_to_write(batch, ledger)
                for article_id in filter(ledger.is_replacement, ids):
                    self._open_draft().delete(article_id)
                self._write(ids, articles)
                self._files_read += len(batch.files)
                self._articles_read += sum(len(file.reading.articles) for file in batch.files)
                self._progress(Step("read", self._files_read, len(tasks)))

    def _write(self, ids: Sequence[str], articles: Batch) -> None:
        if ids:
            self._open_draft().add_batch(articles)
            self._written.add(ids, articles)

    def _open_draft(self) -> Draft:
        """The draft, made at the first call, when all files of the base are hashed; raises BaseDamaged."""
        if self._draft is None:
            hashed = self._bases.hashed(self._base) if self._base else None
            folder = self._generations.folder / f"building-{self._number}"
            base = None if self._rewrite else hashed
            self._draft = Draft(folder, base, self._analyzer, self._memory_mb, self._progress.again)
        return self._draft

    def _is_new(self, ledger: Ledger) -> bool:
        return bool(self._draft or self._rewrite or self._reasons or ledger.removed())

    def _remember(self, ledger: Ledger) -> Generation:
        generation = self._generations.current()
        files = ledger.files()
        if files != known_files(self._generations.folder, generation):
            remember(self._generations.folder, generation, files)
        return generation

    def _publish(self, ledger: Ledger) -> Generation:
        draft = self._open_draft()
        self._progress(Step("write", 0, 1))
        if self._rewrite:
            self._carry_over(ledger)
        else:
            for article_id in ledger.removed():
                draft.delete(article_id)
        draft.commit()
        self._progress(Step("write", 1, 1))
        self._verify(draft, ledger)
        self._progress(Step("publish", 0, 1))
        draft.seal(
            number=self._number,
            parent=self._base.number if self._base else None,
            fingerprint=self._fingerprint,
            records=tuple(ledger.files().values()),
            articles=len(ledger.now()),
        )
        generation = self._generations.publish(draft.folder, self._number)
        self._bases.add(generation)
        self._progress(Step("publish", 1, 1))
        return generation

    def _carry_over(self, ledger: Ledger) -> None:
        """Write the kept earlier versions again, from the base."""
        kept = [article_id for article_id, owned in ledger.now().items() if owned.kept]
        if self._base is None or not kept:
            return
        for ids, batch in analysed_batches(_readable(self._base, kept, ledger), BatchTokenizer()):
            self._write(ids, batch)

    def _verify(self, draft: Draft, ledger: Ledger) -> None:
        total = len(self._written.prints)
        self._progress(Step("verify", 0, total))
        verify_draft(
            draft.folder,
            ledger.now(),
            self._written,
            draft.taken_over(),
            lambda done: self._progress(Step("verify", min(done, total), total)),
        )

    def _report(self, generation: Generation, ledger: Ledger) -> BuildReport:
        counts = ledger.counts()
        seconds = time.monotonic() - self._started
        return BuildReport(
            generation=generation.name,
            published=self._draft is not None,
            rebuilt_because=self._reasons,
            added=counts.added,
            changed=counts.changed,
            removed=counts.removed,
            unchanged=counts.unchanged,
            kept=counts.kept,
            skipped=tuple(ledger.skipped()),
            articles=counts.added + counts.changed + counts.unchanged + counts.kept,
            read=self._files_read,
            seconds=seconds,
            articles_per_second=self._articles_read / seconds if seconds else 0.0,
        )

    def _report_held(self, hold: Hold) -> BuildReport:
        generation = self._generations.current()
        articles = len(owners(generation.records))
        return BuildReport(
            generation=generation.name,
            published=False,
            unchanged=articles,
            articles=articles,
            seconds=time.monotonic() - self._started,
            held_from=hold.origin,
        )


def _readable(base: Generation, ids: Sequence[str], ledger: Ledger) -> Iterator[Article]:
    """The base's articles by id; the ledger drops unreadable articles."""
    # Segments of another layout are not opened: their pickles may name classes of an older kb.
    unreadable = ((article_id, None) for article_id in ids)
    for article_id, article in unreadable if layout_problem(base) else readable_articles(base.path, ids):
        if article:
            yield article
        else:
            ledger.drop(article_id, f"{article_id}: the earlier version cannot be read any more")
