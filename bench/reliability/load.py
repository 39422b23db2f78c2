"""Trial: minutes of load with a publication every two seconds and workers that retire, watched from outside."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import count
from pathlib import Path

import msgspec

from bench.reliability.looks import Looks, held_rows, looking, memory_rows, memory_table, total_row
from bench.reliability.outcome import Outcome, Row, Scale, count_failures, seconds
from bench.reliability.programs import build_index
from bench.reliability.service import Answer, serving, wait_until
from bench.reliability.texts import MARKER_WORD, MARKERS, versions_in, write_corpus, write_markers
from bench.reliability.traffic import Tally, Traffic, Visits
from bench.tables import table
from kb.storage.generations import Generations

PUBLISHED_EACH_S = 2.0
PUBLISHED_WITHIN_S = 10.0
"""Seconds within which a change has to be published, on a machine that is busy with visitors."""

CLIENTS = 8
PAUSE_S = 0.03
"""Seconds between two requests of a client: workers retire after some minutes, late enough to see whether they grow."""

MARKER_PATH = f"/v1/search?q={MARKER_WORD}&limit=20"
PATHS = (
    MARKER_PATH,
    "/v1/search?q=stone+water&facets=year",
    "/?q=sleep",
    "/v1/suggest?q=li",
    "/v1/search?q=sug*",
    '/v1/search?q="stone"&snippets=3',
    "/articles/7/0007.txt?q=stone",
    "/v1/articles/8/0008.txt",
)


class _Snippet(msgspec.Struct):
    text: str


class _Hit(msgspec.Struct):
    snippets: list[_Snippet]


class _Page(msgspec.Struct):
    """What counts of the body of an answer."""

    generation: str
    hits: list[_Hit]


def run_load(scale: Scale, folder: Path) -> Outcome:
    """Rows of requests, publications, mixed answers and of what the processes hold; figures of time and memory."""
    corpus, index = folder / "corpus", folder / "index"
    write_corpus(corpus, 300)
    write_markers(corpus, 0)
    build_index(corpus, index)
    looks: Looks = defaultdict(list)
    with serving(folder / "service", corpus, "--index", index, "--workers", "2") as service:
        visits = Visits(service.port, PATHS, CLIENTS // 2, pause=scale.pick(PAUSE_S, 0.0))
        # A kept connection stays with its worker; new ones see to it that no worker is idle.
        kept, fresh = Traffic(visits, judge), Traffic(visits._replace(keep_alive=False), judge)
        with looking(service, looks, index), kept, fresh:
            waits = list(_publish(corpus, index, 60 * scale.minutes))
        said = service.said()
    tally = kept.tally
    tally.add(fresh.tally)
    slowest = max((wait for wait in waits if wait is not None), default=0.0)
    rows = [
        requests_row(tally),
        Row("publications", len(waits), waits.count(None), f"slowest after {seconds(slowest)}"),
        count_failures("answers of one generation agree", mixed(tally.facts), f"{len(tally.facts)} generations seen"),
        Row("log without a traceback", 1, int("Traceback" in said)),
        *held_rows(looks, CLIENTS),
        *memory_rows(looks),
        *total_row(looks),
    ]
    return Outcome(tuple(rows), f"{_times(tally.times)}\n\n{memory_table(looks)}")


def requests_row(tally: Tally) -> Row:
    """The row of what the clients met: a connection refused for a moment is a lost request like any other."""
    worst = tally.kinds or f"p99 {seconds(tally.percentile(99))}"
    return Row(f"requests of {CLIENTS} clients", tally.requests, tally.lost, worst)


def judge(answer: Answer) -> str:
    """A failure, or as a fact the generation of an answer to the marker search and the versions that it shows."""
    if answer.status != 200:
        return f"status {answer.status}"
    if answer.body.count(MARKER_WORD.encode()) == 0 or b'"hits"' not in answer.body:
        return ""
    try:
        found = msgspec.json.decode(answer.body, type=_Page)
    except msgspec.DecodeError as error:
        return f"no page of markers: {error}"
    versions = versions_in([snippet.text for hit in found.hits for snippet in hit.snippets[:1]])
    if found.generation != answer.generation or len(found.hits) != MARKERS:
        return f"{len(found.hits)} markers, of {found.generation} and {answer.generation}"
    return f"={answer.generation} {','.join(map(str, sorted(versions)))}"


def mixed(facts: Iterable[str]) -> Iterator[str]:
    """For each generation what does not agree in its answers; empty if all of them show one and the same version."""
    versions: dict[str, set[str]] = defaultdict(set)
    for fact in facts:
        generation, _, shown = fact.removeprefix("=").partition(" ")
        versions[generation].update(shown.split(","))
    for generation, numbers in versions.items():
        yield "" if len(numbers) == 1 else f"{generation} shows versions {', '.join(sorted(numbers))}"


def _publish(corpus: Path, index: Path, duration: float) -> Iterator[float | None]:
    """Change the corpus again and again; seconds until each change was published, None if it was not in time."""
    end = time.monotonic() + duration
    for version in count(1):
        begin = time.monotonic()
        newest = Generations(index).newest_published() or 0
        write_markers(corpus, version)
        yield wait_until(partial(_is_newer, index, newest), PUBLISHED_WITHIN_S)
        if time.monotonic() > end:
            break
        time.sleep(max(0.0, PUBLISHED_EACH_S - (time.monotonic() - begin)))


def _is_newer(index: Path, newest: int) -> bool:
    return (Generations(index).newest_published() or 0) > newest


def _times(times: Sequence[float]) -> str:
    from_all = sorted(times) or [0.0]
    shares = [seconds(from_all[int((len(from_all) - 1) * share)]) for share in (0.5, 0.99, 0.999, 1.0)]
    return table(["requests answered", "p50", "p99", "p99.9", "worst"], [[f"{len(times):,}", *shares]])
