"""`kb prepare`: machine code for all compiled loops, ahead of time."""

from __future__ import annotations

import click

# The modules with all compiled loops: those of building and those of answering.
import kb.indexing.builder
import kb.search.warmup  # noqa: F401
from kb.commands.options import stating_errors
from kb.compiled import loops
from kb.errors import PreparationFailed
from kb.machine_code.announcing import announce_with
from kb.machine_code.preparation import missing_from, prepare
from kb.machine_code.store import MachineCodeStore, not_kept, usual_folders
from kb.terminal import preparation_progress, say


@click.command("prepare")
@stating_errors
def command() -> None:
    """Compile the search engine ahead of time, for images, packages and read-only installations.

    A prepared installation compiles nothing, whoever runs it.
    """
    store = MachineCodeStore(usual_folders())
    announce_with(preparation_progress)
    missing = missing_from(store, loops())
    left = prepare(missing, store)
    if left and not store.is_writable():
        raise PreparationFailed("; ".join(not_kept(store.folders)))
    if left:
        counted = f"{len(left)} of {len(loops())} loops"
        raise PreparationFailed(f"{counted} could not be compiled or stored, {left[0].name} among them")
    if not missing:
        say("prepared already")
