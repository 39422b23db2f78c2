"""When builds are tried, and when a watch gives up for a fresh process to take over."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator

import pytest

from kb.errors import BuildRefused, CorpusError, IndexFailure, IndexLocked, WornOut
from kb.indexing.report import BuildReport
from kb.indexing.watch import Schedule, is_unexpected, watch
from tests.clock import Clock

NOTHING = BuildReport(
    generation="gen-1", published=False, rebuilt_because=(), added=0, changed=0, removed=0, unchanged=0, kept=0,
    skipped=(), articles=0, read=0, seconds=0.0, articles_per_second=0.0,
)  # fmt: skip


def failed_by(number: int) -> IndexFailure:
    """The failure of a build by an error of the operating system."""
    error = IndexFailure("the index cannot be built")
    error.__cause__ = OSError(number, os.strerror(number))
    return error


class Watched:
    """A watch by a clock that goes on a second with each look; the builds raise `failures`, one after another."""

    def __init__(self, clock: Clock, *failures: Exception | None) -> None:
        self.clock = clock
        self.failures = list(failures)
        self.times: list[float] = []
        self.outcomes: list[BuildReport | Exception] = []
        self.signs = 0

    def run(self, seconds: int, *changed: int) -> None:
        begin = self.clock()

        def changes() -> Iterator[bool]:
            for second in range(1, seconds + 1):
                self.clock.now += 1
                yield second in changed

        def build() -> BuildReport:
            self.times.append(self.clock() - begin)
            if self.failures and (failure := self.failures.pop(0)):
                raise failure
            return NOTHING

        def sign() -> None:
            self.signs += 1

        schedule = Schedule(60, self.clock)
        watch(build, changes(), report=self.outcomes.append, sign_of_life=sign, schedule=schedule)


def test_builds_come_first_after_each_change_and_once_a_minute(clock: Clock) -> None:
    watched = Watched(clock)
    watched.run(140, 5, 6)
    assert watched.times == [0, 5, 6, 66, 126]
    assert watched.signs == 141


def test_a_failed_build_is_tried_again_with_growing_pauses(clock: Clock) -> None:
    watched = Watched(clock, *[CorpusError("missing")] * 9)
    watched.run(300)
    assert watched.times[:10] == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243]
    assert watched.outcomes[-1] == NOTHING


def test_a_change_is_tried_at_once_though_builds_fail(clock: Clock) -> None:
    watched = Watched(clock, *[CorpusError("missing")] * 6)
    watched.run(30, 20)
    assert 20 in watched.times


def test_another_builder_is_asked_every_second(clock: Clock) -> None:
    watched = Watched(clock, *[IndexLocked("process 7 is building")] * 5)
    watched.run(20)
    assert watched.times == [0, 1, 2, 3, 4, 5]


def test_a_refusal_is_met_less_and_less_often_without_a_change(clock: Clock) -> None:
    watched = Watched(clock, *[BuildRefused("shrunk")] * 30)
    watched.run(4000, 3000)
    assert watched.times[-7:] == [255, 511, 1023, 1923, 2823, 3000, 3900]


def test_a_success_makes_the_pauses_short_again(clock: Clock) -> None:
    watched = Watched(clock, CorpusError("1"), CorpusError("2"), None, CorpusError("3"))
    watched.run(70)
    assert watched.times == [0, 1, 3, 63, 64]


@pytest.mark.parametrize("failure", [failed_by(errno.EMFILE), MemoryError(), ZeroDivisionError()], ids=repr)
def test_three_unexpected_failures_in_a_row_end_the_watch(clock: Clock, failure: Exception) -> None:
    watched = Watched(clock, failure, failure, None, failure, failure, failure)
    with pytest.raises(WornOut, match="3 builds in a row failed unexpectedly"):
        watched.run(600)
    assert len(watched.outcomes) == 6


FOR_A_PERSON = [
    CorpusError("missing"),
    BuildRefused("shrunk"),
    IndexLocked("locked"),
    failed_by(errno.EROFS),
    failed_by(errno.ENOSPC),
]


@pytest.mark.parametrize("failure", FOR_A_PERSON, ids=repr)
def test_what_a_new_process_would_meet_as_well_does_not(clock: Clock, failure: Exception) -> None:
    assert not is_unexpected(failure)
    watched = Watched(clock, *[failure] * 6)
    watched.run(600)
    assert len(watched.outcomes) > 6
    assert watched.outcomes[-1] == NOTHING
