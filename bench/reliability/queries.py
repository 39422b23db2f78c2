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

PROCESSES = 2

GRACE_S = 0.3
"""Processor seconds that a query may take beyond `query_ms`: for what is made of the answer that it has by then."""

GROWTH = 1.05
"""Memory at the end, of that after the first half."""

_SPAWN = get_context("spawn")


class Asked(NamedTuple):
    """What queries did to a process.

    answered   count, refusals of malformed staff queries included
    errors     texts of exceptions that no caller expects
    times      processor seconds of each query
    half, end  private memory after half of the queries and after all, in bytes
    """

    answered: int
    errors: list[str]
    times: list[float]
    half: int
    end: int


def run_queries(scale: Scale, folder: Path) -> Outcome:
    """Rows of exceptions, times and memory."""
    write_corpus(folder / "corpus", 300)
    build_index(folder / "corpus", folder / "index")
    count = scale.pick(200_000, 5_000)
    with ProcessPoolExecutor(PROCESSES, _SPAWN) as pool:
        share = count // PROCESSES
        asked = list(pool.map(_ask, [folder / "index"] * PROCESSES, [share] * PROCESSES, range(PROCESSES)))
    errors = [error for each in asked for error in each.errors]
    times = [taken for each in asked for taken in each.times]
    limit = Settings().query_ms / 1000 + GRACE_S
    late = sum(taken > limit for taken in times)
    grown = sum(each.end > GROWTH * each.half for each in asked)
    described = ", ".join(f"{each.half / 1e6:.1f} MB after half, {each.end / 1e6:.1f} MB at the end" for each in asked)
    slowest = f"slowest {seconds(max(times))} of processor time, p99 {seconds(percentile(times, 99))}"
    return Outcome(
        (
            Row(
                "hostile queries: no exception",
                sum(each.answered for each in asked),
                len(errors),
                "; ".join(errors[:1]),
            ),
            Row(f"hostile queries: within {limit:.1f} s", len(times), late, slowest),
            Row(f"memory of the process level within {GROWTH - 1:.0%}", len(asked), grown, described),
        )
    )


# What follows runs in processes of its own.


def _ask(index: Path, count: int, seed: int) -> Asked:
    searcher = kb.open_index(index)
    chance = random.Random(seed)
    errors, times, half = [], [], 0
    for number, query in enumerate(hostile_queries(count, seed)):
        begin = time.thread_time()
        try:
            _search(searcher, query, chance)
        except RequestError:
            pass
        except Exception as error:
            errors.append(f"{type(error).__name__}: {error} for {query!r}")
        times.append(time.thread_time() - begin)
        if number == count // 2:
            half = memory_of().private
    searcher.close()
    return Asked(len(times), errors, times, half, memory_of().private)


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
