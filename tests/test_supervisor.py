"""A process that is supervised runs again after any end, and is killed where it hangs."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence

import pytest

from kb.supervisor import Supervisor, how_it_ended
from tests.clock import Clock

SLEEP = "import time; time.sleep(60)"
SIGNS = "import os, sys, time\nwhile True:\n    os.write(int(sys.argv[1]), b'.')\n    time.sleep(0.02)"


class Supervised:
    """A supervisor of a Python program that gets the descriptor for signs of life."""

    def __init__(self, clock: Clock, program: str) -> None:
        self.clock = clock
        self.program = program
        self.supervisor = Supervisor("the sleeper", self._command, silence_seconds=600, now=clock)

    def _command(self, signs: int) -> Sequence[str]:
        return [sys.executable, "-c", self.program, str(signs)]

    def until_ended(self) -> None:
        """Look until the end of the process is noticed."""
        end = time.monotonic() + 10
        while self.supervisor.pid:
            self.supervisor.look()
            assert time.monotonic() < end
            time.sleep(0.01)


@pytest.fixture
def sleeper(clock: Clock) -> Iterator[Supervised]:
    supervised = Supervised(clock, SLEEP)
    yield supervised
    supervised.supervisor.stop()
    supervised.supervisor.wait(5)


def test_a_killed_process_is_started_again_after_a_pause(
    sleeper: Supervised, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    supervisor = sleeper.supervisor
    supervisor.look()
    first = supervisor.pid
    assert first
    os.kill(first, signal.SIGKILL)
    sleeper.until_ended()
    assert caplog.messages == [
        f"the sleeper (process {first}) was ended by SIGKILL, perhaps for want of memory; it is started again in 1 s"
    ]
    supervisor.look()
    assert supervisor.pid is None
    clock.now += 1
    supervisor.look()
    assert supervisor.pid not in (None, first)


def test_pauses_double_up_to_a_minute_and_are_short_again_after_a_long_life(
    sleeper: Supervised, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    sleeper.program = "raise SystemExit(3)"
    for _ in range(8):
        sleeper.supervisor.look()
        sleeper.until_ended()
        clock.now += 60
    assert [float(message.split()[-2]) for message in caplog.messages] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert "ended with exit code 3" in caplog.text
    caplog.clear()
    sleeper.program = SLEEP
    sleeper.supervisor.look()
    clock.now += 61
    assert sleeper.supervisor.pid
    os.kill(sleeper.supervisor.pid, signal.SIGTERM)
    sleeper.until_ended()
    assert "was ended by SIGTERM; it is started again in 1 s" in caplog.text


def test_a_silent_process_is_killed_and_started_again(
    sleeper: Supervised, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    sleeper.supervisor.look()
    clock.now += 599
    sleeper.supervisor.look()
    assert caplog.messages == []
    clock.now += 2
    sleeper.supervisor.look()
    assert "gave no sign of life for 601 s; it is killed" in caplog.text
    sleeper.until_ended()


def test_signs_of_life_keep_a_process_alive(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    living = Supervised(clock, SIGNS)
    living.supervisor.look()
    pid = living.supervisor.pid
    for _ in range(3):
        time.sleep(0.5)
        living.supervisor.look()
        clock.now += 500
    assert living.supervisor.pid == pid
    living.supervisor.stop()
    living.supervisor.wait(5)
    assert caplog.messages == []


def test_a_process_told_to_end_is_not_started_again_and_a_stopped_one_is_killed(sleeper: Supervised) -> None:
    sleeper.program = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"
    sleeper.supervisor.look()
    time.sleep(0.3)
    sleeper.supervisor.stop()
    sleeper.supervisor.wait(0.2)
    assert sleeper.supervisor.pid is None
    sleeper.clock.now += 1000
    sleeper.supervisor.look()
    assert sleeper.supervisor.pid is None


def test_no_descriptor_is_left_by_processes_that_end(sleeper: Supervised, clock: Clock) -> None:
    sleeper.program = "pass"
    first = os.dup(0)
    os.close(first)
    for _ in range(5):
        sleeper.supervisor.look()
        sleeper.until_ended()
        clock.now += 60
    again = os.dup(0)
    os.close(again)
    assert again == first


def test_a_process_that_cannot_be_started_is_tried_again(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    supervisor = Supervisor("the ghost", lambda _: ["/no/such/program"], now=clock)
    supervisor.look()
    clock.now += 1
    supervisor.look()
    assert [message.split(":")[0] for message in caplog.messages] == [
        "the ghost cannot be started, and is tried again in 1 s",
        "the ghost cannot be started, and is tried again in 2 s",
    ]
    supervisor.stop()
    supervisor.wait(0)


@pytest.mark.parametrize(
    ("status", "words"), [(0, "ended with exit code 0"), (-11, "was ended by SIGSEGV"), (-99, "was ended by signal 99")]
)
def test_an_end_is_told_in_words(status: int, words: str) -> None:
    assert how_it_ended(status) == words
