"""Memory, descriptors and maps of the processes of a service under load, looked at from outside."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.proc import Holdings, Memory, holdings_of, memory_of
from bench.reliability.growth import constant
from bench.reliability.outcome import Row
from bench.reliability.service import Service
from bench.tables import table

LOOK_S = 2.0
"""Seconds between two looks at the processes."""

YOUNG_S = 15.0
"""Age at which a worker has answered every kind of request, in seconds."""

MANY_LOOKS = 16
"""Looks at a process without which nothing is said of its descriptors and maps."""

WARM_S = 60.0
"""Seconds that a process has to warm up: from then on its memory has to stay within `GROWTH`."""

GROWTH = 1.05
NOISE_BYTES = 2e6
"""Growth of a single process that may be noise of its allocator, in bytes."""


class Look(NamedTuple):
    """A process at a moment; `age` is the seconds since the looks began, the same for all processes of one look."""

    age: float
    memory: Memory
    holdings: Holdings


Looks = dict[tuple[str, int], list[Look]]
"""Looks at each process by its part (`master`, `watcher`, `worker`) and id, the oldest first."""


@contextmanager
def looking(service: Service, looks: Looks, index: Path) -> Iterator[None]:
    """Look at all processes of a service from time to time, in a thread."""
    done = threading.Event()

    def look() -> None:
        begin = time.monotonic()
        while not done.wait(LOOK_S):
            age = time.monotonic() - begin
            for part, process in _processes(service):
                with suppress(OSError, KeyError):
                    looks[part, process].append(Look(age, memory_of(process), holdings_of(process, index)))

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


def held_rows(looks: Looks, connections: int) -> Iterator[Row]:
    """Rows of descriptors and maps of each process that was seen for long; workers have so many connections at most."""
    for (part, process), seen in sorted(looks.items()):
        grown_up = [look.holdings for look in seen if look.age - seen[0].age >= YOUNG_S]
        if len(grown_up) >= MANY_LOOKS:
            # Connections of the clients come and go; a leak is one more with each publication.
            slack = connections if part == "worker" else 2
            yield constant(f"{part} {process}: descriptors and maps", grown_up, slack)


def memory_rows(looks: Mapping[tuple[str, int], Sequence[Look]]) -> Iterator[Row]:
    """Rows of private memory in the last minute beside that in the second, of processes that lived for three."""
    for (part, process), seen in sorted(looks.items()):
        early = [look for look in seen if WARM_S <= look.age - seen[0].age < 2 * WARM_S]
        late = [look for look in seen if seen[-1].age - look.age < WARM_S]
        if not early or late[0].age < early[-1].age:
            continue
        first, last = (median(look.memory.private for look in some) for some in (early, late))
        yield _grown(f"{part} {process}: private memory", first, last, NOISE_BYTES)


def total_row(looks: Mapping[tuple[str, int], Sequence[Look]]) -> Iterator[Row]:
    """The row of the memory of all processes together, of a load of at least three minutes."""
    totals: Counter[float] = Counter()
    for seen in looks.values():
        for look in seen:
            totals[look.age] += look.memory.pss
    # The first and the last look may have met only some of the processes.
    ages = sorted(totals)[1:-1]
    if ages and ages[-1] >= 3 * WARM_S:
        early = median(totals[age] for age in ages if WARM_S <= age < 2 * WARM_S)
        late = median(totals[age] for age in ages if ages[-1] - age < WARM_S)
        yield _grown("all processes: PSS", early, late)


def _grown(case: str, first: float, last: float, noise: float = 0.0) -> Row:
    """The row of memory that may grow by a share, or by what allocators differ by."""
    described = f"{first / 1e6:.1f} MB in the second minute, {last / 1e6:.1f} MB in the last"
    allowed = max(GROWTH * first, first + noise)
    named = f"{case} within {GROWTH - 1:.0%}" + (f" or {noise / 1e6:.0f} MB" if noise else "")
    return Row(named, 1, int(last > allowed), described)


def memory_table(looks: Looks) -> str:
    """PSS and private memory of each process after a minute and at the end, and what it held in the end."""
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
