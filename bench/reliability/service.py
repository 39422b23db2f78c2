"""`kb serve` in a process of its own, with its workers and its watcher."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NamedTuple

from bench.proc import arguments_of, children_of, family_of
from bench.reliability.programs import environment
from kb.own_process import module_command

PROBE = "/v1/search?q=stone"
"""A search that every corpus of the trials has an article for."""

START_S = 60.0
"""Seconds after which a start counts as failed."""

NAMESPACE = ("unshare", "--user", "--map-root-user", "sh", "-c")
"""A shell in a user namespace, where a limit can be set without an effect on other processes."""

STOP_S = 40.0
"""Seconds after which a stop counts as failed: more than the service takes to finish requests."""


class Answer(NamedTuple):
    """Status, header fields by lower-case name, and body of a response."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def generation(self) -> str:
        return self.headers.get("kb-generation", "")


@dataclass(frozen=True)
class Service:
    """A service, the file of its output, and its process."""

    port: int
    log: Path
    process: subprocess.Popen[bytes]

    def ask(self, path: str, timeout: float = 10.0, **headers: str) -> Answer:
        """The answer to a request on a connection of its own; raises OSError or HTTPException."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path, headers={name.replace("_", "-"): text for name, text in headers.items()})
            response = connection.getresponse()
            fields = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, fields, response.read())
        finally:
            connection.close()

    def watcher(self) -> int | None:
        """The process that keeps the index fresh, if there is one."""
        return next((child for child in children_of(self.process.pid) if "--watch" in arguments_of(child)), None)

    def workers(self) -> list[int]:
        """The processes that answer requests."""
        own = arguments_of(self.process.pid)
        return [child for child in children_of(self.process.pid) if arguments_of(child) == own]

    def said(self) -> str:
        """Everything that the service has written so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def started(folder: Path, *arguments: str | Path, before: str | None = None, **variables: str) -> Iterator[Service]:
    """A service right after its start, which may not answer yet; it is stopped in the end.

    folder     working folder of the service, in which its output is kept
    arguments  those of `kb serve` but `--port`
    before     a shell command run first, in a user namespace that the service stays in
    variables  of its environment
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    command = [*module_command("kb", "serve", *map(str, arguments), "--port", str(port))]
    if before is not None:
        command = [*NAMESPACE, f'{before} && exec "$@"', "sh", *command]
    log = folder / f"service-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Service(port, log, process)
    finally:
        stop(process)


@contextmanager
def serving(
    folder: Path, *arguments: str | Path, before: str | None = None, probe: str = PROBE, **variables: str
) -> Iterator[Service]:
    """A service that has answered the probe with 200; raises TimeoutError with its last words if it does not."""
    with started(folder, *arguments, before=before, **variables) as service:
        if answer_within(service, START_S, probe) is None:
            raise TimeoutError(f"kb serve did not answer within {START_S:.0f} s: {service.said()[-500:]}")
        yield service


def answer_within(service: Service, limit: float, path: str = PROBE) -> Answer | None:
    """The first answer with status 200; None if there is none in time or the service has ended."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline and service.process.poll() is None:
        with suppress(OSError, HTTPException):
            answer = service.ask(path, timeout=max(0.1, deadline - time.monotonic()))
            if answer.status == 200:
                return answer
        time.sleep(0.02)
    return None


def wait_until(check: Callable[[], object], limit: float) -> float | None:
    """Seconds until `check` is true, which may fail to connect; None if it is not in time."""
    begin = time.monotonic()
    while (passed := time.monotonic() - begin) < limit:
        with suppress(OSError, HTTPException):
            if check():
                return passed
        time.sleep(0.02)
    return None


def stop(process: subprocess.Popen[bytes]) -> bool:
    """End a process by SIGTERM; False if it had to be killed, with all processes below it."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        for member in list(family_of(process.pid)):
            with suppress(ProcessLookupError):
                os.kill(member, signal.SIGKILL)
        process.wait()
        return False
    return True


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
