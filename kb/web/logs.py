"""Log of the service: one line a record, whatever a request contains; a traceback is indented below its line.

A line that begins at the margin is a record's: what visitors send can neither begin one nor reach a terminal.
"""

from __future__ import annotations

import logging
from types import TracebackType
from typing import Any, TypeAlias

from gunicorn.glogging import Logger

from kb.printable import printable

FORMAT = "%(asctime)s [%(process)d] [%(levelname)s] %(message)s"

_INDENT = "    "

_ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class LineFormatter(logging.Formatter):
    """Records as printable lines."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - name of the standard library
        return printable(super().formatMessage(record))

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802
        return indent(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802
        return indent(super().formatStack(stack_info))


class ServiceLogger(Logger):
    """gunicorn's logger with printable lines, of errors and of requests."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                given = handler.formatter
                handler.setFormatter(LineFormatter(given._fmt if given else None, given.datefmt if given else None))


def set_up_logging(level: int = logging.INFO) -> None:
    """Send the records of the process to standard error as printable lines, unless they are sent somewhere already."""
    handler = logging.StreamHandler()
    handler.setFormatter(LineFormatter(FORMAT))
    logging.basicConfig(level=level, handlers=[handler])


def indent(text: str) -> str:
    """The lines of a text, printable and indented."""
    return "\n".join(_INDENT + printable(line) for line in text.split("\n"))
