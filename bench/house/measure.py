"""All counts of a project at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.house.docstrings import Docstring, ProForms, docstrings, hardest, pro_forms
from bench.house.functions import Function, crowded, functions, long_functions
from bench.house.modules import Untested, untested, untested_by_folder
from bench.house.sizes import FolderShare, LineCounts, LongFile, folder_shares, line_counts, long_files
from bench.house.sources import read_sources
from bench.house.words import WordCount, count_word

WORD = "place"
"""An everyday word with eight meanings."""


@dataclass(frozen=True, slots=True)
class House:
    """Counts of a project: of kb/ where nothing else is said."""

    pro_forms: ProForms
    """In docstrings of modules, classes and functions."""
    pro_forms_with_attributes: ProForms
    """In docstrings of all kinds: of attributes and constants too."""
    hardest: tuple[Docstring, ...]
    """Hard docstrings of all kinds."""
    folders: tuple[FolderShare, ...]
    untested: Untested
    untested_by_folder: tuple[Untested, ...]
    crowded: tuple[Function, ...]
    word: WordCount
    line_counts: LineCounts
    long_files: tuple[LongFile, ...]
    """Of kb/, tests/ and bench/."""
    long_functions: tuple[Function, ...]
    """Of kb/, tests/ and bench/."""


def measure(root: Path) -> House:
    """The counts of a project with code in kb/ and tests in tests/."""
    sources, tests, bench = (read_sources(root, folder) for folder in ("kb", "tests", "bench"))
    every = (*sources, *tests, *bench)
    all_docstrings = docstrings(sources, attributes=True)
    return House(
        pro_forms=pro_forms(docstrings(sources)),
        pro_forms_with_attributes=pro_forms(all_docstrings),
        hardest=hardest(all_docstrings),
        folders=folder_shares(sources),
        untested=untested(sources, tests),
        untested_by_folder=untested_by_folder(sources, tests),
        crowded=crowded(functions(sources)),
        word=count_word(sources, WORD),
        line_counts=line_counts(sources, tests),
        long_files=long_files(every),
        long_functions=long_functions(functions(every)),
    )
