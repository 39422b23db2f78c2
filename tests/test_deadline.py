"""A deadline passes by its own clock."""

from __future__ import annotations

import pytest

from kb.deadline import NEVER, Deadline, DeadlinePassed
from tests.clock import Clock


def test_a_deadline_has_passed_once_its_time_is_over(clock: Clock) -> None:
    deadline = Deadline(2, clock)
    clock.now += 2
    assert not deadline.has_passed()
    deadline.check()
    clock.now += 0.5
    assert deadline.has_passed()
    with pytest.raises(DeadlinePassed):
        deadline.check()


def test_a_share_is_of_the_time_that_is_left(clock: Clock) -> None:
    deadline = Deadline(4, clock)
    clock.now += 2
    half = deadline.after(0.5)
    clock.now += 1.5
    assert half.has_passed()
    assert not deadline.has_passed()


def test_never_is_never_over() -> None:
    assert not NEVER.has_passed()
    assert not NEVER.after(0.5).has_passed()
