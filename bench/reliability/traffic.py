"""Ordinary visitors: clients in a process of their own, each with one request after the other, every answer judged."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from multiprocessing.connection import Connection as Pipe
from multiprocessing.synchronize import Event
from types import TracebackType
from typing import NamedTuple

from bench.reliability.client_process import ClientProcess
from bench.reliability.service import Answer
from bench.timing import percentile

REFUSED = "refused"
"""What a connection that was never made is called among the failures."""

Judge = Callable[[Answer], str]
"""What is wrong with an answer; empty if nothing is. A fact to be compared with other answers begins with `=`."""


class Visits(NamedTuple):
    """How the clients ask.

    port        of the service
    paths       asked in turn
    clients     threads
    keep_alive  connections are kept; else each request has its own
    pause       seconds between two requests of a client
    timeout     seconds without a whole answer after which a request has failed
    """

    port: int
    paths: Sequence[str]
    clients: int = 8
    keep_alive: bool = True
    pause: float = 0.0
    timeout: float = 10.0


@dataclass
class Tally:
    """What the clients met.

    times     seconds of each request that was answered rightly
    failures  count by kind
    refusals  moment (`time.monotonic()`) of each connection that was refused
    facts     distinct facts that the judge found
    """

    times: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    refusals: list[float] = field(default_factory=list)
    facts: set[str] = field(default_factory=set)

    @property
    def requests(self) -> int:
        """Requests tried, answered or not."""
        return len(self.times) + self.lost

    @property
    def lost(self) -> int:
        """Requests that got no answer or a wrong one, or not even a connection."""
        return self.failures.total() + len(self.refusals)

    @property
    def kinds(self) -> str:
        """What was lost in words, the most frequent first; empty if nothing was."""
        counts = self.failures + Counter({REFUSED: len(self.refusals)})
        return ", ".join(f"{number} {kind}" for kind, number in counts.most_common())

    def forgive_refusals(self, since: float) -> None:
        """Take out the refusals from a moment on: a service that is told to end takes no more connections."""
        self.refusals = [moment for moment in self.refusals if moment < since]

    def percentile(self, share: float) -> float:
        """Seconds within which so many percent of the answers came; infinite without any."""
        return percentile(self.times, share) if self.times else float("inf")

    def add(self, other: Tally) -> None:
        self.times += other.times
        self.failures += other.failures
        self.refusals += other.refusals
        self.facts |= other.facts


class Traffic(ClientProcess):
    """Clients that ask for as long as the block lasts; `tally` afterwards."""

    def __init__(self, visits: Visits, judge: Judge) -> None:
        super().__init__(_visit_all, visits, judge)
        self.tally = Tally()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        if self._ours.poll(60):
            self.tally = self._ours.recv()
        else:
            self._process.kill()
            self.tally.failures["the clients hang"] += 1
        self._process.join()


def judge_status(answer: Answer) -> str:
    """Nothing but 200 is right."""
    return "" if answer.status == 200 else f"status {answer.status}"


# What follows runs in the clients' process.


def _visit_all(visits: Visits, judge: Judge, stop: Event, results: Pipe) -> None:
    tallies = [Tally() for _ in range(visits.clients)]
    clients = [
        threading.Thread(target=_visit, args=(visits, judge, stop, tally, number), daemon=True)
        for number, tally in enumerate(tallies)
    ]
    for client in clients:
        client.start()
    results.send("started")
    for client in clients:
        client.join()
    whole = Tally()
    for tally in tallies:
        whole.add(tally)
    results.send(whole)


def _visit(visits: Visits, judge: Judge, stop: Event, tally: Tally, first: int) -> None:
    connection: Connection | None = None
    for number in count(first):
        if stop.is_set():
            break
        path = visits.paths[number % len(visits.paths)]
        begin = time.perf_counter()
        try:
            connection = connection or Connection(visits.port, visits.timeout)
            answer, stays = connection.ask(path, visits.keep_alive)
        except ConnectionRefusedError:
            tally.refusals.append(time.monotonic())
            connection = None
            stop.wait(0.05)
            continue
        except (OSError, ValueError) as error:
            tally.failures[_kind(error)] += 1
            connection = None
            stop.wait(0.05)
            continue
        taken = time.perf_counter() - begin
        verdict = judge(answer)
        if verdict and not verdict.startswith("="):
            tally.failures[verdict] += 1
        else:
            tally.times.append(taken)
            tally.facts.update([verdict] if verdict else [])
        if not stays:
            connection.close()
            connection = None
        if visits.pause:
            stop.wait(visits.pause)


def _kind(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return "reset" if isinstance(error, ConnectionResetError | BrokenPipeError) else str(error)


class Connection:
    """One connection of a client, as plain as a client can be: nothing is sent a second time by itself."""

    def __init__(self, port: int, timeout: float) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._port = port

    def ask(self, path: str, keep_alive: bool) -> tuple[Answer, bool]:
        """The answer, and whether the connection can be used again; raises OSError, or ValueError without an answer."""
        ending = "" if keep_alive else "Connection: close\r\n"
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n{ending}\r\n".encode())
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._receive("ended before an answer")
        answer = parse_head(received[:end])
        body = received[end + 4 :]
        while len(body) < int(answer.headers.get("content-length", "0")):
            body += self._receive("ended within an answer")
        return answer._replace(body=body), keep_alive and answer.headers.get("connection") != "close"

    def close(self) -> None:
        self._socket.close()

    def _receive(self, problem: str) -> bytes:
        try:
            part = self._socket.recv(1 << 18)
        except OSError:
            self.close()
            raise
        if not part:
            self.close()
            raise ValueError(problem)
        return part


def parse_head(head: bytes) -> Answer:
    """Status and header fields of a response without its body; raises ValueError if it is none."""
    first, *lines = head.decode("latin-1").split("\r\n")
    parts = first.split(" ", 2)
    if not parts[0].startswith("HTTP/1.") or len(parts) < 2:
        raise ValueError("no HTTP response")
    fields = (line.partition(":") for line in lines)
    return Answer(int(parts[1]), {name.strip().lower(): value.strip() for name, _, value in fields}, b"")
