"""`kb status`: the generations of an index."""

from __future__ import annotations

from pathlib import Path

import click

from kb.commands.options import index_option, stating_errors
from kb.indexing.suspects import set_aside
from kb.settings import Settings
from kb.storage.status import index_status
from kb.terminal import console_for, print_status, say


@click.command("status")
@index_option
@stating_errors
def command(index: str | None) -> None:
    """List the generations of the index; the current one is marked with *."""
    folder = Path(Settings.load(index=index).index)
    print_status(console_for(), index_status(folder))
    for path, reason in set_aside(folder):
        say(f"set aside {path}: {reason}")
