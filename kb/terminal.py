"""What the commands print: progress, build reports, hits, the state of an index."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from kb.explanation import Explanation, WordShare
from kb.indexing.report import BuildReport, Step
from kb.indexing.status import Status
from kb.results import Hit, ResultPage, Snippet
from kb.snippets.page import ELLIPSIS

SKIPPED_SHOWN = 20
"""Files passed over that a report names one by one; the rest is counted by reason."""

_FIXED = {"title": "the query is the title", "every": "every article"}

_STAGES = {
    "scan": "looking at the corpus",
    "read": "reading and indexing",
    "write": "writing",
    "verify": "verifying",
    "publish": "publishing",
}


@contextmanager
def build_progress(console: Console) -> Iterator[Callable[[Step], None]]:
    """What to call with each step of a build: a bar on a terminal, a line for each stage elsewhere."""
    if not console.is_terminal:
        yield _plain_progress(console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=None)

        def show(step: Step) -> None:
            description = _STAGES.get(step.stage, step.stage)
            progress.update(task, description=description, completed=step.done, total=step.total or None)

        yield show


@contextmanager
def preparation_progress(sentence: str) -> Iterator[Callable[[int, int], None]]:
    """Takes how many loops are compiled: a bar on a terminal, a line at the beginning and one at the end elsewhere."""
    console = console_for("stderr")
    started = time.monotonic()
    if console.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task(sentence, total=None)
            yield lambda done, of: progress.update(task, completed=done, total=of)
    else:
        console.print(f"{sentence} …", highlight=False)
        yield lambda _done, _of: None
    console.print(f"the search engine is prepared, in {time.monotonic() - started:.0f} s", highlight=False)


def _plain_progress(console: Console) -> Callable[[Step], None]:
    stages: set[str] = set()

    def show(step: Step) -> None:
        if step.stage not in stages and (step.total or step.stage == "scan"):
            stages.add(step.stage)
            of = f" {step.total:,} files" if step.stage == "read" else ""
            console.print(f"{_STAGES.get(step.stage, step.stage)}{of} …", highlight=False)

    return show


def print_report(console: Console, report: BuildReport, *, every_skipped: bool = False) -> None:
    """A build's report, as lines for a person."""
    for reason in report.rebuilt_because:
        console.print(f"rebuilt: {escape(reason)}", highlight=False)
    counts = {
        "added": report.added,
        "changed": report.changed,
        "removed": report.removed,
        "unchanged": report.unchanged,
        "kept in an earlier version": report.kept,
        "skipped": len(report.skipped),
    }
    said = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count or name == "added")
    state = f"published {report.generation}" if report.published else f"{report.generation} is up to date"
    speed = f", {report.articles_per_second:,.0f} articles a second" if report.published and report.read else ""
    console.print(
        f"[bold]{state}[/bold]: {_counted(report.articles, 'article')} ({said}); "
        f"read {_counted(report.read, 'file')} in {report.seconds:.2f} s{speed}",
        highlight=False,
        soft_wrap=True,
    )
    _print_skipped(console, report.skipped, every_skipped)


def _print_skipped(console: Console, skipped: tuple[tuple[str, str], ...], every: bool) -> None:
    shown = skipped if every else skipped[:SKIPPED_SHOWN]
    for path, reason in shown:
        console.print(Text.assemble("  skipped ", (path, "bold"), f": {reason}"), soft_wrap=True)
    rest: dict[str, int] = {}
    for _, reason in skipped[len(shown) :]:
        rest[reason] = rest.get(reason, 0) + 1
    for reason, count in sorted(rest.items(), key=lambda row: -row[1]):
        console.print(Text(f"  skipped {_counted(count, 'more file')}: {reason}"), soft_wrap=True)


def print_page(console: Console, page: ResultPage) -> None:
    """Ranked hits with their snippets, the matches in colour."""
    total = f"{'at least ' if page.partial else ''}{_counted(page.total.value, 'article')}"
    console.print(
        Text.assemble((total, "bold"), f" for {page.query.searched or 'everything'}  ({page.took_ms:.1f} ms)")
    )
    for dropped in page.query.dropped:
        console.print(Text(f"not searched for: {dropped.text} ({dropped.reason})", style="yellow"))
    for warning in page.query.warnings:
        console.print(Text(warning, style="yellow"))
    for rank, hit in enumerate(page.hits, page.offset + 1):
        _print_hit(console, rank, hit)


