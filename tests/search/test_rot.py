"""A generation that rots while people search leaves service for one that is whole, and comes back repaired."""

from __future__ import annotations

import errno
import gc
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from weakref import ref

import falcon.testing
import pytest

from kb.errors import IndexDamaged
from kb.search import scrub
from kb.search.live import REFRESH_INTERVAL_S, RETRY_INTERVAL_S, LiveSearcher
from kb.segments.arrays import open_arrays
from kb.settings import Settings
from kb.storage import checksums
from kb.storage.damage_notes import note_damage, noted_damage
from kb.storage.generations import Generation, Generations
from kb.web.app import create_app
from tests.clock import Clock
from tests.corpora import ANALYZER, Archive, MakeArchive, article, ids, letters


@pytest.fixture(autouse=True)
def nothing_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of these small indexes count as large ones, which are not hashed at every opening."""
    monkeypatch.setattr(checksums, "ALWAYS_HASHED", 0)


@pytest.fixture
def made(archive: MakeArchive) -> Archive:
    """Two generations: the first has article a, the second b, too."""
    made = archive(article("a", "Tea", "tea"))
    made.put(article("b", "Tea", "more tea"))
    return made


@pytest.fixture
def live(made: Archive, clock: Clock) -> Iterator[LiveSearcher]:
    live = LiveSearcher(made.folder, Settings(query_ms=60_000, scrub_minutes=0), ANALYZER, clock)
    yield live
    live.close()


def rot(generation: Generation) -> None:
    """Every posting names an article that is not there, and the time of change stays."""
    for path in generation.path.glob("*.arrays"):
        docids = open_arrays(path)["posting_docids"]
        offset = path.read_bytes().index(docids.tobytes())
        before = path.stat()
        with path.open("r+b") as file:
            file.seek(offset)
            file.write(b"\x7f" * docids.nbytes)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_generation_that_rots_is_replaced_by_one_that_is_whole(
    made: Archive, live: LiveSearcher, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    assert ids(live.current().search("tea")) == ["a", "b"]
    live.look_over()
    assert (live.current().generation, caplog.records) == ("gen-2", [])
    rot(Generations(made.folder).current())
    with pytest.raises(IndexError):
        live.current().search("tea")
    live.look_over()
    assert ids(live.current().search("tea")) == ["a"]
    (record,) = caplog.records
    assert "is damaged: its content does not fit its checksum; answering from gen-1 instead" in record.getMessage()


def test_a_want_of_descriptors_is_no_damage(made: Archive, live: LiveSearcher, monkeypatch: pytest.MonkeyPatch) -> None:
    live.current()

    def measure(path: Path, _pause: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files", str(path))

    with monkeypatch.context() as wanting:
        wanting.setattr(checksums, "measure", measure)
        with pytest.raises(OSError, match="Too many open files"):
            live.look_over()
    live.look_over()
    assert live.current().generation == "gen-2"
    assert not noted_damage(made.folder)


def test_a_noted_generation_is_hashed_in_full_once(
    made: Archive, live: LiveSearcher, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    generation = Generations(made.folder).current()
    rot(generation)
    note_damage(made.folder, generation.seal)
    hashed: list[str] = []
    deep_verify = checksums.deep_verify
    monkeypatch.setattr(checksums, "deep_verify", lambda g: hashed.append(g.name) or deep_verify(g))
    for _ in range(4):
        assert live.current().generation == "gen-1"
        clock.now += RETRY_INTERVAL_S + 1
    assert hashed == ["gen-2"]


def test_it_does_not_come_back_by_itself(made: Archive, live: LiveSearcher, clock: Clock) -> None:
    live.current()
    rot(Generations(made.folder).current())
    live.look_over()
    for _ in range(5):
        clock.now += RETRY_INTERVAL_S
        assert live.current().generation == "gen-1"
        live.look_over()
    # A rollback and back again.
    generations = Generations(made.folder)
    for generation in generations.older(), generations.all():
        generations.make_current(generation[0])
        clock.now += RETRY_INTERVAL_S
        assert live.current().generation == "gen-1"


def test_the_repair_of_a_build_takes_over(made: Archive, live: LiveSearcher, clock: Clock) -> None:
    live.current()
    rot(Generations(made.folder).current())
    live.look_over()
    assert live.current().generation == "gen-1"
    repaired = made.put(article("c", "Tea", "tea"))
    clock.now += REFRESH_INTERVAL_S
    assert live.current().generation == repaired.name
    assert letters(live.current().search("tea")) == "abc"
    live.look_over()
    assert live.current().generation == repaired.name


def test_where_nothing_is_whole_searches_are_refused_until_a_build(
    made: Archive, live: LiveSearcher, clock: Clock
) -> None:
    live.current()
    for generation in Generations(made.folder).all():
        rot(generation)
    live.look_over()
    client = falcon.testing.TestClient(create_app(live, Settings()))
    for _ in range(3):
        clock.now += RETRY_INTERVAL_S
        with pytest.raises(IndexDamaged, match="does not fit its checksum"):
            live.current()
        assert client.simulate_get("/v1/search?q=tea").status_code == 503
    made.put(article("c", "Tea", "tea"))
    clock.now += REFRESH_INTERVAL_S
    assert letters(live.current().search("tea")) == "abc"


def test_a_generation_removed_or_replaced_meanwhile_is_not_damage(
    made: Archive, live: LiveSearcher, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live.current()
    other = Archive(tmp_path / "other", article("a", "Tea", "tea"))
    current = Generations(made.folder).current().path
    current.rename(made.folder / "elsewhere")
    live.look_over()
    other.put(article("c", "Tea", "tea")).path.rename(current)
    live.look_over()
    assert (live.current().generation, caplog.records) == ("gen-2", [])


def test_a_manifest_that_is_lost_says_nothing_against_the_files(made: Archive, live: LiveSearcher) -> None:
    live.current()
    (Generations(made.folder).current().path / "manifest.json").unlink()
    live.look_over()
    assert live.current().generation == "gen-2"


def test_a_request_that_fails_makes_the_worker_look(
    made: Archive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With the thread and the clock of the service; only the waits are shorter."""
    monkeypatch.setattr(scrub, "FIRST_LOOK_S", 3600.0)
    live = LiveSearcher(made.folder, Settings(query_ms=60_000), ANALYZER)
    client = falcon.testing.TestClient(create_app(live, Settings(answer_cache_mb=0)))
    monkeypatch.setattr(scrub.random, "uniform", lambda *_: 3600.0)
    assert client.simulate_get("/v1/search?q=tea").json["total"]["value"] == 2
    rot(Generations(made.folder).current())
    assert client.simulate_get("/v1/search?q=tea").status_code == 500
    deadline = time.monotonic() + 10
    while (answer := client.simulate_get("/v1/search?q=tea")).status_code == 500 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert (answer.status_code, answer.headers["KB-Generation"], answer.json["total"]["value"]) == (200, "gen-1", 1)
    live.close()


