"""`kb index`: bring the index up to the articles, once or whenever an article changes."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import click

from kb.commands.build import build
from kb.commands.options import index_option, stating_errors
from kb.indexing.report import BuildReport
from kb.indexing.watch import watch
from kb.machine_code.announcing import announce_with
from kb.settings import Settings
from kb.terminal import console_for, preparation_progress, print_report, say


@click.command("index")
@click.argument("corpus", required=False)
@index_option
@click.option("--watch", "watching", is_flag=True, help="Stay, and build again whenever an article changes.")
@click.option("--allow-empty", is_flag=True, help="Let a corpus without any file empty the index.")
@click.option("--all-skipped", is_flag=True, help="Name every file that was skipped.")
@click.option("--with-parent", is_flag=True, hidden=True)
@stating_errors
def command(
    corpus: str | None, index: str | None, watching: bool, allow_empty: bool, all_skipped: bool, with_parent: bool
) -> None:
    """Bring the index up to the articles in CORPUS; only what changed is read."""
    settings = Settings.load(corpus=corpus, index=index)
    console = console_for()
    announce_with(preparation_progress)

    def build_once() -> BuildReport:
        return build(settings, allow_empty=allow_empty)

    def report(outcome: BuildReport | Exception) -> None:
        if isinstance(outcome, Exception):
            say(f"kb: {outcome}", "stderr", "red")
        elif outcome.published or not watching:
            print_report(console, outcome, every_skipped=all_skipped)

    if not watching:
        report(build_once())
        return
    if not with_parent:
        say(f"watching {settings.corpus} (Ctrl+C stops it)")
    watch(build_once, Path(settings.corpus), stop=_until_told_to_stop(with_parent), report=report)


def _until_told_to_stop(with_parent: bool) -> threading.Event:
    """An event set by SIGINT, by SIGTERM and, if `with_parent`, by the end of the parent process."""
    stop = threading.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda *_: stop.set())
    if with_parent:
        parent = os.getppid()

        def wait_for_parent() -> None:
            while os.getppid() == parent and not stop.wait(0.5):
                pass
            stop.set()

        threading.Thread(target=wait_for_parent, daemon=True).start()
    return stop
