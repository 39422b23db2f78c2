"""The cores that a process may use, on systems with and without a mask of them."""

from __future__ import annotations

import os

import pytest

from kb.cores import usable_cores


def test_a_process_may_use_the_cores_of_its_mask() -> None:
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)


def test_what_the_system_offers_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "process_cpu_count", lambda: 3, raising=False)
    assert usable_cores() == 3
    monkeypatch.delattr(os, "process_cpu_count")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 4}, raising=False)
    assert usable_cores() == 2
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 5)
    assert usable_cores() == 5
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert usable_cores() == 1
