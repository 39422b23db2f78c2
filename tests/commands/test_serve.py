"""`kb serve` builds before it serves, and serves what is there if it cannot build."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree

import pytest

from kb.commands import index, serve
from kb.settings import Settings

from .conftest import Run


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is served, and what is watched meanwhile."""
    said: list[str] = []

    @contextmanager
    def watcher(settings: Settings) -> Iterator[None]:
        said.append(f"watching {settings.corpus}")
        yield
        said.append("watched")

    monkeypatch.setattr(serve, "_watcher", watcher)
    monkeypatch.setattr(serve, "run_server", lambda settings: said.append(f"serving {settings.index}"))
    return said


def test_the_corpus_is_indexed_then_served_and_watched(run: Run, corpus: Path, served: list[str]) -> None:
    assert "published gen-1" in run(serve.command).output
    assert served == ["watching corpus", "serving index", "watched"]


def test_without_a_corpus_the_index_is_served_as_it_is(run: Run, corpus: Path, served: list[str]) -> None:
    run(index.command)
    rmtree(corpus)
    assert run(serve.command).exit_code == 0
    assert served == ["serving index"]
    named = run(serve.command, corpus)
    assert "serving gen-1 as it is" in named.output


def test_without_corpus_and_index_nothing_is_served(run: Run, served: list[str]) -> None:
    done = run(serve.command)
    assert (done.exit_code, done.output.startswith("Error: "), served) == (1, True, [])


def test_the_watcher_ends_with_the_server(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []

    class Process:
        def __init__(self, command: list[str], **_: object) -> None:
            ended.append(command[4])

        def terminate(self) -> None:
            ended.append("terminated")

    monkeypatch.setattr(serve.subprocess, "Popen", Process)
    with serve._watcher(Settings()):
        assert ended == ["index"]
    assert ended == ["index", "terminated"]
