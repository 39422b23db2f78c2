"""A large archive: how search, memory and the time to open grow with the number of articles."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.articles import Source
from bench.engines import index_name, options_of
from bench.processes import SEARCH, SNIPPETS, EngineProcess
from bench.sidebyside import Figures, compare, note
from bench.tables import NOTHING, figure, indexing, search_tables, table

ENGINES = ("ours", "ours-any", "tantivy", "pisa", "lucene")
ROUNDS = 3

_MEMORY_IS_KNOWN = Path("/proc/self/smaps_rollup").exists()

_HOW = f"""\
Measured as above, in {ROUNDS} rounds. The last process opens the index while another has it open, and answers all
queries with snippets; its memory is what it has for itself then, Python and the modules included, and for Lucene Java.
Its first answer is timed from the call that opens the index, when the modules are loaded and Java has started. For kb,
which comes with a service, the memory is that of a second worker of the service after both have answered the queries
over HTTP: it shares the modules with the first."""


def large_section(source: Source, queries: Sequence[str], names: Sequence[str]) -> str:
    """The figures of a large archive as Markdown."""
    names = [name for name in ENGINES if name in names]
    with tempfile.TemporaryDirectory() as place:
        figures = compare(names, source, queries, Path(place), ROUNDS)
        rows = [_row(engine, Path(place) / index_name(engine.name), queries) for engine in figures]
    heads = [
        "engine",
        "indexing, articles/s",
        "open + first answer, ms",
        "memory of one more process or worker, MB",
        "size, MB",
    ]
    return "\n\n".join([_HOW, table(heads, rows), *search_tables(figures)])


def _row(engine: Figures, index: Path, queries: Sequence[str]) -> list[str]:
    opening, memory = _one_more_process(engine, index, queries)
    return [
        engine.label,
        indexing(engine),
        figure(opening),
        NOTHING if memory is None else figure(memory / 1e6),
        figure(engine.size / 1e6),
    ]


def _one_more_process(engine: Figures, index: Path, queries: Sequence[str]) -> tuple[float, int | None]:
    """The milliseconds to the first answer of a new process, and what it or a new worker has for itself in the end."""
    note(f"one more process: {engine.name}")
    method = SEARCH if isinstance(engine.snippets, str) else SNIPPETS
    with EngineProcess(engine.name, index) as first, EngineProcess(engine.name, index) as second:
        # What the first one has mapped and read is shared with the second, as between workers of a service.
        first.open(queries[0])
        first.times(method, queries)
        opening = second.open(queries[0])
        second.times(method, queries)
        memory = second.private_bytes() if _MEMORY_IS_KNOWN else None
    if _MEMORY_IS_KNOWN and index_name(engine.name) == "ours":
        memory = _one_more_worker(index, queries, options_of(engine.name))
    return opening, memory


def _one_more_worker(index: Path, queries: Sequence[str], options: Mapping[str, str]) -> int:
    # Only this part needs the packages of the service.
    from bench.workers import one_more_worker

    return one_more_worker(index, queries, **options)
