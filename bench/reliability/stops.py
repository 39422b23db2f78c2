"""Trial: the service is stopped and reloaded under load; a request that was sent has to be answered."""

from __future__ import annotations

import os
import signal
import time
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from bench.reliability.outcome import Outcome, Row, Scale, seconds
from bench.reliability.programs import build_index
from bench.reliability.service import Service, serving, stop, wait_until
from bench.reliability.texts import write_corpus
from bench.reliability.traffic import Tally, Traffic, Visits, judge_status

PATHS = ("/v1/search?q=stone&limit=20&snippets=3", "/v1/search?q=water+light", "/?q=sleep", "/v1/suggest?q=wa")

ENDED_S = 25.0
"""Seconds within which a stopped service has to end: those of a request, and some."""

REPLACED_S = 30.0
"""Seconds within which a reload has to replace every worker."""


def run_stops(scale: Scale, folder: Path) -> Outcome:
    """Rows of stops and reloads, with connections kept or one a request: requests sent, and those not answered."""
    write_corpus(folder / "corpus", 300)
    build_index(folder / "corpus", folder / "index")
    rows = []
    for keep_alive, kind in ((False, "a connection for each request"), (True, "connections kept")):
        rows += _stops(folder, kind, keep_alive, scale.pick(6, 2))
        rows += _reloads(folder, kind, keep_alive, scale.pick(6, 2))
    return Outcome(tuple(rows))


def _stops(folder: Path, kind: str, keep_alive: bool, rounds: int) -> list[Row]:
    whole = Tally()
    slow, slowest = 0, 0.0
    for _ in range(rounds):
        with _service(folder) as service, Traffic(_visits(service, keep_alive), judge_status) as traffic:
            time.sleep(1)
            begin = time.monotonic()
            ended = stop(service.process)
            passed = time.monotonic() - begin
            time.sleep(0.3)
        slow += not ended or passed > ENDED_S
        slowest = max(slowest, passed)
        traffic.tally.forgive_refusals(since=begin)
        whole.add(traffic.tally)
    return [
        _row(f"{rounds} x SIGTERM, {kind}", whole),
        Row(f"{rounds} x SIGTERM, {kind}: ended in time", rounds, slow, f"after {seconds(slowest)}"),
    ]


def _reloads(folder: Path, kind: str, keep_alive: bool, rounds: int) -> list[Row]:
    waits = []
    with _service(folder) as service, Traffic(_visits(service, keep_alive), judge_status) as traffic:
        for _ in range(rounds):
            before = set(service.workers())
            os.kill(service.process.pid, signal.SIGHUP)
            waits.append(wait_until(partial(_are_replaced, service, before), REPLACED_S))
            time.sleep(0.5)
    slowest = max((wait for wait in waits if wait is not None), default=0.0)
    return [
        _row(f"{rounds} x HUP, {kind}", traffic.tally),
        Row(f"{rounds} x HUP, {kind}: workers replaced", rounds, waits.count(None), f"after {seconds(slowest)}"),
    ]


def _are_replaced(service: Service, before: set[int]) -> bool:
    workers = set(service.workers())
    return bool(workers) and not before & workers


def _service(folder: Path) -> AbstractContextManager[Service]:
    return serving(folder / "service", "--index", folder / "index", "--workers", "2")


def _visits(service: Service, keep_alive: bool) -> Visits:
    return Visits(service.port, PATHS, clients=8, keep_alive=keep_alive)


def _row(case: str, tally: Tally) -> Row:
    return Row(case, tally.requests, tally.lost, tally.kinds)
