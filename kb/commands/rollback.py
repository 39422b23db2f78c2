"""`kb rollback`: an earlier generation is current again, until the corpus changes."""

from __future__ import annotations

from pathlib import Path

import click

from kb.commands.options import index_option, stating_errors
from kb.commands.waiting import LOCK_WAIT_S, say_who_builds
from kb.settings import Settings
from kb.storage.hold import held_notice, hold_of
from kb.storage.rollback import lift, rollback
from kb.terminal import say

_NEXT = "the next `kb index` brings it up to the corpus"


@click.command("rollback")
@click.argument("generation", required=False)
@index_option
@click.option("--lift", "lifting", is_flag=True, help="End a rollback that holds: let builds go on.")
@stating_errors
def command(generation: str | None, index: str | None, lifting: bool) -> None:
    """Make the previous generation (or the one with this number) current again.

    The rollback lasts until an article changes, or until the rollback is lifted.
    """
    folder = Path(Settings.load(index=index).index)
    if lifting:
        if generation:
            raise click.UsageError("--lift is for the rollback that holds; expected no generation with it")
        hold = lift(folder, wait_seconds=LOCK_WAIT_S, notice=say_who_builds)
        say(f"the rollback from {hold.origin} is lifted; {_NEXT}" if hold else "no rollback holds")
        return
    number = _number(generation) if generation else None
    target = rollback(folder, number, wait_seconds=LOCK_WAIT_S, notice=say_who_builds)
    hold = hold_of(folder, target)
    say(f"{target.name} is current; {_NEXT}" if hold is None else held_notice(target.name, hold.origin))


def _number(generation: str) -> int:
    """The number of a generation, given as `7` or by its name, `gen-7`; raises UsageError for any other text."""
    digits = generation.removeprefix("gen-")
    if not digits.isdecimal():
        raise click.UsageError(f"{generation} is no generation; expected a number or a name, as `kb status` lists them")
    return int(digits)
