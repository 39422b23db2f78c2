"""A build by the settings: the common part of a single build and of a watch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kb.articles.corpus import FolderCorpus
from kb.commands.ending import ended_in_order
from kb.commands.waiting import LOCK_WAIT_S, say_who_builds
from kb.indexing.builder import Builder
from kb.indexing.report import BuildReport, Step
from kb.settings import Settings
from kb.text.tokens import Analyzer


def build(
    settings: Settings,
    progress: Callable[[Step], None] = lambda _: None,
    *,
    allow_shrink: bool = False,
    wait_seconds: float = LOCK_WAIT_S,
    notice: Callable[[int], None] = say_who_builds,
) -> BuildReport:
    """Bring the index up to the corpus. Returns the report; raises BuildRefused, IndexFailure or CorpusError."""
    corpus = FolderCorpus(Path(settings.corpus), max_bytes=settings.max_article_mb * 1_000_000)
    builder = Builder(
        Path(settings.index),
        Analyzer(settings.language),
        keep_generations=settings.keep_generations,
        processes=settings.index_processes,
        memory_mb=settings.index_memory_mb,
        wait_seconds=wait_seconds,
        notice=notice,
    )
    with ended_in_order():
        return builder.build(corpus, progress=progress, allow_shrink=allow_shrink)
