"""A build: from the state of a corpus to a new published generation, or to the finding that nothing has changed.

The steps, of which each one but the last leaves the published generation as it is:

1. under the builders' lock, remove what builds that did not end have left;
2. choose the generation to build upon: the current one, or an older one if that is damaged;
3. look at the corpus and read the files that are not as they were;
4. write the articles that are new into a draft that shares the other one's files;
5. read the draft back, hash it, write its manifest, bring it to the disk;
6. give it its name, and make it the current one.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from kb.article import Article, Corpus, SourceFile
from kb.errors import BuildRefused, IndexFailure
from kb.indexing.checksums import deep_verify
from kb.indexing.contents import readable_articles
from kb.indexing.draft import Draft
from kb.indexing.generations import CURRENT, Generation, Generations
from kb.indexing.ledger import Ledger
from kb.indexing.lock import builder_lock
from kb.indexing.manifest import FORMAT, changed_parts
from kb.indexing.plan import make_plan
from kb.indexing.reading import Task, analysed, news, read_chunks, tasks_for
from kb.indexing.records import FileRecord, owners
from kb.indexing.report import BuildReport, Step
from kb.indexing.sealing import seal_draft
from kb.indexing.seen import known_files, remember
from kb.indexing.verification import Written, verify_draft
from kb.segments.batch import Batch
from kb.segments.layout import LAYOUT_VERSION
from kb.segments.schema import SCHEMA_VERSION
from kb.text.token_batches import BatchTokenizer
from kb.text.tokens import Analyzer


def _ignore(_: object) -> None:
    pass


class Builder:
    """Builds generations in one index folder; one build at a time, whichever process it is in."""

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
        """`wait_seconds`: for another builder to end; `notice` is told its process number before the waiting.

        `processes`: how many read and analyse, 0 for one for each core; a corpus for more than one can be pickled.
        `memory_mb`: of articles that are held before they are written.
        """
        self._generations = Generations(index_folder)
        self._analyzer = analyzer
        self._keep = keep_generations
        self._processes = processes
        self._memory_mb = memory_mb
        self._wait_seconds = wait_seconds
        self._notice = notice

    def build(
        self, corpus: Corpus, *, progress: Callable[[Step], None] = _ignore, allow_empty: bool = False
    ) -> BuildReport:
        """What was found and done; afterwards the current generation is that of the corpus.

        Raises BuildRefused if another builder does not end in time, or if a corpus without any file would empty an
        index (`allow_empty` allows it), and IndexFailure if the new generation cannot be written; what was published
        before stays current then.
        """
        folder = self._generations.folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with builder_lock(folder, wait_seconds=self._wait_seconds, notice=self._notice), _frozen_heap():
                self._generations.clear_leftovers()
                build = _Build(self._generations, self._analyzer, corpus, progress, self._memory_mb)
                report = build.run(self._processes, allow_empty=allow_empty)
                self._generations.prune(self._keep)
                return report
        except OSError as error:
            raise IndexFailure(f"the index in {folder} cannot be built: {error}") from error


@contextmanager
def _frozen_heap() -> Iterator[None]:
    """What is there before a build is not looked at again and again for garbage: that saves a twentieth of its time."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


