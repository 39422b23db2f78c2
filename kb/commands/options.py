"""Parts of several commands: the option for the index's folder, and errors as one line and exit code 1."""

from __future__ import annotations

import errno
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from kb.errors import KbError

index_option = click.option("--index", metavar="DIR", help="Folder of the index [setting: index].")


def stating_errors(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command, ending with one line and exit code 1 after KbError, and after a failure to write the output."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except KbError as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # the reader has seen enough; click ends quietly
            raise click.ClickException(str(error)) from error

    return wrapped
