"""`kb check`: problems of the current generation."""

from __future__ import annotations

from pathlib import Path

import click

from kb.commands.options import index_option, stating_errors
from kb.indexing.verification import check
from kb.settings import Settings
from kb.storage.generations import Generations
from kb.terminal import say


@click.command("check")
@index_option
@stating_errors
def command(index: str | None) -> None:
    """Verify every file of the current generation and name what is wrong; exit code 1 if anything is."""
    generation = Generations(Path(Settings.load(index=index).index)).current()
    problems = check(generation)
    for problem in problems:
        say(problem)
    if problems:
        counted = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        raise click.ClickException(
            f"{generation.name} has {counted}; "
            "`kb rollback` goes back to an earlier generation, `kb index` builds a new one"
        )
    say(f"{generation.name} is whole")
