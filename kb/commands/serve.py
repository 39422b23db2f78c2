"""`kb serve`: index the articles, serve them, and keep the index fresh in a process beside the server."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from kb.commands.build import build
from kb.commands.options import index_option, stating_errors
from kb.errors import KbError, NoIndex
from kb.machine_code.announcing import announce_with
from kb.own_process import module_command, module_environment
from kb.settings import Settings
from kb.storage.generations import Generations
from kb.terminal import console_for, preparation_progress, print_report, say
from kb.web.server import serve as run_server


@click.command("serve")
@click.argument("corpus", required=False)
@index_option
@click.option("--host", metavar="H", help="Address to listen on [setting: host].")
@click.option("--port", type=int, metavar="P", help="Port to listen on [setting: port].")
@click.option("--workers", type=int, metavar="N", help="Worker processes [setting: workers].")
@stating_errors
def command(corpus: str | None, index: str | None, host: str | None, port: int | None, workers: int | None) -> None:
    """Index CORPUS, serve the search page and the API, and keep the index fresh while serving.

    Without a corpus folder, the index is served as it is.
    """
    settings = Settings.load(corpus=corpus, index=index, host=host, port=port, workers=workers)
    announce_with(preparation_progress)
    if corpus is None and not Path(settings.corpus).is_dir():
        Generations(Path(settings.index)).current()
        run_server(settings)
        return
    try:
        print_report(console_for(), build(settings))
    except KbError as error:
        _served_nevertheless(settings, error)
    with _watcher(settings):
        run_server(settings)


def _served_nevertheless(settings: Settings, error: KbError) -> None:
    """Print the error of a build, and serve the current generation; raises the error without a generation."""
    try:
        generation = Generations(Path(settings.index)).current()
    except NoIndex:
        raise error from None
    say(f"kb: {error}; serving {generation.name} as it is", "stderr")


@contextmanager
def _watcher(settings: Settings) -> Iterator[None]:
    """Keep the index fresh by a process beside the server, until the server ends."""
    arguments = ["index", settings.corpus, "--index", settings.index, "--watch", "--with-parent"]
    command = module_command("kb", *arguments)
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=module_environment())  # noqa: S603 - our own
    try:
        yield
    finally:
        process.terminate()