def test_a_searcher_that_is_forgotten_leaves_no_thread(made: Archive) -> None:
    before = threading.active_count()
    live = LiveSearcher(made.folder, Settings(), ANALYZER)
    live.current()
    assert threading.active_count() == before + 1
    gone = ref(live)
    del live
    gc.collect()
    assert gone() is None
    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() == before


def test_files_are_hashed_in_pieces_with_pauses(made: Archive, live: LiveSearcher) -> None:
    live.current()
    taken: list[float] = []
    live.look_over(taken.append)
    files = Generations(made.folder).current().manifest.index_files
    assert len(taken) >= len(files)
    assert all(seconds >= 0 for seconds in taken)


def test_other_workers_and_the_next_build_learn_of_it(
    made: Archive, live: LiveSearcher, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = LiveSearcher(made.folder, Settings(query_ms=60_000, scrub_minutes=0), ANALYZER, clock)
    suspected: list[LiveSearcher] = []
    monkeypatch.setattr(LiveSearcher, "suspect", lambda found: suspected.append(found))
    for each in (live, other):
        assert each.current().generation == "gen-2"
    rot(Generations(made.folder).current())
    live.look_over()
    assert noted_damage(made.folder) == {Generations(made.folder).all()[0].seal}
    clock.now += REFRESH_INTERVAL_S
    assert other.current().generation == "gen-2"
    assert suspected == [other]
    # A worker that starts now does not open it.
    late = LiveSearcher(made.folder, Settings(scrub_minutes=0), ANALYZER, clock)
    assert late.current().generation == "gen-1"
    # A build without a change, as a watcher makes each minute.
    repaired = made.build()
    assert (repaired.name, noted_damage(made.folder)) == ("gen-3", set())
    clock.now += RETRY_INTERVAL_S
    for each in (live, other, late):
        assert letters(each.current().search("tea")) == "ab"
        each.close()


def test_a_note_about_a_generation_that_is_whole_does_no_harm(made: Archive, live: LiveSearcher) -> None:
    note_damage(made.folder, Generations(made.folder).current().seal)
    assert live.current().generation == "gen-2"
    live.look_over()
    assert live.current().generation == "gen-2"
    assert made.build().name == "gen-2"
    assert noted_damage(made.folder) == set()


def test_a_generation_that_makes_no_sense_is_not_opened(
    made: Archive, live: LiveSearcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(folder: Path, generation: str, *_: object) -> None:
        raise KeyError("an array of that name" if generation == "gen-2" else "any array")

    monkeypatch.setattr("kb.search.live.ColumnarEngine", opened)
    with pytest.raises(IndexDamaged, match=r"gen-2 cannot be opened: KeyError\('an array of that name'\); .*gen-1"):
        live.current()
