"""Searches go one after another, and none waits long for another."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import falcon.testing
import pytest

from kb.results import ResultPage, SearchRequest
from kb.settings import Settings
from kb.web.app import create_app
from kb.web.search_lock import SearchLock

from .fakes import FakeLive, FakeSearcher


class SlowSearcher(FakeSearcher):
    """Takes a moment to answer, and knows how many were at it together at most."""

    running = together = 0

    def answer(self, request: SearchRequest) -> ResultPage:
        self.running += 1
        self.together = max(self.together, self.running)
        time.sleep(0.01)
        self.running -= 1
        return super().answer(request)


@pytest.mark.parametrize("path", ["/v1/search?q=dose", "/?q=dose"])
def test_one_search_runs_at_a_time(path: str) -> None:
    searcher = SlowSearcher()
    client = falcon.testing.TestClient(create_app(FakeLive(searcher), Settings()))
    # The first page is made with templates to compile, which would try the patience of the others.
    assert client.simulate_get(path).status_code == 200
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: client.simulate_get(path), range(3)))
    assert {answer.status_code for answer in answers} == {200}
    assert searcher.together == 1


def test_a_search_that_takes_long_holds_none_up_for_long() -> None:
    lock = SearchLock(max_wait=0.01)
    started, finish = threading.Event(), threading.Event()

    def take_long() -> None:
        with lock.held():
            started.set()
            finish.wait(10)

    slow = threading.Thread(target=take_long)
    slow.start()
    assert started.wait(10)
    with lock.held():
        assert slow.is_alive()
    finish.set()
    slow.join()


def test_a_search_that_fails_releases_the_lock() -> None:
    lock = SearchLock(max_wait=60)
    with pytest.raises(ZeroDivisionError), lock.held():
        _ = 1 / 0
    before = time.monotonic()
    with lock.held():
        assert time.monotonic() - before < 10
