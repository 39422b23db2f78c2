"""A build that ends at any moment leaves the old generation or the new one, whole, and nothing in the way."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from kb.errors import IndexFailure
from kb.indexing.builder import Builder
from kb.indexing.verification import check
from kb.storage.generations import Generations
from kb.text.tokens import Analyzer

from .fakes import FailingDisk, FakeCorpus, PowerFailure, disk_full, found_by, texts_of

# A writer of Whoosh's that fails while it is made leaves its files to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


def changed(corpus: FakeCorpus) -> FakeCorpus:
    corpus.put("a.md", "almond stone")
    corpus.put("d.md", "date stone")
    corpus.remove("c.md")
    return corpus


@pytest.mark.parametrize(
    ("rebuild", "error", "sticky"),
    [
        pytest.param(False, disk_full, False, id="a small change and one failed operation"),
        pytest.param(False, PowerFailure, True, id="a small change and the end of the process"),
        pytest.param(True, disk_full, True, id="a rebuild and a disk that stays full"),
        pytest.param(True, PowerFailure, False, id="a rebuild and an interrupt"),
    ],
)
def test_a_failure_of_the_disk_at_any_operation(
    tmp_path: Path, analyzer: Analyzer, error: Callable[[], BaseException], sticky: bool, rebuild: bool
) -> None:
    before = {"a.md": "apple stone", "b.md": "bread stone", "c.md": "cheese stone"}
    Builder(tmp_path / "start", analyzer).build(FakeCorpus(before))
    failing, succeeded = 0, False
    while not succeeded:
        failing += 1
        folder = tmp_path / str(failing)
        shutil.copytree(tmp_path / "start", folder)
        builder = Builder(folder, analyzer)
        corpus = changed(FakeCorpus(before))
        corpus.fingerprint = "articles/2" if rebuild else corpus.fingerprint
        with pytest.MonkeyPatch.context() as monkeypatch:
            disk = FailingDisk(monkeypatch, failing, error, sticky)
            try:
                builder.build(corpus)
                succeeded = disk.done < failing
            except (IndexFailure, PowerFailure):
                pass
        current = Generations(folder).current()
        assert check(current) == []
        assert texts_of(current) == (before if current.number == 1 else corpus.texts), f"operation {failing}"
        assert found_by(current, "bread") == ["b.md"]
        corpus.put("e.md", "elder stone")
        builder.build(corpus)
        assert texts_of(Generations(folder).current()) == corpus.texts
        assert not [path.name for path in folder.iterdir() if not path.name.startswith(("gen-", "CURRENT", ".lock"))]
    assert failing > 30


def test_the_first_build_can_fail_at_any_operation(tmp_path: Path, analyzer: Analyzer) -> None:
    for failing in range(1, 200):
        folder = tmp_path / str(failing)
        corpus = FakeCorpus({"a.md": "apple stone"})
        with pytest.MonkeyPatch.context() as monkeypatch:
            disk = FailingDisk(monkeypatch, failing, PowerFailure, sticky=True)
            with suppress(PowerFailure):
                Builder(folder, analyzer).build(corpus)
        Builder(folder, analyzer).build(corpus)
        assert texts_of(Generations(folder).current()) == corpus.texts
        if disk.done < failing:
            return
    pytest.fail("never succeeded")


def test_a_full_disk_is_named(corpus: FakeCorpus, analyzer: Analyzer, folder: Path) -> None:
    builder = Builder(folder, analyzer)
    builder.build(corpus)
    corpus.put("a.md", "almond stone")
    with pytest.MonkeyPatch.context() as monkeypatch:
        FailingDisk(monkeypatch, 12, disk_full, sticky=True)
        with pytest.raises(IndexFailure, match="No space left on device"):
            builder.build(corpus)


def test_all_that_is_published_is_on_the_disk_before(
    corpus: FakeCorpus, analyzer: Analyzer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: set[int] = set()
    replace, fsync = os.replace, os.fsync
    unsynced: list[str] = []

    def noting(descriptor: int) -> None:
        fsync(descriptor)
        synced.add(os.fstat(descriptor).st_ino)

    def checking(source: Path, target: Path) -> None:
        if Path(target).name == "CURRENT":
            newest = max(folder.glob("gen-*"), key=lambda path: int(path.name[4:]))
            needed = [Path(source), folder, newest, *newest.iterdir()]
            unsynced.extend(path.name for path in needed if path.stat().st_ino not in synced)
            synced.discard(folder.stat().st_ino)
        replace(source, target)

    monkeypatch.setattr(os, "fsync", noting)
    monkeypatch.setattr(os, "replace", checking)
    for number in range(3):
        corpus.put(f"{number}.md", "number stone")
        Builder(folder, analyzer).build(corpus)
        assert folder.stat().st_ino in synced
    assert unsynced == []
    assert Generations(folder).current().number == 3


_BUILDING = """
import sys
from pathlib import Path
sys.path[:0] = [{tests!r}]
from fakes import FakeCorpus
from kb.text.tokens import Analyzer
from kb.indexing.builder import Builder
corpus = FakeCorpus({{f"{{n}}.md": f"page {{n}} version {{sys.argv[1]}} " + "stone " * 50 for n in range(120)}})
corpus.touch("0.md")
for n in range(120):
    corpus.mtimes[f"{{n}}.md"] += int(sys.argv[1]) * 10_000_000_000
print("started", flush=True)
Builder(Path({folder!r}), Analyzer()).build(corpus)
"""


def test_kill_9_at_random_moments(folder: Path, analyzer: Analyzer) -> None:
    chance = random.Random(7)
    command = _BUILDING.format(tests=str(Path(__file__).parent), folder=str(folder))
    subprocess.run([sys.executable, "-c", command, "0"], check=True, stdout=subprocess.DEVNULL)
    published = 0
    for version in range(1, 9):
        with subprocess.Popen([sys.executable, "-c", command, str(version)], stdout=subprocess.PIPE) as process:
            assert process.stdout
            process.stdout.readline()
            time.sleep(chance.uniform(0.0, 0.6))
            os.kill(process.pid, signal.SIGKILL)
        current = Generations(folder).current()
        texts = texts_of(current)
        versions = {text.split()[3] for text in texts.values()}
        assert (check(current), len(texts), len(versions)) == ([], 120, 1)
        if versions == {str(version)}:
            published = version
        else:
            assert versions == {str(published)}