def _print_hit(console: Console, rank: int, hit: Hit) -> None:
    about = " · ".join(part for part in (hit.id, hit.site, hit.author, hit.published) if part)
    console.print()
    console.print(Text.assemble((f"{rank:>3}. ", "dim"), (hit.title, "bold")), soft_wrap=True)
    console.print(Text(f"     {about}", style="dim"), soft_wrap=True)
    for snippet in hit.snippets:
        console.print(Text("     ").append_text(_coloured(snippet)), soft_wrap=True)
    if hit.explanation:
        _print_explanation(console, hit.score, hit.explanation)


def _print_explanation(console: Console, score: float, explanation: Explanation) -> None:
    """What adds up to a score, a line for each part, the figures below one another."""
    heads, *rows = _rows(explanation)
    widths = [max(map(cell_len, column)) for column in zip(heads, *rows, strict=True)]
    console.print()
    console.print(Text(_aligned(heads, widths), style="dim"), soft_wrap=True)
    for row in [*rows, (f"{score:.4f}", "score")]:
        console.print(Text(_aligned(row, widths), style="bold" if row[1] == "score" else ""), soft_wrap=True)


def _rows(explanation: Explanation) -> Iterator[tuple[str, ...]]:
    """The heads of the columns, and then each part of a score."""
    others = [(near.score, f"{near.text} near others") for near in explanation.nearness]
    others += [(fixed.score, _FIXED.get(fixed.kind, f"{fixed.kind}:{fixed.text}")) for fixed in explanation.fixed]
    figures: tuple[str, ...] = ()
    for word in explanation.words[:1]:
        lengths = (f"in title (ø {word.title.average:,.1f})", f"in text (ø {word.body.average:,.1f})")
        figures = ("boost", "idf", "impact", *lengths, "articles")
    yield "adds", "for", *figures
    yield from map(_word_row, explanation.words)
    for added, what in others:
        yield f"{added:.4f}", what, *[""] * len(figures)


def _word_row(word: WordShare) -> tuple[str, ...]:
    """The figures of a word; after what was typed, what was looked for if that is another word."""
    typed = f'"{word.text}"' if word.phrase else word.text
    found = f": {word.term}" if word.term != word.text.lower() else ""
    field = word.field.removesuffix("_word")
    return (
        f"{word.score:.4f}",
        f"{field}:{typed}{found}" if field in ("title", "body") else f"{typed}{found}",
        f"{word.boost:g}",
        f"{word.idf:.4f}",
        f"{word.impact:.4f}",
        f"{word.title.frequency:,} of {word.title.length:,}",
        f"{word.body.frequency:,} of {word.body.length:,}",
        f"{word.articles:,} of {word.of:,}",
    )


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    """A line of a table: what is added for to the left of its column, figures to the right of theirs."""
    cells = []
    for column, (cell, width) in enumerate(zip(row, widths, strict=False)):
        space = " " * (width - cell_len(cell))
        cells.append(cell + space if column == 1 else space + cell)
    return f"       {'  '.join(cells)}".rstrip()


def _coloured(snippet: Snippet) -> Text:
    text = Text(snippet.text.replace("\n", " "))
    for start, end in snippet.marks:
        text.stylize("bold green", start - snippet.start, end - snippet.start)
    lead = ELLIPSIS if snippet.html.startswith(ELLIPSIS) else ""
    trail = ELLIPSIS if snippet.html.endswith(ELLIPSIS) else ""
    return Text(lead).append_text(text).append(trail)


def print_status(console: Console, status: Status) -> None:
    """The generations of an index, the current one marked."""
    if status.problem:
        console.print(Text(status.problem, style="red"), soft_wrap=True)
    if status.builder is not None:
        console.print(f"a build is at work (process {status.builder})", highlight=False)
    for facts in status.generations:
        mark = "*" if facts.name == status.current else " "
        what = facts.problem or f"{_counted(facts.articles, 'article')}, {facts.size / 1e6:,.1f} MB, {facts.created}"
        console.print(Text.assemble(f"{mark} ", (facts.name, "bold"), f"  {what}"), soft_wrap=True)


def console_for(stream: str = "stdout") -> Console:
    """A console on standard output or standard error."""
    return Console(stderr=stream == "stderr", file=None if stream == "stderr" else sys.stdout)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
