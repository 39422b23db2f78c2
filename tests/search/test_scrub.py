"""A thread looks now and then, soon after it is asked to, and not at all once it is stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from kb.search import scrub
from kb.search.scrub import Pause, Scrubber


class Looks:
    """Counts looks; a look does pieces of work until it may go on."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.go_on = threading.Event()
        self.go_on.set()
        self.ended = 0
        self.failure: Exception | None = None

    def __call__(self, pause: Pause) -> None:
        self.begun.release()
        while not self.go_on.is_set():
            pause(0.001)
        self.ended += 1
        if self.failure:
            raise self.failure

    def wait(self) -> bool:
        """Whether another look begins within some seconds."""
        return self.begun.acquire(timeout=5)


@pytest.fixture
def looks() -> Looks:
    return Looks()


@pytest.fixture
def scrubber(looks: Looks) -> Iterator[Scrubber]:
    made = Scrubber(looks, 60)
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scrub, "FIRST_LOOK_S", 0.01)
    monkeypatch.setattr(scrub, "LEAST_INTERVAL_S", 0.01)


def scrubbing() -> int:
    return sum(thread.name == "scrubber" for thread in threading.enumerate())


def test_the_first_look_comes_soon_and_the_next_in_an_hour(scrubber: Scrubber, looks: Looks) -> None:
    scrubber.start()
    assert looks.wait()
    assert not looks.begun.acquire(timeout=0.2)


def test_it_looks_again_and_again(monkeypatch: pytest.MonkeyPatch, scrubber: Scrubber, looks: Looks) -> None:
    monkeypatch.setattr(scrubber, "_interval", 0.01)
    scrubber.start()
    assert all(looks.wait() for _ in range(5))


def test_it_looks_when_asked_to_but_not_twice_in_a_minute(
    monkeypatch: pytest.MonkeyPatch, scrubber: Scrubber, looks: Looks
) -> None:
    scrubber.start()
    assert looks.wait()
    scrubber.hurry()
    assert looks.wait()
    monkeypatch.setattr(scrub, "LEAST_INTERVAL_S", 60.0)
    for _ in range(5):
        scrubber.hurry()
        assert not looks.begun.acquire(timeout=0.05)


def test_a_look_that_fails_is_logged_and_followed_by_others(
    scrubber: Scrubber, looks: Looks, caplog: pytest.LogCaptureFixture
) -> None:
    looks.failure = ValueError("no such file")
    scrubber.start()
    assert looks.wait()
    scrubber.hurry()
    assert looks.wait()
    assert "no such file" in caplog.text


def test_it_stops_in_the_middle_of_a_look_and_can_be_started_again(scrubber: Scrubber, looks: Looks) -> None:
    looks.go_on.clear()
    scrubber.start()
    scrubber.start()
    assert looks.wait()
    assert scrubbing() == 1
    scrubber.stop()
    deadline = time.monotonic() + 5
    while scrubbing() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (scrubbing(), looks.ended) == (0, 0)
    looks.go_on.set()
    scrubber.start()
    assert looks.wait()


def test_without_minutes_it_never_looks(looks: Looks) -> None:
    scrubber = Scrubber(looks, 0)
    scrubber.start()
    scrubber.hurry()
    assert not looks.begun.acquire(timeout=0.1)
    assert scrubbing() == 0