class _Build:
    """The state of one build."""

    def __init__(
        self,
        generations: Generations,
        analyzer: Analyzer,
        corpus: Corpus,
        progress: Callable[[Step], None],
        memory_mb: int,
    ) -> None:
        self._started = time.monotonic()
        self._generations = generations
        self._analyzer = analyzer
        self._corpus = corpus
        self._progress = progress
        self._memory_mb = memory_mb
        self._fingerprint = {
            "schema": str(SCHEMA_VERSION),
            "analysis": analyzer.fingerprint,
            "articles": corpus.fingerprint,
            "layout": str(LAYOUT_VERSION),
            "format": str(FORMAT),
        }
        self._base, damage = _intact_generation(generations)
        changes = changed_parts(self._base.manifest.fingerprint, self._fingerprint) if self._base else []
        self._reasons = (*damage, *changes)
        self._rewrite = self._base is None or bool(changes)
        self._number = generations.next_number()
        self._draft: Draft | None = None
        self._written = Written(analyzer)
        self._files_read = self._articles_read = 0

    def run(self, processes: int, *, allow_empty: bool) -> BuildReport:
        known = known_files(self._generations.folder, self._base) if self._base else {}
        found = self._scan()
        self._refuse_emptied(known, found, allow_empty)
        plan = make_plan(known, found, everything=self._rewrite)
        ledger = Ledger(known, plan, rewrite=self._rewrite)
        try:
            indexed = {} if self._rewrite else owners(known.values())
            self._read(tasks_for(plan.read, indexed), ledger, processes)
            generation = self._publish(ledger) if self._has_news(ledger) else self._remember(ledger)
        except BaseException:
            if self._draft:
                self._draft.abandon()
            raise
        return self._report(generation, ledger)

    def _scan(self) -> list[SourceFile | tuple[str, str]]:
        self._progress(Step("scan", 0, 0))
        found = list(self._corpus.scan())
        self._progress(Step("scan", len(found), len(found)))
        return found

    def _refuse_emptied(
        self, known: dict[str, FileRecord], found: list[SourceFile | tuple[str, str]], allow_empty: bool
    ) -> None:
        articles = sum(len(file.articles) for file in known.values())
        if articles and not allow_empty and not any(isinstance(entry, SourceFile) for entry in found):
            raise BuildRefused(
                f"{self._corpus.root} holds no article file, but the index has {articles} articles; "
                f"is the folder mounted? To empty the index: kb index --allow-empty"
            )

    def _read(self, tasks: Sequence[Task], ledger: Ledger, processes: int) -> None:
        self._progress(Step("read", 0, len(tasks)))
        with closing(read_chunks(self._corpus, tasks, processes)) as chunks:
            for chunk in chunks:
                ids, batch = news(chunk, ledger)
                for article_id in filter(ledger.is_replacement, ids):
                    self._drafted().delete(article_id)
                self._write(ids, batch)
                self._files_read += len(chunk.files)
                self._articles_read += sum(len(file.reading.articles) for file in chunk.files)
                self._progress(Step("read", self._files_read, len(tasks)))

    def _write(self, ids: Sequence[str], batch: Batch) -> None:
        if ids:
            self._drafted().add_batch(batch)
            self._written.add(ids, batch)

    def _drafted(self) -> Draft:
        if self._draft is None:
            base = None if self._rewrite else self._base
            folder = self._generations.folder / f"building-{self._number}"
            self._draft = Draft(folder, base, self._analyzer, self._memory_mb)
        return self._draft

    def _has_news(self, ledger: Ledger) -> bool:
        return bool(self._draft or self._rewrite or self._reasons or ledger.removed())

    def _remember(self, ledger: Ledger) -> Generation:
        generation = self._generations.current()
        files = ledger.files()
        if files != known_files(self._generations.folder, generation):
            remember(self._generations.folder, generation, files)
        return generation

    def _publish(self, ledger: Ledger) -> Generation:
        draft = self._drafted()
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
        self._seal(draft, ledger)
        generation = self._generations.publish(draft.folder, self._number)
        self._progress(Step("publish", 1, 1))
        return generation

    def _carry_over(self, ledger: Ledger) -> None:
        """Writes the earlier versions that stay, from the generation that has them."""
        kept = [article_id for article_id, owned in ledger.now().items() if owned.kept]
        if self._base is None or not kept:
            return
        for ids, batch in analysed(_readable_ones(self._base, kept, ledger), BatchTokenizer()):
            self._write(ids, batch)

    def _verify(self, draft: Draft, ledger: Ledger) -> None:
        total = len(self._written.prints)
        self._progress(Step("verify", 0, total))
        segments = {name.split(".")[0] for name in draft.shared()}
        verify_draft(
            draft.folder,
            ledger.now(),
            self._written,
            segments,
            lambda done: self._progress(Step("verify", min(done, total), total)),
        )

    def _seal(self, draft: Draft, ledger: Ledger) -> None:
        seal_draft(
            draft,
            number=self._number,
            base=self._base,
            fingerprint=self._fingerprint,
            records=tuple(ledger.files().values()),
            articles=len(ledger.now()),
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


def _intact_generation(generations: Generations) -> tuple[Generation | None, list[str]]:
    """The newest generation that is whole, the current one first; and what is wrong with those before it."""
    damage: list[str] = []
    try:
        candidates = [generations.current(), *generations.others()]
    except IndexFailure as error:
        candidates = generations.all()
        if candidates or (generations.folder / CURRENT).exists():
            damage.append(str(error))
    for generation in candidates:
        try:
            deep_verify(generation)
        except IndexFailure as error:
            damage.append(str(error))
        else:
            return generation, damage
    return None, damage


def _readable_ones(base: Generation, ids: Sequence[str], ledger: Ledger) -> Iterator[Article]:
    """The articles of these ids as an earlier generation has them; the ledger drops those that cannot be read."""
    for article_id, article in readable_articles(base.path, ids):
        if article:
            yield article
        else:
            ledger.drop(article_id, f"{article_id}: the earlier version cannot be read any more")
