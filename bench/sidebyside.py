"""The same articles and queries through several engines, round by round."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from bench.articles import Source
from bench.engines import NotInstalled, NotOffered, index_name, load
from bench.processes import SEARCH, SNIPPETS, Build, EngineProcess, build
from bench.timing import Timing, percentile, summary

ROUNDS = 5

SLOW_SECONDS = 20
"""An engine that takes longer for one pass over the queries has one round."""

IN_A_TURN = 100
"""Queries that an engine answers before it is the next one's turn."""

_LOOKED_AT = 200
"""Queries whose snippets are looked at for whether they are there."""


class Figures(NamedTuple):
    """What was measured of one engine; where it does not offer something, what to say instead."""

    name: str
    label: str
    version: str
    counts_all: bool
    """Whether a search counts all matches."""
    articles_per_second: float
    all_cores_per_second: float | None
    size: int
    search: Timing | str
    snippets: Timing | str
    first: float
    """The median when every query is new, before any round: nothing can have been kept from an earlier one."""
    empty: float | None
    """The share of hits without a snippet."""


def installed(names: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Those of the engines that can be measured here, and why the others cannot."""
    present, missing = [], {}
    for name in names:
        try:
            load(name, Path("nowhere"))
        except NotInstalled as reason:
            missing[name] = str(reason)
        else:
            present.append(name)
    return present, missing


def compare(names: Sequence[str], source: Source, queries: Sequence[str], folder: Path, rounds: int) -> list[Figures]:
    """The figures of each engine, which must be installed; their indexes stay in `folder`."""
    builds = _build_all(names, source, folder)
    with ExitStack() as open_engines:
        engines = {name: open_engines.enter_context(EngineProcess(name, folder / index_name(name))) for name in names}
        runs = {}
        for name, engine in engines.items():
            note(f"warming up: {name}")
            runs[name] = _Run(engine, queries)
        for number in range(1, rounds + 1):
            note(f"round {number} of {rounds}")
            taking_part = [run for run in runs.values() if number == 1 or not run.is_slow]
            # Each engine has its turn with a few queries, so that a busy moment of the machine is nobody's alone.
            for method in (SEARCH, SNIPPETS):
                for begin in range(0, len(queries), IN_A_TURN):
                    for run in taking_part:
                        run.take_turn(method, begin, begin + IN_A_TURN)
    return [_figures(name, builds[index_name(name)], runs[name], folder) for name in names]


def note(text: str) -> None:
    """Tells whoever waits what is being measured."""
    print(text, file=sys.stderr, flush=True)


class _Run:
    """The rounds of one engine."""

    def __init__(self, engine: EngineProcess, queries: Sequence[str]) -> None:
        self._engine = engine
        self._queries = queries
        self._rounds: dict[str, list[list[int]]] = {}
        self._instead: dict[str, str] = {}
        self.empty: float | None = None
        self.is_slow = False
        engine.open(queries[0])
        self.first = self._warm_up()

    def take_turn(self, method: str, begin: int, end: int) -> None:
        """The queries `begin:end` once more, if the engine offers the method; a round is a turn for all of them."""
        rounds = self._rounds.get(method)
        if rounds is None:
            return
        if begin == 0:
            rounds.append([])
        rounds[-1] += self._engine.times(method, self._queries[begin:end])

    def timing(self, method: str) -> Timing | str:
        return self._instead.get(method) or summary(self._rounds[method])

    def _warm_up(self) -> float:
        """The median of the first pass."""
        passes = dict(self._first_passes())
        for method, times in passes.items():
            self._rounds[method] = []
            self._engine.warm_up(method, self._queries)
            self.is_slow |= sum(times) > SLOW_SECONDS * 1e9
        if SNIPPETS in passes:
            self.empty = self._engine.empty_share(self._queries[:_LOOKED_AT])
        return percentile(next(iter(passes.values())), 50) / 1e6

    def _first_passes(self) -> Iterator[tuple[str, list[int]]]:
        for method in (SNIPPETS, SEARCH):
            try:
                yield method, self._engine.times(method, self._queries)
            except NotOffered as reason:
                self._instead[method] = str(reason)


def _build_all(names: Sequence[str], source: Source, folder: Path) -> dict[str, tuple[Build, float | None]]:
    builds: dict[str, tuple[Build, float | None]] = {}
    for name in names:
        index = index_name(name)
        if index not in builds:
            note(f"indexing: {name}")
            builds[index] = build(name, folder / index, source), _rate_on_all_cores(name, folder, source)
    return builds


def _rate_on_all_cores(name: str, folder: Path, source: Source) -> float | None:
    try:
        return rate(build(name, folder / f"{name}-all-cores", source, "build_on_all_cores"))
    except NotOffered:
        return None


def rate(built: Build) -> float:
    """Articles indexed in a second."""
    return built.articles / built.seconds


def _figures(name: str, built: tuple[Build, float | None], run: _Run, folder: Path) -> Figures:
    engine = load(name, folder / index_name(name))
    one_core, all_cores = built
    return Figures(
        name=name,
        label=engine.label,
        version=engine.version(),
        counts_all=engine.counts_all,
        articles_per_second=rate(one_core),
        all_cores_per_second=all_cores,
        size=one_core.size,
        search=run.timing(SEARCH),
        snippets=run.timing(SNIPPETS),
        first=run.first,
        empty=run.empty,
    )
