"""`kb serve`: serve the index, and keep the index fresh by a process beside the server."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from kb.commands.ending import ended_in_order
from kb.commands.first_build import first_build
from kb.commands.options import index_option, stating_errors
from kb.errors import IndexFailure
from kb.machine_code.announcing import announce_with
from kb.own_process import module_command
from kb.settings import Settings
from kb.storage.generations import Generations
from kb.storage.opening import newest_openable
from kb.supervisor import Supervisor
from kb.terminal import preparation_progress
from kb.web.server import listen
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

    An existing index is served at once, and brought up to CORPUS meanwhile. Without a corpus folder, the index is
    served unchanged.
    """
    settings = Settings.load(corpus=corpus, index=index, host=host, port=port, workers=workers)
    announce_with(preparation_progress)
    # A folder that somebody named may be mounted later.
    is_watched = corpus is not None or settings.corpus != Settings.corpus or Path(settings.corpus).is_dir()
    with listen(settings) as listener:
        problem = _opening_problem(settings)
        if problem and not is_watched:
            raise problem
        if problem and (status := first_build(settings)) and _opening_problem(settings):
            raise SystemExit(status)
        with ended_in_order():
            run_server(settings, listener=listener, watcher=_watcher(settings) if is_watched else None)


def _opening_problem(settings: Settings) -> IndexFailure | None:
    """The reason why no generation of the index can be opened, if none can."""
    try:
        newest_openable(Generations(Path(settings.index)))
    except IndexFailure as error:
        return error
    return None


def _watcher(settings: Settings) -> Supervisor:
    """Supervisor of the watcher."""

    def command(signs: int) -> Sequence[str]:
        arguments = [settings.corpus, "--index", settings.index, "--watch", "--signs-of-life", str(signs)]
        return module_command("kb", "index", *arguments)

    return Supervisor("the watcher", command)
