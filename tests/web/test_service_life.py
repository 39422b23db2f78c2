"""How the real service starts, is replaced and ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import RemoteDisconnected
from pathlib import Path

import pytest

from kb.errors import SettingError
from kb.settings import Settings
from kb.web.server import public_address, serve, worker_count

from .service import ROOT, Service, eventually, running

STUCK = """
import json, sys, time
from kb.settings import Settings
from kb.web.app import create_app
from kb.web.server import serve
from kb.web.watchdog import Watchdog

class Stuck:
    generation = identity = "gen-1"
    def answer(self, request):
        while request.q == "stuck":
            time.sleep(0.01)
        time.sleep(0.2)
        raise ValueError(request.q)

class Live:
    def current(self):
        return Stuck()

def build(settings):
    return create_app(Live(), settings, Watchdog(settings.request_seconds))

serve(Settings(**json.loads(sys.argv[1])), build)
"""


def test_a_stuck_request_ends_its_worker_and_the_service_goes_on(tmp_path: Path) -> None:
    with running(tmp_path, STUCK, request_seconds=1) as service:
        started = time.monotonic()
        with pytest.raises((RemoteDisconnected, ConnectionResetError)):
            service.get("/v1/search?q=stuck")
        assert time.monotonic() - started < 5
        assert eventually(lambda: service.get("/healthz")[0] == 200)
        log = service.log()
        assert "GET /v1/search has run for more than 1 s" in log
        assert "in answer" in log
        assert service.get("/v1/search?q=fine")[0] == 500


def test_a_stuck_request_takes_no_other_with_it(tmp_path: Path) -> None:
    with running(tmp_path, STUCK, request_seconds=2, threads=2) as service, ThreadPoolExecutor(5) as pool:
        stuck = pool.submit(service.get, "/v1/search?q=stuck")
        found = []
        while not stuck.done():
            found += list(pool.map(lambda _: service.get("/v1/search?q=fine")[0], range(4)))
        assert isinstance(stuck.exception(), (RemoteDisconnected, ConnectionResetError))
        assert len(found) > 4
        assert set(found) == {500}


def test_hup_replaces_the_workers_and_answers_go_on(tmp_path: Path, index: Path) -> None:
    with running(tmp_path, index=str(index)) as service:
        before = service.workers()
        os.kill(service.process.pid, signal.SIGHUP)
        while service.workers() & before:
            assert service.get("/v1/search?q=dose")[0] == 200
        assert service.get("/v1/search?q=dose")[0] == 200
        assert service.log().count(" is at http://") == 1


def test_term_ends_it_quietly(tmp_path: Path, index: Path) -> None:
    with running(tmp_path, index=str(index)) as service:
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(20) == 0
        assert "Traceback" not in service.log()


def test_no_configuration_but_ours_counts(tmp_path: Path, index: Path) -> None:
    (tmp_path / "gunicorn.conf.py").write_text("raise SystemExit('read')")
    environ = {"GUNICORN_CMD_ARGS": "--bind=127.0.0.1:1 --workers=7", "WEB_CONCURRENCY": "7", "PORT": "1"}
    with running(tmp_path, environ=environ, index=str(index)) as service:
        assert service.get("/healthz")[0] == 200
        assert len(service.workers()) == 1
        assert not list(tmp_path.rglob("*.ctl"))


OURS = ["--worker-class=kb.web.worker.BufferingWorker", "--logger-class=kb.web.logs.ServiceLogger", "--threads=2"]


@pytest.mark.parametrize("options", [[], OURS])
def test_plain_gunicorn_can_run_the_application_too(tmp_path: Path, index: Path, options: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--no-control-socket",
        *options,
        "-b",
        f"127.0.0.1:{port}",
        "kb.web.app:get_app()",
    ]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "KB_INDEX": str(index)}
    with (tmp_path / "output.txt").open("wb") as output:
        process = subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=output, stderr=subprocess.STDOUT)
    try:
        service = Service(port, process, tmp_path / "output.txt")
        assert eventually(lambda: service.get("/readyz")[0] == 200)
    finally:
        process.terminate()
        process.wait(30)


def test_a_port_in_use_is_one_clear_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingError, match=f"cannot listen on 127.0.0.1 port {port}: something else is listening"):
            serve(Settings(port=port))


def test_an_address_that_is_not_ours_is_one_clear_sentence() -> None:
    with pytest.raises(SettingError, match=r"cannot listen on 192\.0\.2\.1 port"):
        serve(Settings(host="192.0.2.1", port=0))


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:80/"),
        ("0.0.0.0", "http://127.0.0.1:80/"),
        ("::", "http://[::1]:80/"),
        ("::1", "http://[::1]:80/"),
        ("kb.example", "http://kb.example:80/"),
    ],
)
def test_the_address_is_one_that_a_browser_can_open(host: str, address: str) -> None:
    assert public_address(Settings(host=host), 80) == address


def test_there_are_as_many_workers_as_set_or_as_cores() -> None:
    assert worker_count(Settings(workers=3)) == 3
    assert worker_count(Settings()) == len(os.sched_getaffinity(0))
