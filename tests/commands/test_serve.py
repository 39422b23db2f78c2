"""`kb serve` listens first, serves what is there at once, and builds elsewhere."""

from __future__ import annotations

import socket
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest

from kb.commands import index, serve
from kb.settings import Settings
from kb.storage.generations import Generations
from kb.storage.manifest import write_manifest

from .conftest import Run


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is built, served and watched, in the order of time."""
    said: list[str] = []

    def run_server(settings: Settings, *, listener: socket.socket, watcher: Any) -> None:
        said.append(f"serving {settings.index} on {listener.getsockname()[0]}{', watched' if watcher else ''}")

    def first_build(settings: Settings) -> int:
        said.append(f"building {settings.index}")
        return 0

    monkeypatch.setattr(serve, "run_server", run_server)
    monkeypatch.setattr(serve, "first_build", first_build)
    return said


def test_without_an_index_there_is_a_first_build(run: Run, corpus: Path, served: list[str]) -> None:
    assert run(serve.command, "--port", "0").exit_code == 0
    assert served == ["building index", "serving index on 127.0.0.1, watched"]


def test_an_index_that_is_there_is_served_at_once(run: Run, corpus: Path, served: list[str]) -> None:
    run(index.command)
    (corpus / "new.txt").write_text("New\n\nNew words.\n")
    assert run(serve.command, "--port", "0").exit_code == 0
    assert served == ["serving index on 127.0.0.1, watched"]


def test_an_index_of_another_layout_is_none(run: Run, corpus: Path, served: list[str]) -> None:
    run(index.command)
    manifest = Generations(Path("index")).current().manifest
    manifest.fingerprint["layout"] = "1"
    write_manifest(Path("index/gen-1"), manifest)
    run(serve.command, "--port", "0")
    assert served == ["building index", "serving index on 127.0.0.1, watched"]


def test_without_a_corpus_the_index_is_served_as_it_is(run: Run, corpus: Path, served: list[str]) -> None:
    run(index.command)
    rmtree(corpus)
    run(serve.command, "--port", "0")
    run(serve.command, corpus, "--port", "0")
    assert served == ["serving index on 127.0.0.1", "serving index on 127.0.0.1, watched"]


def test_a_corpus_that_was_named_may_be_mounted_later(
    run: Run, corpus: Path, served: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(index.command)
    monkeypatch.setenv("KB_CORPUS", "not-mounted-yet")
    run(serve.command, "--port", "0")
    assert served == ["serving index on 127.0.0.1, watched"]


def test_without_corpus_and_index_nothing_is_served(run: Run, served: list[str]) -> None:
    done = run(serve.command, "--port", "0")
    assert (done.exit_code, done.output.startswith("Error: "), served) == (1, True, [])


def test_a_port_in_use_is_said_before_anything_is_built(run: Run, corpus: Path, served: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run(serve.command, "--port", str(taken.getsockname()[1]))
    assert (done.exit_code, "something else is listening there" in done.output, served) == (1, True, [])


def test_a_first_build_that_fails_ends_the_start(
    run: Run, corpus: Path, served: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "first_build", lambda _: 1)
    assert run(serve.command, "--port", "0").exit_code == 1
    assert served == []


def test_an_index_that_another_process_built_meanwhile_is_served(
    run: Run, corpus: Path, served: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked_out(_: Settings) -> int:
        run(index.command)
        return 1

    monkeypatch.setattr(serve, "first_build", locked_out)
    assert run(serve.command, "--port", "0").exit_code == 0
    assert served == ["serving index on 127.0.0.1, watched"]


def test_the_watcher_is_this_very_program(corpus: Path) -> None:
    supervisor = serve._watcher(Settings(corpus=str(corpus), index="elsewhere"))
    arguments = ["-P", "-m", "kb", "index", str(corpus), "--index", "elsewhere", "--watch", "--signs-of-life", "7"]
    assert list(supervisor._command(7))[1:] == arguments
