"""Counts as lines of text: a line for each number, and below the number a list of the findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bench.house.docstrings import HARD_SHARE, HARD_WORDS, Docstring, ProForms
from bench.house.functions import MOST_LINES as FUNCTION_LINES
from bench.house.functions import MOST_PARAMETERS, Function
from bench.house.measure import House
from bench.house.modules import Untested
from bench.house.sizes import MOST_LINES as FILE_LINES
from bench.house.sizes import FolderShare


def report(house: House) -> str:
    """The counts as text, with every member of every list."""
    return "\n".join([
        *_docstring_lines(house),
        *_folder_lines(house.folders),
        *_untested_lines(house),
        *_crowded_lines(house.crowded),
        f"the word `{house.word.word}`: {house.word.total} times, {house.word.in_identifiers} of them in identifiers",
        f"lines of tests / of source: {house.line_counts.tests:,} / {house.line_counts.sources:,}"
        f" = {house.line_counts.ratio:.2f}",
        *_listed(f"files over {FILE_LINES} lines", (f"{file.path} {file.lines}" for file in house.long_files)),
        *_listed(f"functions over {FUNCTION_LINES} lines", (_at(long, long.lines) for long in house.long_functions)),
    ])  # fmt: skip


def _docstring_lines(house: House) -> Iterator[str]:
    yield f"pro-forms in docstrings: {_share(house.pro_forms)}"
    yield f"with those of attributes: {_share(house.pro_forms_with_attributes)}"
    title = f"docstrings hardest to resolve (over {HARD_SHARE:.0%}, at least {HARD_WORDS} words)"
    yield from _listed(title, map(_hard, house.hardest))


def _share(count: ProForms) -> str:
    return f"{count.share:.1%} ({count.pro_forms:,} of {count.words:,} words in {count.docstrings:,} docstrings)"


def _hard(docstring: Docstring) -> str:
    return f"{docstring.path}:{docstring.line} {docstring.owner} {docstring.share:.0%}"


def _folder_lines(folders: Sequence[FolderShare]) -> Iterator[str]:
    if folders:
        largest = folders[0]
        yield f"largest folder: {largest.folder}, {largest.share:.1%} of the lines ({largest.lines:,})"
        yield from (f"  {folder.folder} {folder.share:.1%}" for folder in folders[1:])


def _untested_lines(house: House) -> Iterator[str]:
    yield from _listed(f"modules that no test imports: {_of(house.untested)}", house.untested.missing, count=False)
    for folder in house.untested_by_folder:
        yield f"in {folder.folder}/: {_of(folder)}"


def _of(count: Untested) -> str:
    return f"{len(count.missing)} of {count.modules}"


def _crowded_lines(crowded: Sequence[Function]) -> Iterator[str]:
    title = f"functions with more than {MOST_PARAMETERS} parameters"
    yield from _listed(title, (_at(function, function.parameters) for function in crowded))


def _at(function: Function, number: int) -> str:
    mark = f" @{function.compiled}" if function.compiled else ""
    return f"{function.path}:{function.line} {function.name} {number}{mark}"


def _listed(title: str, members: Iterable[str], count: bool = True) -> Iterator[str]:
    lines = [f"  {member}" for member in members]
    yield f"{title}: {len(lines)}" if count else title
    yield from lines
