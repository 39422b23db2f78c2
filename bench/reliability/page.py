"""Outcomes as Markdown, and their places in a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from bench.machine import describe_machine
from bench.reliability.outcome import Outcome
from bench.tables import table

_HEADS = ("case", "tried", "failed", "worst")
_LONGEST_CELL = 160


def section(name: str, outcome: Outcome, short: bool = False) -> str:
    """The table of a trial, a table of further figures if it has one, and how to run it again."""
    rows = [[cell(row.case), f"{row.tried:,}", f"{row.failed:,}", cell(row.worst)] for row in outcome.rows]
    options = f"--only {name}{' --short' if short else ''}"
    command = f"`python -m bench.reliability {options}`, {datetime.now(UTC).date().isoformat()}"
    return "\n\n".join(part for part in (command, table(_HEADS, rows), outcome.figures) if part)


def overview(outcomes: Mapping[str, Outcome]) -> str:
    """The machine, and a line for each trial."""
    rows = [
        [name, f"{outcome.tried:,}", f"{outcome.failed:,}", cell(_worst(outcome))] for name, outcome in outcomes.items()
    ]
    return f"{describe_machine()}\n\n{table(['trial', 'tried', 'failed', 'worst'], rows)}"


def closing_line(outcomes: Mapping[str, Outcome]) -> str:
    """One line that says whether anything failed, and where."""
    tried = sum(outcome.tried for outcome in outcomes.values())
    failed = {name: outcome.failed for name, outcome in outcomes.items() if outcome.failed}
    if not failed:
        return f"nothing failed: {tried:,} attempts in {len(outcomes)} trials"
    named = ", ".join(f"{name} ({number:,})" for name, number in failed.items())
    return f"FAILED: {sum(failed.values()):,} of {tried:,} attempts, in {named}"


def replace_section(page: str, name: str, content: str) -> str:
    """The page with new content between the markers of a section; raises ValueError if it has none."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(page):
        raise ValueError(f"the page has no lines {begin} and {end}")
    return pattern.sub(lambda _: f"{begin}\n\n{content}\n\n{end}", page, count=1)


def cell(text: str) -> str:
    """Text for one cell of a table: in one line, of a bounded length, without anything that Markdown reads."""
    plain = " ".join(text.split())
    shown = plain if len(plain) <= _LONGEST_CELL else f"{plain[: _LONGEST_CELL - 1]}…"
    return shown.replace("|", "\\|").replace("<", "&lt;")


def _worst(outcome: Outcome) -> str:
    """The first failure in words, else nothing."""
    return next((f"{row.case}: {row.worst}" for row in outcome.rows if row.failed), "")
