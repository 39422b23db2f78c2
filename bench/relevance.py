"""How well kb ranks: nDCG@10 on judged collections, with the query texts as a visitor would type them.

    python -m bench.relevance DATA [COLLECTION ...] [--others]

DATA is a folder with one folder for each collection: `docs.jsonl.gz` (id, title, text), `queries.tsv` (id, text) and
`qrels.tsv` or `qrels.graded.tsv` (query, article, grade; the graded file is taken where there is one). `--others` adds
other engines, which search for any of the words.

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
from functools import partial
from math import log2
from pathlib import Path
from statistics import fmean

import msgspec

from bench.articles import Article
from bench.engines import HITS, NAMES, index_name, load
from bench.engines.ours import Engine
from bench.sidebyside import installed
from bench.tables import table

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


def measure(collection: Collection, index: Path) -> list[float]:
    """What kb reaches, for each value of `match`."""
    engine = Engine(index)
    engine.build(collection.articles)
    engine.open()
    with closing(engine):
        return [mean_ndcg(collection, partial(engine.ranking, match=match)) for match in MATCHES]


def measure_other(name: str, collection: Collection, index: Path) -> float:
    """What another engine reaches."""
    engine = load(name, index)
    engine.build(collection.articles)
    engine.open()
    with closing(engine):
        return mean_ndcg(collection, engine.search)


def main(arguments: Sequence[str] | None = None) -> None:
    options = _parse(arguments)
    names, missing = installed(options.others)
    folders = [options.data / name for name in options.collections]
    rows = [_row(Collection(folder), names) for folder in folders or _collections(options.data)]
    labels = [load(name, Path("nowhere")).label for name in names]
    print(table([f"nDCG@{HITS}", *(f"kb, match={match}" for match in MATCHES), *labels], rows))
    for name, reason in missing.items():
        print(f"\nLeft out: {name}, {reason}.")


def _row(collection: Collection, names: Sequence[str]) -> list[str]:
    with tempfile.TemporaryDirectory() as place:
        figures = measure(collection, Path(place) / "ours")
        figures += [measure_other(name, collection, Path(place) / name) for name in names]
    return [collection.name, *(f"{figure:.4f}" for figure in figures)]


def _collections(data: Path) -> list[Path]:
    return sorted(path.parent for path in data.glob("*/docs.jsonl.gz"))


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8") as lines:
        yield from (line.rstrip("\n").split("\t") for line in lines)


def _gain(grades: Sequence[int]) -> float:
    return sum(grade / log2(place + 2) for place, grade in enumerate(grades))


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.relevance", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("collections", nargs="*", metavar="COLLECTION", help="folders of DATA; all by default")
    parser.add_argument("--others", action="store_const", const=OTHERS, default=(), help=f"also {', '.join(OTHERS)}")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
