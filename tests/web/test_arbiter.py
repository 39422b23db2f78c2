"""The server looks after the watcher: it is started, started again, and ended with the server."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from kb.settings import Settings
from kb.supervisor import Supervisor
from kb.web.app import open_app
from kb.web.arbiter import WatchingArbiter
from kb.web.server import _Service

from .service import Service, eventually, running

WATCHED = """
import json, sys
from pathlib import Path
from kb.settings import Settings
from kb.supervisor import Supervisor
from kb.web.server import serve

program = "import os, time; print('watching', os.getpid(), flush=True); time.sleep(600)"
watcher = Supervisor("the watcher", lambda _: [sys.executable, "-c", program])
serve(Settings(**json.loads(sys.argv[1])), watcher=watcher)
"""


def watchers(service: Service) -> list[int]:
    """Process ids of the watchers that have begun, in the order of time."""
    return [int(line.split()[1]) for line in service.log().splitlines() if line.startswith("watching ")]


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_watcher_that_is_killed_is_started_again_and_the_service_goes_on(tmp_path: Path, index: Path) -> None:
    with running(tmp_path, WATCHED, index=str(index)) as service:
        (first,) = eventually(lambda: watchers(service))
        os.kill(first, signal.SIGKILL)
        second = eventually(lambda: watchers(service)[1:])[0]
        assert f"the watcher (process {first}) was ended by SIGKILL" in service.log()
        assert service.get("/v1/search?q=dose")[0] == 200
        os.kill(service.process.pid, signal.SIGHUP)
        eventually(lambda: service.get("/healthz")[0] == 200)
        assert is_alive(second)
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(20) == 0
        assert not is_alive(second)
        assert "Traceback" not in service.log()


def test_a_watcher_that_cannot_go_on_is_ended_with_the_server_too(tmp_path: Path, index: Path) -> None:
    with running(tmp_path, WATCHED, index=str(index)) as service:
        (process,) = eventually(lambda: watchers(service))
        os.kill(process, signal.SIGSTOP)
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(20) == 0
        assert not is_alive(process)


def test_the_exit_code_of_the_watcher_is_not_lost_to_the_wait_for_workers(caplog: pytest.LogCaptureFixture) -> None:
    watcher = Supervisor("the watcher", lambda _: [sys.executable, "-c", "raise SystemExit(3)"])
    arbiter = WatchingArbiter(_Service(Settings(), open_app, -1, "", watcher), watcher)
    watcher.look()
    end = time.monotonic() + 10
    while watcher.pid and time.monotonic() < end:
        time.sleep(0.05)
        arbiter.reap_workers()
    assert "ended with exit code 3" in caplog.text
