"""The `kb` command: each command reads the settings, wires the layers together and prints what they give back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click
import msgspec

from kb.articles.corpus import FolderCorpus
from kb.errors import KbError, NoIndex
from kb.indexing.builder import Builder
from kb.indexing.generations import Generations
from kb.indexing.report import BuildReport
from kb.indexing.rollback import rollback as roll_back
from kb.indexing.status import index_status
from kb.indexing.verification import check as check_generation
from kb.indexing.watch import watch
from kb.search.live import open_index
from kb.search.page_json import encode_page
from kb.settings import Settings
from kb.terminal import build_progress, console_for, print_page, print_report, print_status
from kb.text.tokens import Analyzer
from kb.web.server import serve as run_server

LOCK_WAIT_S = 600.0
"""How long a build waits for another one to end before it gives up."""

_INDEX_OPTION = click.option("--index", metavar="DIR", help="Folder of the index [setting: index].")


def _stating_errors(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command, ending with one line and exit code 1 where it raises one of our errors."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except KbError as error:
            raise click.ClickException(str(error)) from error

    return wrapped


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kb")
def main() -> None:
    """A searchable knowledge base: from a folder of articles to a search page.

    Settings come from kb.toml in this folder and from KB_* variables; options beat both.
    """


@main.command()
@click.argument("corpus", required=False)
@_INDEX_OPTION
@click.option("--watch", "watching", is_flag=True, help="Stay, and build again whenever an article changes.")
@click.option("--allow-empty", is_flag=True, help="Let a corpus without any file empty the index.")
@click.option("--all-skipped", is_flag=True, help="Name every file that was skipped.")
@click.option("--with-parent", is_flag=True, hidden=True)
@_stating_errors
def index(
    corpus: str | None, index: str | None, watching: bool, allow_empty: bool, all_skipped: bool, with_parent: bool
) -> None:
    """Bring the index up to the articles in CORPUS; only what changed is read."""
    settings = Settings.load(corpus=corpus, index=index)
    console = console_for()

    def build() -> BuildReport:
        return _build(settings, allow_empty=allow_empty)

    def report(outcome: BuildReport | Exception) -> None:
        if isinstance(outcome, Exception):
            console_for("stderr").print(f"kb: {outcome}", style="red", markup=False, highlight=False)
        elif outcome.published or not with_parent:
            print_report(console, outcome, every_skipped=all_skipped)

    if not watching:
        report(build())
        return
    watch(build, Path(settings.corpus), stop=_until_told_to_stop(with_parent), report=report)


@main.command()
@click.argument("corpus", required=False)
@_INDEX_OPTION
@click.option("--host", metavar="H", help="Address to listen on [setting: host].")
@click.option("--port", type=int, metavar="P", help="Port to listen on [setting: port].")
@click.option("--workers", type=int, metavar="N", help="Worker processes [setting: workers].")
@_stating_errors
def serve(corpus: str | None, index: str | None, host: str | None, port: int | None, workers: int | None) -> None:
    """Index CORPUS, serve the search page and the API, and keep the index fresh while serving.

    Without a corpus folder, the index is served as it is.
    """
    settings = Settings.load(corpus=corpus, index=index, host=host, port=port, workers=workers)
    if corpus is None and not Path(settings.corpus).is_dir():
        Generations(Path(settings.index)).current()
        run_server(settings)
        return
    try:
        print_report(console_for(), _build(settings))
    except KbError as error:
        _served_nevertheless(settings, error)
    with _watcher(settings):
        run_server(settings)


@main.command()
@click.argument("query")
@_INDEX_OPTION
@click.option("--limit", type=click.IntRange(1, 100), default=10, metavar="N", help="Hits to show [10].")
@click.option("--json", "as_json", is_flag=True, help="Print the answer of the HTTP API.")
@click.option("--staff", is_flag=True, help="Read QUERY in the staff's language: AND, OR, NOT, title:, date: ...")
@click.option("--explain", is_flag=True, help="With --staff: say how the score of each hit came about.")
@_stating_errors
def search(query: str, index: str | None, limit: int, as_json: bool, staff: bool, explain: bool) -> None:
    """Search the index for QUERY."""
    if explain and not staff:
        raise click.UsageError("--explain is for staff; expected --staff together with it")
    settings = Settings.load(index=index)
    searcher = open_index(settings.index, settings)
    page = searcher.search(query, limit=limit, mode="staff" if staff else "visitor", explain=explain)
    if as_json:
        click.echo(msgspec.json.format(encode_page(page), indent=2))
    else:
        print_page(console_for(), page)


@main.command()
@_INDEX_OPTION
@_stating_errors
def status(index: str | None) -> None:
    """List the generations of the index; the current one is marked with *."""
    print_status(console_for(), index_status(Path(Settings.load(index=index).index)))


@main.command()
@_INDEX_OPTION
@_stating_errors
def check(index: str | None) -> None:
    """Verify every file of the current generation and name what is wrong; exit code 1 if anything is."""
    generation = Generations(Path(Settings.load(index=index).index)).current()
    problems = check_generation(generation)
    for problem in problems:
        click.echo(problem)
    if problems:
        _fail(f"{generation.name} has {len(problems)} problem{'s' if len(problems) > 1 else ''}; "
              "`kb rollback` goes back to an earlier generation, `kb index` builds a new one")  # fmt: skip
    click.echo(f"{generation.name} is whole")


@main.command()
@click.argument("generation", type=int, required=False)
@_INDEX_OPTION
@_stating_errors
def rollback(generation: int | None, index: str | None) -> None:
    """Make the previous generation (or the one with this number) current again."""
    settings = Settings.load(index=index)
    target = roll_back(Path(settings.index), generation, wait_seconds=LOCK_WAIT_S, notice=_notice)
    click.echo(f"{target.name} is current; the next `kb index` brings it up to the corpus again")


def _build(settings: Settings, *, allow_empty: bool = False) -> BuildReport:
    corpus = FolderCorpus(Path(settings.corpus), max_bytes=settings.max_article_mb * 1_000_000)
    builder = Builder(
        Path(settings.index),
        Analyzer(settings.language),
        keep_generations=settings.keep_generations,
        processes=settings.index_processes,
        memory_mb=settings.index_memory_mb,
        wait_seconds=LOCK_WAIT_S,
        notice=_notice,
    )
    with build_progress(console_for()) as progress:
        return builder.build(corpus, progress=progress, allow_empty=allow_empty)


def _served_nevertheless(settings: Settings, error: KbError) -> None:
    """Says that the index is served as it is; raises the error if there is none to serve."""
    try:
        generation = Generations(Path(settings.index)).current()
    except NoIndex:
        raise error from None
    console_for("stderr").print(f"kb: {error}; serving {generation.name} as it is", markup=False, highlight=False)


@contextmanager
def _watcher(settings: Settings) -> Iterator[None]:
    """A process beside the server that keeps its index fresh, as long as the server runs."""
    arguments = ["index", settings.corpus, "--index", settings.index, "--watch", "--with-parent"]
    command = [sys.executable, "-m", "kb", *arguments]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - our own command
    try:
        yield
    finally:
        process.terminate()


def _until_told_to_stop(with_parent: bool) -> threading.Event:
    """Set by SIGINT or SIGTERM and, where asked for, when the process that started this one is gone."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    if with_parent:
        parent = os.getppid()

        def wait_for_parent() -> None:
            while os.getppid() == parent and not stop.wait(0.5):
                pass
            stop.set()

        threading.Thread(target=wait_for_parent, daemon=True).start()
    return stop


def _notice(process: int) -> None:
    click.echo(f"another build is at work (process {process}); waiting for it to end", err=True)


def _fail(message: str) -> NoReturn:
    raise click.ClickException(message)
