"""A build by the settings, with progress on the terminal: the common part of `index` and `serve`."""

from __future__ import annotations

from pathlib import Path

from kb.articles.corpus import FolderCorpus
from kb.commands.ending import ended_in_order
from kb.commands.waiting import LOCK_WAIT_S, say_who_builds
from kb.indexing.builder import Builder
from kb.indexing.report import BuildReport
from kb.settings import Settings
from kb.terminal import build_progress, console_for
from kb.text.tokens import Analyzer


def build(settings: Settings, *, allow_empty: bool = False) -> BuildReport:
    """Bring the index up to the corpus. Returns the report; raises BuildRefused, IndexFailure or CorpusError."""
    corpus = FolderCorpus(Path(settings.corpus), max_bytes=settings.max_article_mb * 1_000_000)
    builder = Builder(
        Path(settings.index),
        Analyzer(settings.language),
        keep_generations=settings.keep_generations,
        processes=settings.index_processes,
        memory_mb=settings.index_memory_mb,
        wait_seconds=LOCK_WAIT_S,
        notice=say_who_builds,
    )
    with build_progress(console_for()) as progress, ended_in_order():
        return builder.build(corpus, progress=progress, allow_empty=allow_empty)
