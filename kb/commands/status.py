"""`kb status`: the generations of an index."""

from __future__ import annotations

from pathlib import Path

import click

from kb.commands.options import index_option, stating_errors
from kb.settings import Settings
from kb.storage.status import index_status
from kb.terminal import console_for, print_status


@click.command("status")
@index_option
@stating_errors
def command(index: str | None) -> None:
    """List the generations of the index; the current one is marked with *."""
    print_status(console_for(), index_status(Path(Settings.load(index=index).index)))
