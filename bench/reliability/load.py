"""Trial: minutes of load with a publication every two seconds and workers that retire, watched from outside."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from typing import NamedTuple

import msgspec

from bench.proc import Holdings, Memory, holdings_of, memory_of
from bench.reliability.growth import constant
from bench.reliability.outcome import Outcome, Row, Scale, count_failures, seconds
from bench.reliability.programs import build_index
from bench.reliability.service import Answer, Service, serving, wait_until
from bench.reliability.texts import MARKER_WORD, MARKERS, versions_in, write_corpus, write_markers
from bench.reliability.traffic import Traffic, Visits
from bench.tables import table
from kb.storage.generations import Generations

PUBLISHED_EACH_S = 2.0
PUBLISHED_WITHIN_S = 10.0
"""Seconds within which a change has to be published, on a machine that is busy with visitors."""

WARM_S = 60.0
"""Seconds that a process has to warm up: from then on its memory has to stay within `GROWTH`."""

GROWTH = 1.05
MANY_LOOKS = 16
"""Looks at a process without which nothing is said of its descriptors and maps."""

CLIENTS = 8
PAUSE_S = 0.03
"""Seconds between two requests of a client: workers retire after some minutes, late enough to see whether they grow."""

YOUNG_S = 15.0
"""Age at which a worker has answered every kind of request, in seconds."""

LOOK_S = 2.0
"""Seconds between two looks at the processes."""

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


class Look(NamedTuple):
    """A process at a moment; `age` is the seconds since its kind of load began."""

    age: float
    memory: Memory
    holdings: Holdings


Looks = dict[tuple[str, int], list[Look]]
"""Looks at each process by its part (`master`, `watcher`, `worker`) and id, the oldest first."""


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
        with _looking(service, looks, index), kept, fresh:
            waits = list(_publish(corpus, index, 60 * scale.minutes))
        said = service.said()
    tally = kept.tally
    tally.add(fresh.tally)
    kinds = ", ".join(f"{number} {kind}" for kind, number in tally.failures.items())
    slowest = max((wait for wait in waits if wait is not None), default=0.0)
    rows = [
        Row(
            f"requests of {CLIENTS} clients",
            tally.requests,
            tally.lost,
            kinds or f"p99 {seconds(tally.percentile(99))}",
        ),
        Row("publications", len(waits), waits.count(None), f"slowest after {seconds(slowest)}"),
        count_failures("answers of one generation agree", mixed(tally.facts), f"{len(tally.facts)} generations seen"),
        Row("log without a traceback", 1, int("Traceback" in said)),
        *_held(looks),
        *memory_rows(looks),
    ]
    return Outcome(tuple(rows), f"{_times(tally.times)}\n\n{_memory_table(looks)}")


def judge(answer: Answer) -> str:
    """A failure, or as a fact the generation of an answer to the marker search and the versions that it shows."""
    if answer.status != 200:
        return f"status {answer.status}"
    if answer.body.count(MARKER_WORD.encode()) == 0 or b'"hits"' not in answer.body:
        return ""
    found = msgspec.json.decode(answer.body, type=_Page)
    versions = versions_in([hit.snippets[0].text for hit in found.hits])
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


@contextmanager
def _looking(service: Service, looks: Looks, index: Path) -> Iterator[None]:
    """Look at all processes of a service from time to time, in a thread."""
    done = threading.Event()

    def look() -> None:
        begin = time.monotonic()
        while not done.wait(LOOK_S):
            for part, process in _processes(service):
                with suppress(OSError, KeyError):
                    seen = Look(time.monotonic() - begin, memory_of(process), holdings_of(process, index))
                    looks[part, process].append(seen)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _processes(service: Service) -> Iterator[tuple[str, int]]:
    yield "master", service.process.pid
    if (watcher := service.watcher()) is not None:
        yield "watcher", watcher
    for worker in service.workers():
        yield "worker", worker


def _held(looks: Looks) -> Iterator[Row]:
    """Rows of descriptors and maps of each process that was seen for long, from a certain age on."""
    for (part, process), seen in sorted(looks.items()):
        grown_up = [look.holdings for look in seen if look.age - seen[0].age >= YOUNG_S]
        if len(grown_up) >= MANY_LOOKS:
            # Connections of the clients come and go; a leak is one more with each publication.
            slack = CLIENTS if part == "worker" else 2
            yield constant(f"{part} {process}: descriptors and maps", grown_up, slack)


def memory_rows(looks: Mapping[tuple[str, int], Sequence[Look]]) -> Iterator[Row]:
    """Rows of private memory in the last minute beside that in the second, of processes that lived for three."""
    for (part, process), seen in sorted(looks.items()):
        early = [look for look in seen if WARM_S <= look.age - seen[0].age < 2 * WARM_S]
        late = [look for look in seen if seen[-1].age - look.age < WARM_S]
        if not early or late[0].age < early[-1].age:
            continue
        first, last = (median(look.memory.private for look in some) for some in (early, late))
        described = f"{first / 1e6:.1f} MB in the second minute, {last / 1e6:.1f} MB in the last"
        yield Row(f"{part} {process}: private memory within {GROWTH - 1:.0%}", 1, int(last > GROWTH * first), described)


def _times(times: Sequence[float]) -> str:
    from_all = sorted(times) or [0.0]
    shares = [seconds(from_all[int((len(from_all) - 1) * share)]) for share in (0.5, 0.99, 0.999, 1.0)]
    return table(["requests answered", "p50", "p99", "p99.9", "worst"], [[f"{len(times):,}", *shares]])


def _memory_table(looks: Looks) -> str:
    numbers: Counter[str] = Counter()
    rows = []
    for (part, _), seen in sorted(looks.items()):
        numbers[part] += 1
        first = next((look for look in seen if look.age - seen[0].age >= WARM_S), seen[0])
        cells = [f"{size / 1e6:.1f}" for look in (first, seen[-1]) for size in look.memory]
        held = [f"{seen[-1].holdings.descriptors}", f"{seen[-1].holdings.maps}", f"{seen[-1].holdings.deleted}"]
        rows.append([f"{part} {numbers[part]}", f"{seen[0].age:.0f} to {seen[-1].age:.0f}", *cells, *held])
    heads = ["process", "seen, s", "PSS after a minute, MB", "private, MB", "PSS at the end, MB", "private, MB"]
    return table([*heads, "descriptors", "maps", "deleted files held"], rows)
