from __future__ import annotations

import falcon.testing
import pytest

from kb.settings import Settings
from kb.web.app import create_app

from .fakes import FakeLive, FakeSearcher


@pytest.fixture
def searcher() -> FakeSearcher:
    return FakeSearcher()


@pytest.fixture
def live(searcher: FakeSearcher) -> FakeLive:
    return FakeLive(searcher)


@pytest.fixture
def settings() -> Settings:
    return Settings(site_name="Tea & Sleep", query_chars=64)


@pytest.fixture
def client(live: FakeLive, settings: Settings) -> falcon.testing.TestClient:
    return falcon.testing.TestClient(create_app(live, settings))
