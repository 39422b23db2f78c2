"""SIGTERM ends a command in good order."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from kb.commands.ending import ended_in_order


def test_the_signal_unwinds_the_block_and_means_what_it_meant_before() -> None:
    undone = []

    def work() -> None:
        with ended_in_order():
            try:
                os.kill(os.getpid(), signal.SIGTERM)
                signal.pause()
            finally:
                undone.append("draft")

    with pytest.raises(SystemExit) as ended:
        work()
    assert (ended.value.code, undone) == (143, ["draft"])
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_handler_that_is_there_stays() -> None:
    received: list[int] = []
    earlier = signal.signal(signal.SIGTERM, lambda number, _: received.append(number))
    try:
        with ended_in_order():
            os.kill(os.getpid(), signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, earlier)
    assert received == [signal.SIGTERM]


def test_a_thread_other_than_the_main_thread_leaves_signals_alone() -> None:
    inside: list[object] = []

    def work() -> None:
        with ended_in_order():
            inside.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert inside == [signal.SIG_DFL]
