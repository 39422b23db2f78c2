"""Results of trials: rows of a table, and how much of a trial is run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

_T = TypeVar("_T")


class Row(NamedTuple):
    """One kind of attempt.

    case    what was attempted
    tried   attempts
    failed  attempts after which a promise was broken
    worst   the first failure in words; without failures the worst figure, if any
    others  the other failures, for whoever looks into them
    """

    case: str
    tried: int
    failed: int
    worst: str = ""
    others: tuple[str, ...] = ()


class Outcome(NamedTuple):
    """Rows of a trial, and a table of further figures as Markdown."""

    rows: tuple[Row, ...]
    figures: str = ""

    @property
    def failed(self) -> int:
        return sum(row.failed for row in self.rows)

    @property
    def tried(self) -> int:
        return sum(row.tried for row in self.rows)


class Scale(NamedTuple):
    """Size of a run.

    short    a look of seconds in place of a measurement
    minutes  length of the load, in minutes
    """

    short: bool = False
    minutes: float = 10.0

    def pick(self, whole: _T, short: _T) -> _T:
        """The one of two sizes that this run has."""
        return short if self.short else whole


class Trial(Protocol):
    """A trial in a folder of its own, which is empty at the start and removed afterwards."""

    def __call__(self, scale: Scale, folder: Path, /) -> Outcome: ...


def count_failures(case: str, problems: Iterable[str], worst: str = "") -> Row:
    """The row of attempts, given the problem of each; an empty text stands for none."""
    listed = list(problems)
    failures = [problem for problem in listed if problem]
    return Row(case, len(listed), len(failures), failures[0] if failures else worst, tuple(failures[1:]))


def not_run(case: str, reason: str) -> Row:
    """The row of a kind of attempt that this machine does not allow."""
    return Row(case, 0, 0, f"not run: {reason}")


def seconds(value: float) -> str:
    """A duration as text: milliseconds below a second."""
    return f"{1000 * value:.0f} ms" if value < 1 else f"{value:.1f} s"
