from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import falcon.testing
import pytest

from kb.settings import Settings
from kb.web.app import create_app

from .fakes import FakeLive, FakeSearcher
from .service import ARTICLES, Service, build_index, running, write_articles


@pytest.fixture
def searcher() -> FakeSearcher:
    return FakeSearcher()


@pytest.fixture
def live(searcher: FakeSearcher) -> FakeLive:
    return FakeLive(searcher)


@pytest.fixture
def settings() -> Settings:
    return Settings(site_name="Tea & Sleep", query_chars=64, allowed_hosts=f"{falcon.testing.DEFAULT_HOST}, kb.test")


@pytest.fixture
def client(live: FakeLive, settings: Settings) -> falcon.testing.TestClient:
    return falcon.testing.TestClient(create_app(live, settings))


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    write_articles(folder / "corpus", ARTICLES)
    build_index(folder / "corpus", folder / "index")
    return folder / "index"


@pytest.fixture(scope="session")
def service(index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("service"), index=str(index), site_name="Health archive") as service:
        yield service
