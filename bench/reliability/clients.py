"""Trial: visitors beside hundreds of slow clients, against the shipped settings with two workers."""

from __future__ import annotations

import time
from pathlib import Path

from bench.reliability.crowd import HABITS, Crowd
from bench.reliability.outcome import Outcome, Row, Scale, seconds
from bench.reliability.programs import build_index
from bench.reliability.service import Service, serving, wait_until
from bench.reliability.texts import write_corpus
from bench.reliability.traffic import Tally, Traffic, Visits, judge_status
from bench.tables import table

PROMISED_S = 0.1
"""What 99 of 100 visitors wait at most."""

SECONDS = {8: 4.0, 16: 4.0, 50: 4.0, 200: 4.0, 500: 12.0}
"""Length of a measurement by the number of slow clients: longest for the most, who come back again and again."""

AGAIN_S = 30.0
"""Seconds within which the service answers again once the slow clients are gone."""

_PATHS = ("/v1/search?q=stone", "/v1/search?q=water+sleep", "/v1/suggest?q=sto", "/?q=sugar")


def run_clients(scale: Scale, folder: Path) -> Outcome:
    """Rows of each habit and size: requests of visitors, those without an answer, and late ones beyond one percent."""
    write_corpus(folder / "corpus", 300)
    build_index(folder / "corpus", folder / "index")
    sizes = scale.pick(SECONDS, {16: 4.0, 200: 4.0})
    rows, figures = [], []
    with serving(folder / "service", "--index", folder / "index", "--workers", "2") as service:
        alone = _visited(service, scale.pick(10.0, 3.0))
        rows.append(visitors_row("nobody else", alone))
        figures.append(_figures("nobody else", alone))
        for habit in HABITS:
            for size, duration in sizes.items():
                tally = _beside(service, habit, size, duration)
                rows.append(visitors_row(f"{size} {habit}", tally))
                figures.append(_figures(f"{size} {habit}", tally))
    return Outcome(tuple(rows), table(["beside", "requests", "p50", "p99", "worst", "without answer"], figures))


def _beside(service: Service, habit: str, size: int, duration: float) -> Tally:
    with Crowd(service.port, habit, size):
        tally = _visited(service, duration)
    # The next kind of client is measured on a service that answers again.
    if wait_until(lambda: service.ask("/healthz", timeout=1).status == 200, AGAIN_S) is None:
        raise TimeoutError(f"no answer within {AGAIN_S:.0f} s of the end of {size} {habit}")
    return tally


def _visited(service: Service, duration: float) -> Tally:
    visits = Visits(service.port, _PATHS, clients=4, keep_alive=False, pause=0.05, timeout=duration)
    with Traffic(visits, judge_status) as traffic:
        time.sleep(duration)
    return traffic.tally


def visitors_row(case: str, tally: Tally) -> Row:
    """A request fails without an answer or a connection; of the answers, one of a hundred may be late."""
    late = sum(time > PROMISED_S for time in tally.times)
    failed = tally.lost + max(0, late - len(tally.times) // 100)
    return Row(case, tally.requests, failed, tally.kinds or f"p99 {seconds(tally.percentile(99))}")


def _figures(case: str, tally: Tally) -> list[str]:
    shares = [seconds(tally.percentile(share)) if tally.times else "none" for share in (50, 99, 100)]
    return [case, f"{tally.requests:,}", *shares, str(tally.lost)]
