"""The service under gunicorn, configured by the settings alone.

`gunicorn.conf.py` and GUNICORN_CMD_ARGS are ignored: a file in the working directory changes nothing. HUP replaces the
workers one by one; TERM lets requests in progress finish.
"""

from __future__ import annotations

import errno
import gc
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from kb.cores import usable_cores
from kb.errors import SettingError
from kb.search.warmup import warm_up
from kb.settings import Settings
from kb.supervisor import Supervisor
from kb.web.app import open_app
from kb.web.arbiter import WatchingArbiter
from kb.web.logs import ServiceLogger, set_up_logging
from kb.web.worker import BufferingWorker

BACKLOG = 2048
LONGEST_LINE = 8190
"""gunicorn's limit of a request line, in bytes."""

MAX_REQUESTS = 20_000
MAX_REQUESTS_JITTER = 2_000
"""Requests before a worker is replaced, and a random addition: not all workers at once."""

_LOG_LINE = '%(t)s %(h)s "%(r)s" %(s)s %(B)s bytes %(M)s ms'


def serve(
    settings: Settings,
    build: Callable[[Settings], Any] = open_app,
    *,
    listener: socket.socket | None = None,
    watcher: Supervisor | None = None,
) -> None:
    """Answer requests until a signal ends the service; `build` makes the application of each worker.

    listener  of `listen`; None: a new listener
    watcher   keeps the index fresh, and is kept running for as long as the service

    Raises SettingError if listening on the address fails.
    """
    set_up_logging()
    listener = listener or listen(settings)
    address = public_address(settings, listener.getsockname()[1])
    _prepare_to_fork(settings)
    # gunicorn takes the descriptor over, and closes it.
    _Service(settings, build, listener.detach(), address, watcher).run()


def listen(settings: Settings) -> socket.socket:
    """Listening socket on the address of the settings; raises SettingError after a failure."""
    host = settings.host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = "something else is listening there; choose another port"
        else:
            reason = error.strerror or str(error)
        raise SettingError(f"cannot listen on {settings.host} port {settings.port}: {reason}") from error


def longest_request_line(settings: Settings) -> int:
    """Limit of a request line, in bytes: room for the longest query in any script, within gunicorn's limit.

    A code point has at most four bytes of UTF-8, each percent-encoded as three; 1,000 bytes are for the remaining
    parameters. A query slightly too long is refused by a sentence instead of a bare 414.
    """
    return min(LONGEST_LINE, 12 * settings.query_chars + 1000)


def public_address(settings: Settings, port: int) -> str:
    """Address of the service for a browser on this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104 - compared, not bound
    return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{port}/"


def worker_count(settings: Settings) -> int:
    """Count of worker processes: as set, else one per core available to the process."""
    return settings.workers or usable_cores()


def _prepare_to_fork(settings: Settings) -> None:
    """Load the modules and machine code of all workers, in memory that stays shared after the fork."""
    warm_up(settings)
    # The collector writes into every object that it looks at, and a page that is written to is copied.
    gc.collect()
    gc.freeze()


class _Service(BaseApplication):
    def __init__(
        self,
        settings: Settings,
        build: Callable[[Settings], Any],
        descriptor: int,
        address: str,
        watcher: Supervisor | None,
    ) -> None:
        self._settings = settings
        self._build = build
        self._descriptor = descriptor
        self._address = address
        self._watcher = watcher
        super().__init__(prog="kb")

    def load_config(self) -> None:
        for name, value in _configuration(self._settings).items():
            self.cfg.set(name, value)
        self.cfg.set("bind", f"fd://{self._descriptor}")
        self.cfg.set("post_worker_init", self._announce)

    def load(self) -> Any:
        return self._build(self._settings)

    def run(self) -> None:
        WatchingArbiter(self, self._watcher).run()

    def _announce(self, worker: Any) -> None:
        # Workers are numbered from 1 for as long as the server runs, so this is said once, by the first to be ready.
        if worker.age == 1:
            print(f"{self._settings.site_name} is at {self._address} (Ctrl+C stops it)", flush=True)  # noqa: T201


def _configuration(settings: Settings) -> dict[str, Any]:
    memory = Path("/dev/shm")  # noqa: S108 - gunicorn makes its own unlinked file there
    return {
        "proc_name": "kb",
        "workers": worker_count(settings),
        "worker_class": BufferingWorker,
        "threads": settings.threads,
        # The index is opened after the fork: each worker has its own descriptors, and all share the mapped pages.
        "preload_app": False,
        "timeout": 30,
        "graceful_timeout": 20,
        "keepalive": 5,
        "max_requests": MAX_REQUESTS,
        "max_requests_jitter": MAX_REQUESTS_JITTER,
        "backlog": BACKLOG,
        "limit_request_line": longest_request_line(settings),
        "limit_request_fields": 50,
        "limit_request_field_size": 4096,
        # A heartbeat on a slow disk looks like a worker that hangs.
        "worker_tmp_dir": str(memory) if memory.is_dir() else None,
        "control_socket_disable": True,
        "umask": 0o027,
        # Nothing here lives below a path that a proxy takes away.
        "forwarder_headers": "",
        "logger_class": ServiceLogger,
        "accesslog": "-",
        "access_log_format": _LOG_LINE,
        "errorlog": "-",
        "loglevel": "warning",
    }
