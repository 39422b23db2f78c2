from __future__ import annotations

import logging
import threading
import time
from types import SimpleNamespace
from typing import Any

import falcon.testing
import pytest

from kb.settings import Settings
from kb.web.app import create_app
from kb.web.watchdog import GRACE_SECONDS, QUIET_SECONDS, Watchdog, wait_until_quiet
from tests.clock import Clock

from .fakes import FakeLive

REQUEST: Any = SimpleNamespace(method="GET", path="/v1/search")


@pytest.fixture
def ended() -> list[Watchdog]:
    return []


@pytest.fixture
def watchdog(clock: Clock, ended: list[Watchdog], monkeypatch: pytest.MonkeyPatch) -> Watchdog:
    watchdog = Watchdog(10, clock, ended.append)
    # The tests look themselves, when the clock says what they want it to.
    monkeypatch.setattr(watchdog, "_watch", lambda: None)
    return watchdog


def test_a_request_within_its_time_is_left_alone(watchdog: Watchdog, clock: Clock, ended: list[Watchdog]) -> None:
    watchdog.process_request(REQUEST, REQUEST)
    clock.now += 9.9
    assert watchdog.check()
    assert ended == []


def test_an_overdue_request_is_logged_with_its_stack_and_ends_the_worker(
    watchdog: Watchdog, clock: Clock, ended: list[Watchdog], caplog: pytest.LogCaptureFixture
) -> None:
    watchdog.process_request(REQUEST, REQUEST)
    clock.now += 10.1
    with caplog.at_level(logging.CRITICAL):
        assert not watchdog.check()
    assert ended == [watchdog]
    assert "GET /v1/search has run for more than 10 s" in caplog.text
    assert "test_an_overdue_request" in (caplog.records[-1].stack_info or "")
    assert "\n" not in caplog.records[-1].getMessage()


def test_a_finished_request_is_forgotten(watchdog: Watchdog, clock: Clock, ended: list[Watchdog]) -> None:
    watchdog.process_request(REQUEST, REQUEST)
    watchdog.process_response(REQUEST, REQUEST, None, True)
    clock.now += 100
    assert watchdog.check()
    assert ended == []


def test_the_requests_of_other_threads_may_finish_first(watchdog: Watchdog, clock: Clock) -> None:
    watchdog.process_request(REQUEST, REQUEST)
    clock.now += 11
    assert not watchdog.has_timely_requests()
    other = threading.Thread(target=watchdog.process_request, args=(REQUEST, REQUEST))
    other.start()
    other.join()
    assert watchdog.has_timely_requests()


@pytest.mark.parametrize(
    ("busy_until", "waited"), [(0.0, QUIET_SECONDS), (2.0, 2.0 + QUIET_SECONDS), (99.0, GRACE_SECONDS)]
)
def test_an_ending_worker_waits_for_a_pause_and_not_for_ever(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, busy_until: float, waited: float
) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: setattr(clock, "now", clock.now + seconds))
    begin = clock.now
    wait_until_quiet(lambda: clock.now - begin < busy_until, clock)
    assert clock.now - begin == pytest.approx(waited, abs=0.1)


def test_every_request_is_registered_while_it_runs_and_not_after(clock: Clock) -> None:
    live = FakeLive()
    watchdog = Watchdog(10, clock, lambda _: None)
    running: list[int] = []
    live.searcher.answer = lambda request: running.append(len(watchdog._running)) or 1 / 0  # type: ignore[method-assign,assignment,func-returns-value]
    client = falcon.testing.TestClient(create_app(live, Settings(), watchdog))
    for path in ("/v1/search?q=a", "/healthz", "/nope", "/v1/search?x=1"):
        client.simulate_get(path)
    assert running == [1]
    assert watchdog._running == {}


def test_the_thread_starts_with_the_first_request_and_sees_one_that_is_stuck() -> None:
    seen = threading.Event()
    watchdog = Watchdog(0.05, end_worker=lambda _: seen.set())
    before = threading.active_count()
    watchdog.process_request(REQUEST, REQUEST)
    assert threading.active_count() == before + 1
    assert seen.wait(5)
    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() == before
