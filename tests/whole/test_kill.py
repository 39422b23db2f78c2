"""`kill -9` during builds, at random moments: what was published answers, and the next build succeeds."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import kb

ROUNDS = 50
ARTICLES = 90

_FORKING = """
import os, sys
from kb.cli import main
for line in sys.stdin:
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        main(sys.argv[1:])
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""


class Forge:
    """Runs `kb index` again and again in children of a process that has everything imported."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def build(self, kill_after: float | None = None) -> int:
        """The exit status of one build, killed after so many seconds if it is still running."""
        assert self._process.stdin
        assert self._process.stdout
        print(file=self._process.stdin, flush=True)
        child = int(self._process.stdout.readline())
        if kill_after is not None:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        return int(self._process.stdout.readline())


@contextmanager
def forge(corpus: Path, index: Path) -> Iterator[Forge]:
    command = [sys.executable, "-c", _FORKING, "index", str(corpus), "--index", str(index)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Forge(process)


def test_fifty_killed_builds_lose_nothing(tmp_path: Path) -> None:
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    chance = random.Random(11)
    with forge(corpus, index) as building:
        write_version(corpus, -1)
        assert building.build() == 0
        write_version(corpus, 0)
        started = time.monotonic()
        assert building.build() == 0
        whole = time.monotonic() - started
        killed = 0
        for version in range(1, ROUNDS + 1):
            write_version(corpus, version)
            killed += building.build(kill_after=chance.uniform(0, whole)) != 0
            assert versions_found(index) in ({version - 1}, {version})
            assert building.build() == 0
            assert versions_found(index) == {version}
    assert killed > ROUNDS / 4
    assert not list(index.glob("building-*"))


def write_version(corpus: Path, version: int) -> None:
    for number in range(ARTICLES):
        (corpus / f"{number}.txt").write_text(f"Page {number}\n\nThe stone has version {version}.\n")


def versions_found(index: Path) -> set[int]:
    """The versions in the answer to a search that every article matches."""
    searcher = kb.open_index(index)
    page = searcher.search("stone", limit=100)
    searcher.close()
    assert page.total.value == ARTICLES == len(page.hits)
    return {int(hit.snippets[0].text.rstrip(".").split()[-1]) for hit in page.hits}
