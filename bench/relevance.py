"""How well kb ranks: nDCG@10 on judged collections, with the query texts as a visitor would type them.

    python -m bench.relevance DATA [COLLECTION ...] [--others] [--write PAGE]

DATA is a folder with a folder `relevance`, which has one for each collection: `docs.jsonl.gz` (id, title, text),
`queries.tsv` (id, text) and `qrels.tsv` or `qrels.graded.tsv` (query, article, grade; the graded file is taken where
there is one). kb is measured with and without what words near each other add. `--others` adds other engines, which
search for any of the words. The page is Markdown, with the command and the versions.

Source of the measure: Järvelin and Kekäläinen 2002, with linear gains and the ideal ranking taken from all judgments,
as trec_eval's ndcg_cut_10.
"""

from __future__ import annotations

import argparse
import gzip
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from math import log2
from pathlib import Path
from statistics import fmean

import msgspec

from bench.articles import Article
from bench.engines import HITS, NAMES, index_name, load
from bench.engines.ours import Engine
from bench.machine import command_line
from bench.sidebyside import installed, note
from bench.tables import table

_HOW = f"""\
Mean nDCG@{HITS} over the judged queries, whose texts are searched for as they are, as a visitor would type them. kb is
measured for each value of the parameter `match`, and again without what words near each other add to a score. The other
engines search for any of the words, each with its own way to cut texts into words and its default ranking. Where a
collection has graded judgments, the grades count."""

MATCHES = ("most", "any", "all")
OTHERS = tuple(name for name in NAMES if index_name(name) != "ours")


class Collection:
    """A judged collection: articles, queries, and the grades of articles for each query."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        with gzip.open(folder / "docs.jsonl.gz", "rb") as lines:
            rows = [msgspec.json.decode(line) for line in lines]
        self.articles = [Article(row["id"], row["title"].strip(), row["text"].strip()) for row in rows]
        self.queries = dict(_rows(folder / "queries.tsv"))
        graded = folder / "qrels.graded.tsv"
        self.judgments: dict[str, dict[str, int]] = defaultdict(dict)
        for query, document, grade in _rows(graded if graded.exists() else folder / "qrels.tsv"):
            self.judgments[query][document] = max(0, int(grade))


def ndcg(ranking: Sequence[str], grades: Mapping[str, int], depth: int = HITS) -> float | None:
    """Normalised discounted cumulative gain of a ranking; None where no judged article has a grade above 0."""
    ideal = _gain(sorted(grades.values(), reverse=True)[:depth])
    return _gain([grades.get(article, 0) for article in ranking[:depth]]) / ideal if ideal else None


def mean_ndcg(collection: Collection, search: Callable[[str], Sequence[str]]) -> float:
    """Mean nDCG@10 of what a search returns over the judged queries."""
    values = [ndcg(search(collection.queries[query]), grades) for query, grades in collection.judgments.items()]
    return fmean(value for value in values if value is not None)


def measure(collection: Collection, index: Path) -> dict[str, float]:
    """What kb reaches, for each value of `match`, with and without nearness."""
    engine = Engine(index)
    engine.build(collection.articles)
    engine.open()
    with closing(engine):
        return {
            f"kb, match={match}{'' if nearness else ', without nearness'}": mean_ndcg(
                collection, partial(engine.ranking, match=match, nearness=nearness)
            )
            for match in MATCHES
            for nearness in (True, False)
        }


def measure_other(name: str, collection: Collection, index: Path) -> dict[str, float]:
    """What another engine reaches."""
    engine = load(name, index)
    engine.build(collection.articles)
    engine.open()
    with closing(engine):
        return {engine.label: mean_ndcg(collection, engine.search)}


def main(arguments: Sequence[str] | None = None) -> None:
    options = _parse(arguments)
    names, missing = installed(options.others)
    collections = [Collection(folder) for folder in options.folders]
    figures = {collection.name: _measured(collection, names) for collection in collections}
    page = f"{_figures_table(figures)}\n"
    if missing:
        page += "\n" + "".join(f"Left out: {name}, {reason}.\n" for name, reason in missing.items())
    print(page, end="")
    if options.write:
        options.write.write_text(f"{_heading(options.data, names)}\n\n{page}", encoding="utf-8")


def _measured(collection: Collection, names: Sequence[str]) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as place:
        note(f"{collection.name}: kb")
        figures = measure(collection, Path(place) / "ours")
        for name in names:
            note(f"{collection.name}: {name}")
            figures |= measure_other(name, collection, Path(place) / name)
    return figures


def _figures_table(figures: Mapping[str, Mapping[str, float]]) -> str:
    """A column for each collection, a row for each way to search it."""
    ways = dict.fromkeys(way for of_one in figures.values() for way in of_one)
    rows = [[way, *(f"{of_one[way]:.4f}" for of_one in figures.values())] for way in ways]
    return table([f"nDCG@{HITS}", *figures], rows)


def _heading(data: Path, names: Sequence[str]) -> str:
    versions = ", ".join(load(name, Path("nowhere")).version() for name in ("ours", *names))
    today = datetime.now(UTC).date().isoformat()
    return f"# Relevance\n\n`{command_line(data)}`\n\n{today}; {versions}.\n\n{_HOW}"


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8") as lines:
        yield from (line.rstrip("\n").split("\t") for line in lines)


def _gain(grades: Sequence[int]) -> float:
    return sum(grade / log2(place + 2) for place, grade in enumerate(grades))


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.relevance", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("collections", nargs="*", metavar="COLLECTION", help="of DATA/relevance; all by default")
    parser.add_argument("--others", action="store_const", const=OTHERS, default=(), help=f"also {', '.join(OTHERS)}")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="write the page to a file as well")
    options = parser.parse_args(arguments)
    place = options.data / "relevance"
    there = sorted(path.parent.name for path in place.glob("*/docs.jsonl.gz"))
    if not there:
        parser.error(f"{place} has no collection: a folder with docs.jsonl.gz, queries.tsv and qrels.tsv")
    if unknown := [name for name in options.collections if name not in there]:
        parser.error(f"not in {place}: {', '.join(unknown)}; there are {', '.join(there)}")
    options.folders = [place / name for name in options.collections or there]
    return options


if __name__ == "__main__":
    main()
