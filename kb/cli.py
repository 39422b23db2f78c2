"""The `kb` command: loads a command's module when the command runs, and none of the libraries of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

from kb.printable import printable

COMMANDS = {
    "index": "Bring the index up to the articles in CORPUS; only what changed is read.",
    "serve": "Index CORPUS, serve the search page and the API, and keep the index fresh while serving.",
    "search": "Search the index for QUERY.",
    "status": "List the generations of the index; the current one is marked with *.",
    "check": "Verify every file of the current generation and name what is wrong; exit code 1 if anything is.",
    "rollback": "Make the previous generation (or the one with this number) current again.",
    "prepare": "Compile the search engine ahead of time, for images, packages and read-only installations.",
}
"""The commands, each in a module of `commands/`, and the first line of its help."""


@contextmanager
def _printable_errors() -> Iterator[None]:
    """Errors of click as printable text: names of files and arguments are part of many messages."""
    try:
        yield
    except click.ClickException as error:
        error.message = printable(error.message)  # type: ignore[misc, unused-ignore] # final to subclasses
        raise


class CommandTable(click.Group):
    """The commands of the table above; no error of a command prints a control character."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        with _printable_errors():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with _printable_errors():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"kb.commands.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=CommandTable, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kb")
def main() -> None:
    """A searchable knowledge base: from a folder of articles to a search page.

    Settings come from kb.toml in this folder and from KB_* variables; options beat both.
    """
