"""`kb status`: generations and freshness of an index."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from kb.commands.options import index_option, stating_errors
from kb.indexing.suspects import set_aside
from kb.settings import Settings
from kb.storage.hold import held_notice
from kb.storage.status import index_status
from kb.storage.watch_state import WatchState, utc_now
from kb.terminal import console_for, print_status, say

_CONDITIONS = {
    "running": "keeps the index fresh",
    "failing": "cannot build",
    "silent": "has ended, or hangs",
    "ended": "has ended",
}


@click.command("status")
@index_option
@stating_errors
def command(index: str | None) -> None:
    """List the generations of the index; the current one is marked with *."""
    folder = Path(Settings.load(index=index).index)
    status = index_status(folder)
    print_status(console_for(), status)
    if status.held_from:
        say(held_notice(status.current, status.held_from))
    for line in watcher_lines(status.watcher, utc_now()):
        say(line)
    for path, reason in set_aside(folder):
        say(f"set aside {path}: {reason}")


def watcher_lines(state: WatchState | None, now: datetime) -> list[str]:
    """The state of a watcher as lines for a person."""
    if state is None:
        return ["no watcher: the index is kept as it is"]
    condition = state.condition(now)
    what = _CONDITIONS[condition]
    if condition == "running" and state.mode:
        what += ", by notices of changes" if state.mode == "notices" else f", by polling: {state.mode_reason}"
    lines = [f"the watcher (process {state.pid}) {what}; last sign of life {_age(state.sign, now)}"]
    if built := state.last_build:
        done = "published" if built.published else "nothing new in"
        lines.append(f"last build {_age(built.when, now)}: {done} {built.generation}")
    if failed := state.last_failure:
        lines.append(f"last failure {_age(failed.when, now)}: {failed.text or failed.code}")
    return lines


def _age(when: datetime, now: datetime) -> str:
    seconds = max(0, round((now - when).total_seconds()))
    for unit, name in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * unit:
            return f"{seconds // unit} {name} ago"
    return f"{seconds} s ago"
