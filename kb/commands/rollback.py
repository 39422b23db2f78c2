"""`kb rollback`: an earlier generation is current again."""

from __future__ import annotations

from pathlib import Path

import click

from kb.commands.options import index_option, stating_errors
from kb.commands.waiting import LOCK_WAIT_S, say_who_builds
from kb.settings import Settings
from kb.storage.rollback import rollback
from kb.terminal import say


@click.command("rollback")
@click.argument("generation", required=False)
@index_option
@stating_errors
def command(generation: str | None, index: str | None) -> None:
    """Make the previous generation (or the one with this number) current again."""
    settings = Settings.load(index=index)
    number = _number(generation) if generation else None
    target = rollback(Path(settings.index), number, wait_seconds=LOCK_WAIT_S, notice=say_who_builds)
    say(f"{target.name} is current; the next `kb index` brings it up to the corpus again")


def _number(generation: str) -> int:
    """The number of a generation, given as `7` or by its name, `gen-7`; raises UsageError for any other text."""
    digits = generation.removeprefix("gen-")
    if not digits.isdecimal():
        raise click.UsageError(f"{generation} is no generation; expected a number or a name, as `kb status` lists them")
    return int(digits)
