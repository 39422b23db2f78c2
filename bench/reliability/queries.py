"""Trial: hostile queries of all modes, in process: no exception, none over its time, memory level."""

from __future__ import annotations

import random
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import kb
from bench.proc import memory_of
from bench.reliability.outcome import Outcome, Row, Scale, seconds
from bench.reliability.programs import build_index
from bench.reliability.texts import write_corpus
from bench.timing import percentile
from kb.errors import RequestError
from kb.query.request import MATCHES, MODES, SORTS
from kb.search.searcher import Searcher
from kb.settings import Settings
from tests.hostile_queries import hostile_queries

SEED = 1
GRACE_S = 0.3
"""Processor seconds that a query may take beyond `query_ms`: for what is made of the answer that it has by then."""

GROWTH = 1.05
"""Memory at the end, of that when three quarters are asked: stems of words are kept, so many and no more."""

_SPAWN = get_context("spawn")


class Asked(NamedTuple):
    """What queries did to a process.

    answered   count, refusals of malformed staff queries included
    errors     texts of exceptions that no caller expects
    times      processor seconds of each query
    early, end  private memory after three quarters of the queries and after all, in bytes
    """

    answered: int
    errors: list[str]
    times: list[float]
    early: int
    end: int


def run_queries(scale: Scale, folder: Path) -> Outcome:
    """Rows of exceptions, times and memory."""
    write_corpus(folder / "corpus", 300)
    build_index(folder / "corpus", folder / "index")
    count = scale.pick(200_000, 5_000)
    with ProcessPoolExecutor(1, _SPAWN) as pool:
        asked = pool.submit(_ask, folder / "index", count).result()
    limit = Settings().query_ms / 1000 + GRACE_S
    late = sum(taken > limit for taken in asked.times)
    slowest = f"slowest {seconds(max(asked.times))} of processor time, p99 {seconds(percentile(asked.times, 99))}"
    grown = int(asked.end > GROWTH * asked.early)
    described = f"{asked.early / 1e6:.1f} MB after three quarters, {asked.end / 1e6:.1f} MB at the end"
    rows = [
        Row("hostile queries: no exception", asked.answered, len(asked.errors), "; ".join(asked.errors[:1])),
        Row(f"hostile queries: within {limit:.1f} s", len(asked.times), late, slowest),
    ]
    if not scale.short:
        rows.append(Row(f"memory of the process level within {GROWTH - 1:.0%}", 1, grown, described))
    return Outcome(tuple(rows))


# What follows runs in a process of its own.


def _ask(index: Path, count: int) -> Asked:
    searcher = kb.open_index(index)
    chance = random.Random(SEED)
    errors, times, early = [], [], 0
    for number, query in enumerate(hostile_queries(count, SEED)):
        begin = time.thread_time()
        try:
            _search(searcher, query, chance)
        except RequestError:
            pass
        except Exception as error:
            errors.append(f"{type(error).__name__}: {error} for {query!r}")
        times.append(time.thread_time() - begin)
        if number == 3 * count // 4:
            early = memory_of().private
    searcher.close()
    return Asked(len(times), errors, times, early, memory_of().private)


def _search(searcher: Searcher, query: str, chance: random.Random) -> None:
    """A search in some mode, one time of ten suggestions."""
    if chance.random() < 0.1:
        searcher.suggest(query)
        return
    mode = chance.choice(MODES)
    searcher.search(
        query,
        mode=mode,
        match=chance.choice(MATCHES),
        sort=chance.choice(SORTS),
        snippets=chance.randint(1, 5),
        exact=chance.random() < 0.2,
        typing=chance.random() < 0.2,
        facets=chance.choice(["", "site,year", "tag"]),
        explain=mode == "staff" and chance.random() < 0.2,
    )
