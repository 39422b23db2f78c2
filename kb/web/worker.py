"""gunicorn's worker for slow clients: a main loop receives and sends, threads answer whole requests.

Connections are the `Reactor`'s. What is gunicorn's stays gunicorn's: signals, heartbeat, retirement after so many
requests, parser, access log.
"""

from __future__ import annotations

import os
import time
from typing import Any

from gunicorn.workers.base import Worker

from kb.web.connections import Connections, capacity
from kb.web.exchange import Exchange
from kb.web.heads import HeadLimits
from kb.web.reactor import Reactor

STOP_SECONDS = 1.0
"""Time of an ending worker for new connections and for next requests on open connections, as clients could not know of
the end. Each answer ends its connection."""

_QUIET_SECONDS = 0.2
"""Time without any connection after which an ending worker leaves: no connection is on the way any more."""

_TURN_SECONDS = 1.0


class BufferingWorker(Worker):
    """Worker whose threads never wait for a client."""

    _retiring: float | None = None
    """Time at which the worker had answered its share of requests."""

    @classmethod
    def check_config(cls, cfg: Any, _log: Any) -> None:
        """Raise RuntimeError for a configuration of gunicorn that this worker cannot serve."""
        if cfg.is_ssl:
            raise RuntimeError(f"{cls.__name__} speaks plain HTTP; leave TLS to a proxy in front of it")

    def init_process(self) -> None:
        """Run the worker; called by gunicorn after the fork."""
        self._notified = 0.0
        super().init_process()

    def run(self) -> None:
        """Answer requests until a signal or the count of requests ends the worker."""
        self._reactor = Reactor(
            HeadLimits.of(self.cfg),
            Connections(capacity(self.cfg.worker_connections)),
            (self.PIPE[0], self.PIPE[1]),
            self._keep_alive_seconds,
            self._count_request,
        )
        self._reactor.start(Exchange(self.cfg, self.log, self.wsgi, self._may_keep_alive), self.cfg.threads)
        self._reactor.listen(self.sockets)
        while self.alive and self._has_parent() and not self._may_retire():
            self._turn(_TURN_SECONDS)
        self._stop(self.cfg.graceful_timeout if self._retiring is None else STOP_SECONDS)

    def _may_retire(self) -> bool:
        """Whether a worker may end after its share of requests.

        The replacement starts only at the end: with slow clients to wait for, the worker goes on for a while.
        """
        if self._retiring is None:
            return False
        is_late = time.monotonic() - self._retiring > self.cfg.graceful_timeout
        return is_late or not self._reactor.has_slow_clients(STOP_SECONDS)

    def _stop(self, patience: float) -> None:
        """End, with some seconds of patience with clients after the last accepted connection."""
        self.alive = False
        started = time.monotonic()
        self._reactor.hurry(STOP_SECONDS)
        while (passed := time.monotonic() - started) < STOP_SECONDS:
            if self._reactor.is_idle and passed > _QUIET_SECONDS:
                break
            self._turn(_QUIET_SECONDS / 4)
        self._reactor.stop_listening()
        for listener in self.sockets:
            listener.close()
        self._reactor.hurry(STOP_SECONDS)
        while not self._reactor.is_idle and time.monotonic() - started < STOP_SECONDS + patience:
            self._turn(_QUIET_SECONDS)
        self._reactor.close()

    def _turn(self, seconds: float) -> None:
        now = time.monotonic()
        if now - self._notified > _TURN_SECONDS / 2:
            self._notified = now
            self.notify()
        self._reactor.turn(seconds)

    def _has_parent(self) -> bool:
        return bool(self.ppid == os.getppid())

    @property
    def _is_staying(self) -> bool:
        return bool(self.alive and self._retiring is None)

    def _may_keep_alive(self) -> bool:
        return bool(self._is_staying and self.cfg.keepalive)

    def _keep_alive_seconds(self) -> float:
        return float(self.cfg.keepalive if self._is_staying else min(self.cfg.keepalive, STOP_SECONDS))

    def _count_request(self) -> None:
        self.nr += 1
        if self.nr >= self.max_requests and self._retiring is None:
            self.log.info("Autorestarting worker after %d requests.", self.nr)
            self._retiring = time.monotonic()
