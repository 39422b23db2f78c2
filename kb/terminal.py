"""Output of the commands: progress, build reports, hits, the state of an index.

Names, titles and texts of others are shown as printable text, by `_text`: no control character reaches the terminal.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

import msgspec
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from kb.explanation import Explanation, WordShare
from kb.indexing.report import BuildReport, Step
from kb.printable import printable, printable_json
from kb.results import ELLIPSIS, SENTENCE, Hit, ResultPage, Snippet
from kb.storage.status import Status

SKIPPED_SHOWN = 20
"""Skipped files named one by one in a report; the rest is counted by reason."""

_FIXED = {"title": "the query is the title", "every": "every article"}
"""Descriptions of fixed parts of a score, by kind."""

_UNLIMITED = 10_000
"""Width of a table in a file or pipe, in cells."""

_STAGES = {
    "scan": "looking at the corpus",
    "read": "reading and indexing",
    "write": "writing",
    "verify": "verifying",
    "publish": "publishing",
}


@contextmanager
def build_progress(console: Console) -> Iterator[Callable[[Step], None]]:
    """Callback for the steps of a build: a progress bar on a terminal, else a line for each stage."""
    if not console.is_terminal:
        yield _plain_progress(console)
        return
    with _progress_bar(console) as progress:
        task = progress.add_task(_STAGES["scan"], total=None)

        def show(step: Step) -> None:
            description = _STAGES.get(step.stage, step.stage)
            progress.update(task, description=description, completed=step.done, total=step.total or None)

        yield show


@contextmanager
def preparation_progress(sentence: str) -> Iterator[Callable[[int, int], None]]:
    """Callback for the counts of compiled and all loops: a bar on a terminal, else a line at the beginning.

    A line at the end says that all loops are compiled, unless a loop failed.
    """
    console = console_for("stderr")
    started = time.monotonic()
    left = 1

    def count(done: int, total: int) -> None:
        nonlocal left
        left = total - done

    if console.is_terminal:
        with _progress_bar(console) as progress:
            task = progress.add_task(sentence, total=None)

            def show(done: int, total: int) -> None:
                count(done, total)
                progress.update(task, completed=done, total=total)

            yield show
    else:
        console.print(f"{sentence} …", highlight=False)
        yield count
    if not left:
        console.print(f"the search engine is prepared, in {time.monotonic() - started:.0f} s", highlight=False)


def _progress_bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True)


def _plain_progress(console: Console) -> Callable[[Step], None]:
    stages: set[str] = set()

    def show(step: Step) -> None:
        if step.stage not in stages and (step.total or step.stage == "scan"):
            stages.add(step.stage)
            of = f" {step.total:,} files" if step.stage == "read" else ""
            console.print(f"{_STAGES.get(step.stage, step.stage)}{of} …", highlight=False)

    return show


def print_report(console: Console, report: BuildReport, *, every_skipped: bool = False) -> None:
    """Print the report of a build."""
    for reason in report.rebuilt_because:
        _print_line(console, _text("rebuilt: ", reason))
    counts = {
        "added": report.added,
        "changed": report.changed,
        "removed": report.removed,
        "unchanged": report.unchanged,
        "kept in an earlier version": report.kept,
        "skipped": len(report.skipped),
    }
    details = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count or name == "added")
    state = f"published {report.generation}" if report.published else f"{report.generation} is up to date"
    speed = f", {report.articles_per_second:,.0f} articles a second" if report.published and report.read else ""
    articles, files = _counted(report.articles, "article"), _counted(report.read, "file")
    text = f": {articles} ({details}); read {files} in {report.seconds:.2f} s{speed}"
    _print_line(console, _text((state, "bold"), text))
    _print_skipped(console, report.skipped, every_skipped)


def _print_skipped(console: Console, skipped: tuple[tuple[str, str], ...], every: bool) -> None:
    shown = skipped if every else skipped[:SKIPPED_SHOWN]
    for path, reason in shown:
        _print_line(console, _text("skipped ", (path, "bold"), f": {reason}"), indent=2)
    rest: dict[str, int] = {}
    for _, reason in skipped[len(shown) :]:
        rest[reason] = rest.get(reason, 0) + 1
    for reason, count in sorted(rest.items(), key=lambda row: -row[1]):
        _print_line(console, _text(f"skipped {_counted(count, 'more file')}: {reason}"), indent=2)


def print_page(console: Console, page: ResultPage) -> None:
    """Print ranked hits with snippets, highlights in colour."""
    total = f"{'at least ' if page.partial else ''}{_counted(page.total.value, 'article')}"
    _print_line(console, _text((total, "bold"), f" for {page.query.searched or 'everything'}  ({page.took_ms:.1f} ms)"))
    for dropped in page.query.dropped:
        _print_line(console, _text((f"not searched for: {dropped.text} ({dropped.reason})", "yellow")))
    for warning in page.query.warnings:
        _print_line(console, _text((warning, "yellow")))
    for rank, hit in enumerate(page.hits, page.offset + 1):
        _print_hit(console, rank, hit)


def _print_hit(console: Console, rank: int, hit: Hit) -> None:
    about = " · ".join(part for part in (hit.id, hit.site, hit.author, hit.published) if part)
    console.print()
    _print_line(console, _text((f"{rank:>3}. ", "dim"), (hit.title, "bold")))
    _print_line(console, _text((about, "dim")), indent=5)
    for snippet in hit.snippets:
        _print_line(console, _coloured(snippet), indent=5)
    if hit.explanation:
        _print_explanation(console, hit.score, hit.explanation)


def _print_explanation(console: Console, score: float, explanation: Explanation) -> None:
    """Print a table of the parts of a score: a row each, the sum in the last."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("adds", justify="right", min_width=len("  0.1234"), no_wrap=True)
    table.add_column("for", overflow="fold")
    for head in _figure_heads(explanation):
        table.add_column(head, justify="right", no_wrap=True)
    for word in explanation.words:
        table.add_row(f"{word.score:.4f}", _text(_describe_word(word)), *_figures(word))
    for near in explanation.nearness:
        table.add_row(f"{near.score:.4f}", _text(f"{near.text} near others"))
    for fixed in explanation.fixed:
        table.add_row(f"{fixed.score:.4f}", _text(_FIXED.get(fixed.kind, f"{fixed.kind}:{fixed.text}")))
    table.add_row(f"{score:.4f}", "score", style="bold")
    if not console.is_terminal:
        # In a file or pipe each row is one line, however long.
        table.width = console.measure(table, options=console.options.update(max_width=_UNLIMITED)).maximum
    console.print()
    console.print(table, soft_wrap=not console.is_terminal)


