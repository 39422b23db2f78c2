"""`kb index`: bring the index up to the articles, once or whenever an article changes."""

from __future__ import annotations

import click

from kb.commands.build import build
from kb.commands.options import index_option, stating_errors
from kb.commands.watching import ProgressDisplay, Watching, no_progress, whatever_is_seen
from kb.indexing.report import BuildReport
from kb.machine_code.announcing import announce_with
from kb.settings import Settings
from kb.storage.hold import held_notice
from kb.terminal import build_progress, console_for, preparation_progress, print_report, say


@click.command("index")
@click.argument("corpus", required=False)
@index_option
@click.option("--watch", "watching", is_flag=True, help="Stay, and build again whenever an article changes.")
@click.option("--allow-shrink", is_flag=True, help="Let a build remove more than half of the articles.")
@click.option("--all-skipped", is_flag=True, help="Name every file that was skipped.")
@click.option("--signs-of-life", type=int, hidden=True)
@stating_errors
def command(
    corpus: str | None,
    index: str | None,
    watching: bool,
    allow_shrink: bool,
    all_skipped: bool,
    signs_of_life: int | None,
) -> None:
    """Bring the index up to the articles in CORPUS; only what changed is read."""
    settings = Settings.load(corpus=corpus, index=index)
    console = console_for()
    announce_with(preparation_progress)

    def show(report: BuildReport) -> None:
        print_report(console, report, every_skipped=all_skipped)
        if report.held_from:
            say(held_notice(report.generation, report.held_from))

    def warn(sentence: str) -> None:
        say(f"kb: {sentence}", "stderr", "red")

    if not watching:
        with build_progress(console) as progress:
            report = build(settings, whatever_is_seen(progress), allow_shrink=allow_shrink)
        show(report)
        return

    def progress_of_a_build() -> ProgressDisplay:
        return build_progress(console) if console.is_terminal and signs_of_life is None else no_progress()

    if signs_of_life is None:
        say(f"watching {settings.corpus} (Ctrl+C stops it)")
    watching_corpus = Watching(
        settings, signs=signs_of_life, show=show, warn=warn, progress=progress_of_a_build, allow_shrink=allow_shrink
    )
    watching_corpus.run()
