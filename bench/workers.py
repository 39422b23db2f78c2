"""The memory of our service: what one more worker costs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.http import ask, running, search_paths
from bench.proc import children_of, memory_of
from kb.web.app import open_app

CONNECTIONS = 16
"""So many that both workers get some of them."""


def one_more_worker(index: Path, queries: Sequence[str], **parameters: str) -> int:
    """The bytes that one of two workers has for itself, the larger one, after both have answered the queries."""
    paths = search_paths(queries, **parameters)
    with running(index, open_app, paths[0], workers=2) as server:
        ask(server, paths, CONNECTIONS)
        return max(memory_of(worker).private for worker in children_of(server.process))