def _figure_heads(explanation: Explanation) -> tuple[str, ...]:
    """Heads of the columns of `_figures`, with the figures shared by all words; none if no word adds to the score."""
    if not explanation.words:
        return ()
    word = explanation.words[0]
    lengths = (f"in title\nø {word.title.average:,.1f}", f"in text\nø {word.body.average:,.1f}")
    return "boost", "idf", "impact", *lengths, f"articles\nof {word.of:,}"


def _figures(word: WordShare) -> tuple[str, ...]:
    return (
        f"{word.boost:g}",
        f"{word.idf:.4f}",
        f"{word.impact:.4f}",
        f"{word.title.frequency:,}/{word.title.length:,}",
        f"{word.body.frequency:,}/{word.body.length:,}",
        f"{word.articles:,}",
    )


def _describe_word(word: WordShare) -> str:
    """Field, typed word or phrase, and the term if it differs from the typed word."""
    typed = f'"{word.text}"' if word.phrase else word.text
    term = f": {word.term}" if word.term != word.text.lower() else ""
    field = word.field.removesuffix("_word")
    return f"{field}:{typed}{term}" if field in ("title", "body") else f"{typed}{term}"


def _coloured(snippet: Snippet) -> Text:
    text = snippet.text.replace("\n", " ")
    parts: list[str | tuple[str, str]] = ["" if snippet.begins == SENTENCE else ELLIPSIS]
    shown = 0
    for start, end in snippet.marks:
        begin, finish = start - snippet.start, end - snippet.start
        parts += [text[shown:begin], (text[begin:finish], "bold green")]
        shown = finish
    return _text(*parts, text[shown:], "" if snippet.ends == SENTENCE else ELLIPSIS)


def print_status(console: Console, status: Status) -> None:
    """Print the generations of an index, the current generation with an asterisk."""
    if status.problem:
        _print_line(console, _text((status.problem, "red")))
    if status.builder is not None:
        console.print(f"a build is at work (process {status.builder})", highlight=False)
    for facts in status.generations:
        mark = "*" if facts.name == status.current else " "
        state = facts.problem or f"{_counted(facts.articles, 'article')}, {facts.size / 1e6:,.1f} MB, {facts.created}"
        _print_line(console, _text(f"{mark} ", (facts.name, "bold"), f"  {state}"))


def print_json(data: bytes) -> None:
    """Print JSON, indented, with control characters within its strings as escapes: the same data."""
    console_for().out(printable_json(msgspec.json.format(data, indent=2).decode()), highlight=False)


def say(sentence: str, stream: Literal["stdout", "stderr"] = "stdout", style: str = "") -> None:
    """Print a sentence, perhaps with names from outside, as one line."""
    _print_line(console_for(stream), _text((sentence, style)))


def console_for(stream: Literal["stdout", "stderr"] = "stdout") -> Console:
    """Console on standard output or standard error."""
    return Console(stderr=stream == "stderr")


def _print_line(console: Console, text: Text, indent: int = 0) -> None:
    """Print a text: on a terminal with lines broken between words, all indented; else as one line."""
    if console.is_terminal:
        console.print(Padding(text, (0, 0, 0, indent), expand=False))
    else:
        console.print(Text(" " * indent).append_text(text), soft_wrap=True)


def _text(*parts: str | tuple[str, str]) -> Text:
    """The parts, each printable, perhaps with a style: the one place where a string becomes text of the terminal."""
    shown = ((printable(part), "") if isinstance(part, str) else (printable(part[0]), part[1]) for part in parts)
    return Text.assemble(*shown)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
