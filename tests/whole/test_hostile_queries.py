"""Ten thousand random and hostile strings as visitors' queries, over HTTP: each is answered, within its budget."""

from __future__ import annotations

import time
from pathlib import Path

from falcon.testing import TestClient

from kb.search.live import LiveSearcher
from kb.settings import Settings
from kb.text.tokens import Analyzer
from kb.web.app import create_app
from tests.hostile_queries import hostile_queries

QUERIES = 10_000
GRACE_S = 1.0
"""What a busy machine may add to a query's budget before it counts as overrun."""


def test_every_string_is_answered_within_its_budget(sample_index: Path) -> None:
    settings = Settings(index=str(sample_index))
    live = LiveSearcher(sample_index, settings, Analyzer())
    client = TestClient(create_app(live, settings))
    slowest = 0.0
    for query in hostile_queries(QUERIES, seed=3):
        started = time.monotonic()
        answer = client.simulate_get("/v1/search", params={"q": query})
        slowest = max(slowest, time.monotonic() - started)
        assert answer.status_code == 200, query
        assert answer.json["query"]["text"] == query
        assert all(hit["snippets"] and hit["snippets"][0]["text"].strip() for hit in answer.json["hits"]), query
    live.close()
    assert slowest < settings.query_ms / 1000 + GRACE_S
