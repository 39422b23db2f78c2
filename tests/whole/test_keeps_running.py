"""`kb serve` as a person runs it: it answers at once, and goes on and stays fresh whatever happens beside it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree, which
from typing import Any

import pytest

from kb.articles.corpus import FolderCorpus
from kb.indexing.builder import Builder
from kb.storage.generations import Generations
from kb.storage.lock import builder_lock
from kb.storage.watch_state import watch_state
from kb.text.tokens import Analyzer
from tests.conftest import Kb
from tests.web.service import Service, eventually, running

SERVE = """
import json, sys
from kb.cli import main
main(["serve", *json.loads(sys.argv[1])["arguments"], "--port", "0", "--workers", "1"])
"""

KILLED = """
import sys
import kb.commands.first_build as first_builds
killing = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
first_builds.module_command = lambda *_: [sys.executable, "-c", killing]
"""


def write(corpus: Path, name: str, text: str) -> None:
    corpus.mkdir(exist_ok=True)
    (corpus / f"{name}.txt").write_text(f"{name.title()}\n\n{text}\n")


def build(corpus: Path, index: Path) -> None:
    Builder(index, Analyzer()).build(FolderCorpus(corpus, max_bytes=10**6))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for number in range(3):
        write(tmp_path / "corpus", f"page {number}", "A stone.")
    return tmp_path / "corpus"


@pytest.fixture
def index(corpus: Path, tmp_path: Path) -> Path:
    """An index of three articles, in two generations."""
    build(corpus, tmp_path / "index")
    write(corpus, "page 0", "Another stone.")
    build(corpus, tmp_path / "index")
    return tmp_path / "index"


@contextmanager
def serving(folder: Path, *arguments: str | Path, before: str = "") -> Iterator[Service]:
    """`kb serve` in a folder, after some lines of Python."""
    with running(folder, before + SERVE, arguments=list(map(str, arguments))) as service:
        yield service


def total(service: Service, word: str) -> int:
    status, body = service.get(f"/v1/search?q={word}")
    return int(json.loads(body)["total"]["value"]) if status == 200 else -1


def freshness(service: Service) -> Any:
    return json.loads(service.get("/readyz")[1])["watcher"]


def last_build(index: Path) -> tuple[str, bool] | None:
    """Generation of the last build of a watcher, and whether it was published."""
    state = watch_state(index)
    return (state.last_build.generation, state.last_build.published) if state and state.last_build else None


def watcher(service: Service) -> int | None:
    """Process id of the watcher that belongs to a service."""
    listed = subprocess.run(["ps", "-ww", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    for line in listed.splitlines():
        pid, parent, command = line.split(maxsplit=2)
        if int(parent) == service.process.pid and "--signs-of-life" in command:
            return int(pid)
    return None


def test_a_killed_watcher_is_back_and_finds_new_articles(corpus: Path, tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        killed = eventually(lambda: watcher(service))
        os.kill(killed, signal.SIGKILL)
        write(corpus, "new", "A zebrafish.")
        assert eventually(lambda: total(service, "zebrafish") == 1)
        assert re.search(rf"watcher \(process {killed}\) was ended by SIGKILL.* started again in 1 s", service.log())
        assert eventually(lambda: freshness(service)["mode"] == "notices")
        assert (freshness(service)["state"], freshness(service)["failure"]) == ("running", None)
        again = watcher(service)
    state = watch_state(tmp_path / "index")
    assert state
    assert (state.pid, state.ended) == (again, True)


def test_a_builder_that_is_stopped_delays_no_start(corpus: Path, index: Path, tmp_path: Path) -> None:
    write(corpus, "new", "A zebrafish.")
    with builder_lock(index, wait_seconds=0, notice=print), serving(tmp_path) as service:
        assert total(service, "stone") == 3
        assert eventually(lambda: "is building index; wait until it is done" in service.log())
        assert (freshness(service)["state"], freshness(service)["failure"]["code"]) == ("failing", "index_locked")
        os.kill(os.getpid(), 0)
        assert total(service, "zebrafish") == 0


def damage_manifest(index: Path) -> None:
    (index / "gen-2" / "manifest.json").write_bytes(b"{}")


def remove_newest(index: Path) -> None:
    rmtree(index / "gen-2")


def make_folder(index: Path) -> None:
    (index / "CURRENT").unlink()
    (index / "CURRENT").mkdir()


STATES: dict[str, Callable[[Path], object]] = {
    "empty": lambda index: (index / "CURRENT").write_bytes(b""),
    "garbage": lambda index: (index / "CURRENT").write_bytes(bytes(range(256))),
    "missing": lambda index: (index / "CURRENT").unlink(),
    "10 MB": lambda index: (index / "CURRENT").write_bytes(b"gen-2\n" * 1_700_000),
    "10 MB without a line": lambda index: (index / "CURRENT").write_bytes(b"g" * 10_000_000),
    "a folder": make_folder,
    "names no generation": remove_newest,
    "names a damaged generation": damage_manifest,
}


@pytest.mark.parametrize("name", STATES)
def test_a_build_repairs_any_state_of_the_folder(corpus: Path, index: Path, name: str) -> None:
    STATES[name](index)
    build(corpus, index)
    current = Generations(index).current()
    assert (index / "CURRENT").stat().st_size < 100
    assert (current.number, current.manifest.articles) == (3, 3)


@pytest.mark.parametrize("name", STATES)
def test_a_start_finds_a_whole_generation_in_any_state_of_the_folder(
    index: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kb.commands import serve

    STATES[name](index)
    rmtree(index.parent / "corpus")
    served: list[str] = []
    monkeypatch.chdir(index.parent)
    monkeypatch.setattr(serve, "run_server", lambda settings, **_: served.append(settings.index))
    serve.command.main(["--port", "0"], standalone_mode=False)
    assert served == ["index"]


def test_a_damaged_folder_is_served_at_once_and_repaired(corpus: Path, index: Path, tmp_path: Path) -> None:
    make_folder(index)
    damage_manifest(index)
    with serving(tmp_path) as service:
        assert service.get("/v1/search?q=stone")[0] == 200
        assert eventually(lambda: json.loads(service.get("/readyz")[1])["generation"] == "gen-3")


def test_a_rollback_beside_the_service_lasts(corpus: Path, index: Path, tmp_path: Path, run_kb: Kb) -> None:
    with serving(tmp_path) as service:
        assert eventually(lambda: freshness(service)["mode"] == "notices")
        assert "gen-1 is current and held since the rollback from gen-2" in run_kb("rollback").stdout
        (corpus / "page 1.txt").touch()
        assert eventually(lambda: last_build(index) == ("gen-1", False))
        assert json.loads(service.get("/readyz")[1])["generation"] == "gen-1"
        write(corpus, "page 1", "A zebrafish.")
        assert eventually(lambda: last_build(index) == ("gen-3", True))


def test_a_corpus_of_which_most_is_gone_is_served_as_it_was(corpus: Path, index: Path, tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        assert eventually(lambda: freshness(service)["mode"] == "notices")
        for number in (0, 1):
            (corpus / f"page {number}.txt").unlink()
        assert eventually(lambda: freshness(service)["state"] == "failing")
        assert freshness(service)["failure"]["code"] == "build_refused"
        assert total(service, "stone") == 3
        assert eventually(lambda: "lacks 2 of the 3 articles in the index, more than half" in service.log())
        time.sleep(2)
        assert service.log().count("more than half") == 1


def test_another_language_is_built_while_serving(index: Path, tmp_path: Path) -> None:
    (tmp_path / "kb.toml").write_text('language = "german"\n')
    with serving(tmp_path) as service:
        assert total(service, "") == 3
        assert eventually(lambda: "rebuilt: analysis changed" in service.log())


def test_a_killed_first_build_keeps_the_service_from_nothing(corpus: Path, tmp_path: Path) -> None:
    with serving(tmp_path, before=KILLED) as service:
        assert "the first build was ended by SIGKILL" in service.log()
        assert eventually(lambda: total(service, "stone") == 3)


def test_a_first_build_that_needs_a_person_ends_the_start(run_kb: Kb, tmp_path: Path) -> None:
    done = run_kb("serve", tmp_path / "none", "--port", "0")
    assert (done.returncode, done.stderr) == (1, f"Error: the corpus {tmp_path / 'none'} is missing\n")


def limited(descriptors: int, *arguments: str | Path) -> list[str]:
    """`kb` with a limit of open files."""
    limit = f"resource.setrlimit(resource.RLIMIT_NOFILE, ({descriptors}, {descriptors}))"
    # Loaded before the limit, which is for what is left open.
    program = f"import resource, kb.commands.index; {limit}; from kb.cli import main; main()"
    return [sys.executable, "-c", program, *map(str, arguments)]


def test_a_watcher_publishes_for_ever_with_few_descriptors(corpus: Path, tmp_path: Path) -> None:
    generations = Generations(tmp_path / "index")
    command = limited(64, "index", corpus, "--index", generations.folder, "--watch")
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            for number in range(1, 81):
                end = time.monotonic() + 20
                while generations.newest_published() != number:
                    assert time.monotonic() < end
                    time.sleep(0.01)
                write(corpus, "page 0", f"Stone number {number}.")
        finally:
            process.terminate()
    assert process.returncode == 0


def test_a_watcher_without_descriptors_ends_for_a_fresh_one(corpus: Path, tmp_path: Path) -> None:
    command = limited(9, "index", corpus, "--index", tmp_path / "index", "--watch")
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "Too many open files" in done.stderr
    assert done.stderr.endswith("Error: 3 builds in a row failed unexpectedly; a new process may do better\n")
    assert "Traceback" not in done.stderr
    state = watch_state(tmp_path / "index")
    assert state is None or state.last_failure


NO_NOTICES = "echo 0 > /proc/sys/user/max_inotify_watches"
"""Takes all watches of folders from the processes of a user namespace."""

NAMESPACE = ("unshare", "--user", "--map-root-user", "sh", "-c")


def test_changes_are_found_on_a_machine_without_notices(corpus: Path, tmp_path: Path) -> None:
    if which(NAMESPACE[0]) is None or subprocess.run([*NAMESPACE, NO_NOTICES], check=False).returncode:
        pytest.skip("user namespaces are not allowed here")
    generations = Generations(tmp_path / "index")
    program = [sys.executable, "-m", "kb", "index", str(corpus), "--index", str(generations.folder), "--watch"]
    errors = tmp_path / "errors.txt"
    with (
        errors.open("w") as output,
        subprocess.Popen(
            [*NAMESPACE, f'{NO_NOTICES}; exec "$@"', "sh", *program], stdout=subprocess.DEVNULL, stderr=output
        ) as process,
    ):
        try:
            assert eventually(lambda: generations.newest_published() == 1)
            assert eventually(lambda: "looked at every few seconds: OS file watch limit reached" in errors.read_text())
            write(corpus, "new", "A zebrafish.")
            assert eventually(lambda: generations.newest_published() == 2)
        finally:
            process.terminate()
    state = watch_state(generations.folder)
    assert state
    assert state.mode == "polling"
    assert "limit reached" in state.mode_reason
