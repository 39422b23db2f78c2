"""All trials by name, in the order in which they run."""

from __future__ import annotations

from collections.abc import Mapping

from bench.reliability.builds import run_builds
from bench.reliability.clients import run_clients
from bench.reliability.crashes import run_crashes
from bench.reliability.kills import run_kills
from bench.reliability.load import run_load
from bench.reliability.names import run_names
from bench.reliability.odd_names import run_odd_names
from bench.reliability.outcome import Trial
from bench.reliability.queries import run_queries
from bench.reliability.raw_requests import run_raw_requests
from bench.reliability.separate import run_budgets, run_flips
from bench.reliability.starts import run_starts
from bench.reliability.stops import run_stops
from bench.reliability.watcher import run_watcher

TRIALS: dict[str, Trial] = {
    "crashes": run_crashes,
    "kills": run_kills,
    "builds": run_builds,
    "watcher": run_watcher,
    "starts": run_starts,
    "names": run_names,
    "stops": run_stops,
    "clients": run_clients,
    "raw-requests": run_raw_requests,
    "odd-names": run_odd_names,
    "queries": run_queries,
    "flips": run_flips,
    "budgets": run_budgets,
    "load": run_load,
}

LIMIT_S = 900.0
"""Seconds, besides those of the load, after which a trial counts as hanging."""

LIMITS: Mapping[str, float] = {"flips": 2_400.0}
"""Trials with a limit of their own."""
