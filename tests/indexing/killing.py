"""A corpus with articles that end the process that reads them, and a build of it in a process of its own.

python -m tests.indexing.killing CORPUS INDEX PROCESSES
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from multiprocessing import parent_process
from pathlib import Path
from typing import Any

import msgspec

from kb.article import Reading, SourceFile
from kb.articles.corpus import FolderCorpus
from kb.errors import IndexFailure
from kb.indexing import reading
from kb.indexing.builder import Builder
from kb.indexing.report import BuildReport
from kb.text.tokens import Analyzer
from tests.conftest import ROOT


class KillingCorpus(FolderCorpus):
    """Articles whose text is a deed: `KILL`, `CRASH`, `TERM`, `HANG` or `RAISE`."""

    def read(self, source: SourceFile) -> Reading:
        read = super().read(source)
        for article in read.articles:
            match article.text:
                case "KILL":
                    os.kill(os.getpid(), signal.SIGKILL)
                case "CRASH":
                    os.kill(os.getpid(), signal.SIGSEGV)
                case "TERM" if parent_process():
                    os.kill(os.getpid(), signal.SIGTERM)
                case "HANG":
                    (self.root / "hangs").touch()
                    time.sleep(600)
                case "RAISE":
                    raise MemoryError(source.path)
        return read


def put(corpus: Path, **texts: str) -> None:
    """Write articles, long ago, so that nothing is read twice because it is new."""
    corpus.mkdir(exist_ok=True)
    for name, text in texts.items():
        path = corpus / f"{name}.txt"
        path.write_text(f"On {name}\n\n{text}")
        os.utime(path, ns=(10**18, 10**18 + len(text)))


def build(corpus: Path, index: Path, processes: int = 1) -> tuple[int, Any]:
    """The exit status and the report of a build in a process of its own; for a failure, its text."""
    done = start(corpus, index, processes)
    out, _ = done.communicate(timeout=60)
    return done.returncode, msgspec.json.decode(out) if out else None


def start(corpus: Path, index: Path, processes: int = 1) -> subprocess.Popen[bytes]:
    """A build in a process of its own; with several processes, all files are read in others, two at once."""
    command = [sys.executable, "-m", "tests.indexing.killing", str(corpus), str(index), str(processes)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)


def _main(corpus: str, index: str, processes: str) -> None:
    reading.FILE_BATCH_FILES = 2
    reading.PAYING_SECONDS = 0.0
    Future.cancel = lambda _: False  # type: ignore[method-assign] # the main process would take jobs by that
    builder = Builder(Path(index), Analyzer(), processes=int(processes))
    outcome: BuildReport | str
    try:
        outcome = builder.build(KillingCorpus(Path(corpus), max_bytes=10**6))
    except (IndexFailure, MemoryError) as error:
        outcome = str(error)
    sys.stdout.buffer.write(msgspec.json.encode(outcome))


if __name__ == "__main__":
    # By its own name, for another process to find the class.
    from tests.indexing import killing

    killing._main(*sys.argv[1:])
