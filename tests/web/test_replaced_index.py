"""An index is replaced, rolled back, copied, served by two programs: nobody is told to keep what is no longer there."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.request import urlopen

import falcon.testing
import pytest

from kb.search import identity as identity_module
from kb.search.live import REFRESH_INTERVAL_S, LiveSearcher
from kb.settings import Settings
from kb.storage.generations import CURRENT
from kb.storage.rollback import rollback
from kb.web.app import create_app
from tests.clock import Clock
from tests.corpora import ANALYZER, Archive, article

from .service import ARTICLES, build_index, eventually, running, write_articles

KEPT = article("kept", "Green tea", "A cup of tea.")
WITHDRAWN = article("withdrawn", "Black tea", "A pot of tea.")

PATHS = [
    "/v1/search?q=tea",
    "/v1/suggest?q=tea",
    "/v1/suggest?q=tea&format=opensearch",
    "/v1/articles/kept?q=tea",
    "/",
    "/?q=tea",
    "/articles/kept?q=tea",
]


@dataclass
class Site:
    """A service over a folder, with a clock that is moved by hand."""

    folder: Path
    clock: Clock
    settings: Settings

    def __post_init__(self) -> None:
        self.live = LiveSearcher(self.folder, self.settings, ANALYZER, self.clock)
        self.client = falcon.testing.TestClient(create_app(self.live, self.settings))

    def get(self, path: str, tag: str = "") -> Any:
        self.clock.now += REFRESH_INTERVAL_S
        return self.client.simulate_get(path, headers={"If-None-Match": tag} if tag else {})

    def tags(self) -> dict[str, str]:
        return {path: self.get(path).headers["etag"] for path in PATHS}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Archive(tmp_path / "index", KEPT, WITHDRAWN)
    return tmp_path / "index"


@pytest.fixture
def site(folder: Path, clock: Clock) -> Iterator[Site]:
    made = Site(folder, clock, Settings(query_ms=60000))
    yield made
    made.live.close()


def test_an_index_made_anew_with_the_same_name_answers_at_once_for_itself(site: Site, folder: Path) -> None:
    tags = site.tags()
    assert "withdrawn" in site.get("/v1/search?q=tea").text
    times = (folder / CURRENT).stat()
    shutil.rmtree(folder)
    Archive(folder, KEPT)
    os.utime(folder / CURRENT, ns=(times.st_atime_ns, times.st_mtime_ns))
    for path in PATHS:
        answer = site.get(path, tags[path])
        assert (answer.status_code, answer.headers["kb-generation"]) == (200, "gen-1")
        assert answer.headers["etag"] != tags[path]
        assert "withdrawn" not in answer.text
    assert site.get("/v1/articles/withdrawn").status_code == 404


def test_an_index_that_another_folder_is_renamed_over_is_noticed(site: Site, folder: Path, tmp_path: Path) -> None:
    tags = site.tags()
    Archive(tmp_path / "next", KEPT)
    times = (folder / CURRENT).stat()
    os.utime(tmp_path / "next" / CURRENT, ns=(times.st_atime_ns, times.st_mtime_ns))
    folder.rename(tmp_path / "before")
    (tmp_path / "next").rename(folder)
    assert "withdrawn" not in site.get("/v1/search?q=tea", tags["/v1/search?q=tea"]).text
    # Back again, and the answers that clients kept are right again.
    folder.rename(tmp_path / "next")
    (tmp_path / "before").rename(folder)
    assert [site.get(path, tags[path]).status_code for path in PATHS] == [304] * len(PATHS)


def test_after_a_rollback_what_clients_kept_from_before_is_right_again(site: Site, folder: Path) -> None:
    first = site.tags()
    archive = Archive(folder)
    archive.shelf.put(KEPT)
    archive.build()
    second = site.tags()
    assert not set(first.values()) & set(second.values())
    assert "withdrawn" not in site.get("/v1/search?q=tea").text
    rollback(folder)
    assert [site.get(path, second[path]).status_code for path in PATHS] == [200] * len(PATHS)
    assert [site.get(path, first[path]).status_code for path in PATHS] == [304] * len(PATHS)
    assert "withdrawn" in site.get("/v1/search?q=tea").text


def test_copies_of_an_index_behind_one_balancer_have_the_same_tags(site: Site, folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    copy = Site(tmp_path / "copy", site.clock, site.settings)
    assert copy.tags() == site.tags()
    copy.live.close()


@pytest.mark.parametrize(
    "settings", [{"query_terms": 1}, {"max_depth": 10}, {"site_name": "Other"}, {"base_url": "https://kb.example"}]
)
def test_another_setting_that_shapes_answers_has_other_tags(site: Site, folder: Path, settings: dict[str, Any]) -> None:
    other = Site(folder, site.clock, dataclasses.replace(site.settings, **settings))
    assert not set(other.tags().values()) & set(site.tags().values())
    other.live.close()


def test_two_versions_of_the_program_have_different_tags(site: Site, folder: Path) -> None:
    before = site.tags()
    with patch.object(identity_module, "running_program", lambda: "the next version"):
        other = Site(folder, site.clock, site.settings)
        assert not set(other.tags().values()) & set(before.values())
    other.live.close()


def test_no_worker_answers_from_an_index_that_was_made_anew(tmp_path: Path) -> None:
    path = "/v1/search?q=dose"
    write_articles(tmp_path / "corpus", ARTICLES)
    build_index(tmp_path / "corpus", tmp_path / "index")
    with running(tmp_path, index=str(tmp_path / "index"), workers=2) as service:
        with urlopen(service.address + path) as answer:
            tag = answer.headers["ETag"]
        for _ in range(20):
            assert "creatine.md" in service.get(path)[1]
        assert service.get(path, **{"If-None-Match": tag})[0] == 304
        shutil.rmtree(tmp_path / "index")
        (tmp_path / "corpus" / "creatine.md").unlink()
        build_index(tmp_path / "corpus", tmp_path / "index")
        # Each worker looks at the folder with one of its next requests, a moment after it looked last.
        time.sleep(2 * REFRESH_INTERVAL_S)
        assert eventually(lambda: {service.get(path, **{"If-None-Match": tag})[0] for _ in range(20)} == {200})
        answers = [service.get(path) for _ in range(20)]
    assert {(status, json.loads(body)["generation"], "creatine.md" in body) for status, body in answers} == {
        (200, "gen-1", False)
    }
