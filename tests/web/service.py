"""The real service in a process of its own, over a real index of a few articles."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from kb.articles.corpus import FolderCorpus
from kb.indexing.builder import Builder
from kb.text.tokens import Analyzer

ROOT = Path(__file__).parents[2]

RUN = """
import json, sys
from kb.settings import Settings
from kb.web.server import serve
serve(Settings(**json.loads(sys.argv[1])))
"""

ARTICLES = {
    "creatine.md": (
        "---\ntitle: How much creatine a day\nauthor: Maria Holm\ndate: 2024-05-03\ntags: [strength, dosage]\n"
        "site: Strength letter\n---\n\nA dose of three grams of creatine a day fills the muscles within a month.\n\n"
        "Drink enough water with every dose. The time of the day does not matter.\n"
    ),
    "naps & rest?.md": (
        "---\ntitle: Short naps\ndate: 2021-01-30\ntags: [sleep]\nsite: Sleep desk\n---\n\n"
        "A nap of twenty minutes helps. A longer one makes tired, whatever the dose of coffee.\n"
    ),
    "notes/caffeine.md": (
        "---\ntitle: Caffeine in the afternoon\ndate: 2023-11-30\nurl: https://sleep.example/caffeine\n"
        "site: Sleep desk\n---\n\nA dose of caffeine after noon costs sleep at night.\n"
    ),
}


@dataclass(frozen=True)
class Service:
    """A running service and where its output goes."""

    port: int
    process: subprocess.Popen[bytes]
    output: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, seconds: float = 10, **headers: str) -> tuple[int, str]:
        """The status and body of one request on a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def send(self, request: bytes, seconds: float = 5) -> bytes:
        """What comes back for these bytes until the service closes the connection or says nothing for a while."""
        received = b""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as connection:
            connection.sendall(request)
            with suppress(TimeoutError, ConnectionResetError):
                while part := connection.recv(65536):
                    received += part
        return received

    def workers(self) -> set[str]:
        """Process ids of the workers."""
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        return set(listed.stdout.split())

    def log(self) -> str:
        return self.output.read_text()


def write_articles(folder: Path, articles: dict[str, str]) -> None:
    """The articles as files."""
    for name, text in articles.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def build_index(corpus: Path, index: Path) -> None:
    """An index of a folder, as the current generation."""
    Builder(index, Analyzer()).build(FolderCorpus(corpus, max_bytes=10**6))


@contextmanager
def running(folder: Path, script: str = RUN, environ: dict[str, str] | None = None, **given: Any) -> Iterator[Service]:
    """A service that is ready to answer, with `folder` as its working directory."""
    settings = {"port": 0, "workers": 1, **given}
    output = folder / "output.txt"
    with output.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-c", script, json.dumps(settings)],
            stdout=stream,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **(environ or {})},
        )
    try:
        yield Service(_port(process, output), process, output)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def eventually(check: Any, seconds: float = 20) -> Any:
    """The first true result of `check`, which may fail to connect meanwhile."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(OSError, HTTPException):
            if result := check():
                return result
        time.sleep(0.1)
    raise AssertionError(f"{check} was not true within {seconds} s")


def _port(process: subprocess.Popen[bytes], output: Path) -> int:
    def said() -> str:
        assert process.poll() is None, output.read_text()
        return next((line for line in output.read_text().splitlines() if " is at http://" in line), "")

    line: str = eventually(said)
    return int(line.split(" is at ")[1].split("/")[2].rpartition(":")[2])
