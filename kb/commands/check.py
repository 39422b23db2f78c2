"""`kb check`: problems of the current generation."""

from __future__ import annotations

from pathlib import Path

import click

from kb.commands.options import index_option, stating_errors
from kb.errors import IndexDamaged, IndexFailure
from kb.indexing.verification import check
from kb.settings import Settings
from kb.storage.generations import Generations
from kb.storage.opening import newest_openable
from kb.terminal import say


@click.command("check")
@index_option
@stating_errors
def command(index: str | None) -> None:
    """Verify every file of the current generation and name what is wrong; exit code 1 if anything is."""
    generations = Generations(Path(Settings.load(index=index).index))
    name, problems = _checked(generations)
    for problem in problems:
        say(problem)
    if problems:
        counted = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        raise click.ClickException(f"{name} has {counted}; {_way_out(generations, name)}")
    say(f"{name} is whole")


def _checked(generations: Generations) -> tuple[str, list[str]]:
    """Name and problems of the current generation, or of the index if the current generation cannot be told."""
    try:
        generation = generations.current()
    except IndexDamaged as error:
        return str(generations.folder), [str(error)]
    return generation.name, check(generation)


def _way_out(generations: Generations, damaged: str) -> str:
    """What searches answer from meanwhile, and what to do."""
    cure = "`kb index` builds a new one"
    try:
        served = newest_openable(generations).generation.name
    except IndexFailure:
        return f"no generation can be searched; {cure}"
    if served == damaged:
        return f"`kb rollback` goes back to an earlier generation, {cure}"
    return f"searches are answered from {served} instead; {cure}"
