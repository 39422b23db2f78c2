"""How fast kb is, side by side with other engines: the same articles and queries in one run.

    python -m bench.speed DATA [--articles N] [--queries N] [--write PAGE] [--only NAME,...] [--large N] [--http]

DATA is a folder with `articles/medquad.jsonl.gz` (id, title, text) and `articles/medquad-queries.txt`. The page is
Markdown, with the command, the machine and the versions. Engines that are not installed are left out and named:

    pip install tantivy bm25s
    pip install --no-deps pyterrier-pisa "tbb<=2020.3.254"    PISA, without the Python packages around it
    python -m bench.engines.lucene                            Lucene, with Maven and a JDK of Java 21 or newer

The variable BENCH_BEFORE names another checkout of kb to be measured too, as it was before a change.

Xapian, which is on no index of packages, is Debian's python3-xapian where this is Debian's version of Python.
Everything in one run:

    python -m bench.speed DATA --large 500000 --http --write PAGE
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.articles import Source, read_queries
from bench.engines import NAMES
from bench.engines.before import VARIABLE
from bench.large import large_section
from bench.machine import command_line, describe_machine
from bench.processes import WARM_UP
from bench.sidebyside import IN_A_TURN, ROUNDS, SLOW_SECONDS, Figures, compare, installed
from bench.tables import search_tables, speed_table

_HOW = """\
Top 10, one thread, every engine in a process of its own, the index on a warm disk cache. After a pass to warm up,
{rounds} round(s), in which the engines take turns of {turn} queries; an engine that takes more than {slow} s for the
queries has one round. Each query counts with the median of its rounds, and the table shows the median over the
queries, their mean, and their 95th and 99th percentile. *First time* is the median of the pass before: each query is
new to the engine then. *Counts* tells an engine that counts all matches from an engine that finds the ten best, and may
pass over the rest unseen.

Snippets are of 200 characters, of the article's text alone, and Lucene's are whole sentences of about 200; hits that
match only in the title have none in some engines. Indexing is by one process and one thread, and the articles are in
memory before; *ours on all cores* compares our indexing on all cores with theirs by one thread. kb searches as a
visitor does (most of the words must match), the others for any of the words; `match=any` is kb for any of the words.
bm25s and PISA keep no texts. PISA leaves out the stop words of its package, and its threads, two at least, share one
core when it indexes. Lucene leaves out the stop words of its English analyzer. Lucene runs in Java, which takes the
times of its own searches, so that the way from Python to Java is in none of them; Java compiles what has run often, and
so has {java:,} queries more to warm up."""


def main(arguments: Sequence[str] | None = None) -> None:
    options = _parse(arguments)
    machine = describe_machine()
    source = Source(options.data, options.articles)
    queries = read_queries(options.data, options.queries)
    names, missing = installed(options.only)
    page = _Page(options.write)
    with tempfile.TemporaryDirectory() as folder:
        figures = compare(names, source, queries, Path(folder), options.rounds)
        page.add(_heading(options.data, machine, figures), *_sections(figures, missing, len(queries), options.rounds))
        if options.http:
            page.add(*_over_http(Path(folder) / "ours", queries))
    if options.large:
        heading = f"## {options.large:,} articles of five sentences, mixed from the same texts"
        page.add(heading, large_section(source._replace(mixed=options.large), queries, names))


class _Page:
    """What has been measured so far, on the screen and in the file: a part that fails takes no other with it."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._sections: list[str] = []

    def add(self, *sections: str) -> None:
        self._sections += sections
        print(*sections, sep="\n\n", end="\n\n", flush=True)
        if self._path:
            self._path.write_text("\n\n".join(self._sections) + "\n", encoding="utf-8")


def _heading(data: Path, machine: str, figures: Sequence[Figures]) -> str:
    versions = ", ".join(dict.fromkeys(engine.version for engine in figures))
    today = datetime.now(UTC).date().isoformat()
    return f"# Speed\n\n`{command_line(data)}`\n\n{today}; {machine}; {versions}."


def _sections(figures: Sequence[Figures], missing: Mapping[str, str], queries: int, rounds: int) -> list[str]:
    sections = [
        f"## {queries:,} queries",
        _HOW.format(rounds=rounds, slow=SLOW_SECONDS, turn=IN_A_TURN, java=WARM_UP),
        speed_table(figures),
    ]
    if missing:
        sections.append("\n".join(f"Left out: {name}, {reason}." for name, reason in missing.items()))
    return [*sections, *search_tables(figures)]


def _over_http(index: Path, queries: Sequence[str]) -> list[str]:
    # Only this part needs the packages of the service.
    from bench.http import CONNECTIONS, http_section

    return [f"## Over HTTP: one worker, {CONNECTIONS} connections kept alive", http_section(index, queries)]


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("--articles", type=int, metavar="N", help="only the first N articles")
    parser.add_argument("--queries", type=int, metavar="N", help="only the first N queries")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N", help=f"rounds, {ROUNDS} by default")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="write the page to a file as well")
    named = [name for name in NAMES if name != "before" or VARIABLE in os.environ]
    parser.add_argument("--only", type=_names, default=named, metavar="NAME,...", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--large", type=int, default=0, metavar="N", help="also N articles mixed at random")
    parser.add_argument("--http", action="store_true", help="also requests a second of the service")
    options = parser.parse_args(arguments)
    if options.http and "ours" not in options.only:
        parser.error("--http measures our service: --only has to name ours too")
    return options


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in NAMES]:
        raise argparse.ArgumentTypeError(f"not an engine: {', '.join(unknown)}; the engines are {', '.join(NAMES)}")
    return names


if __name__ == "__main__":
    main()
