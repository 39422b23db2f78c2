"""A reader opens the current generation, or the best of the rest when that one cannot be opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kb.errors import IndexDamaged, IndexFailure, NoIndex
from kb.indexing.report import BuildReport
from kb.storage.generations import CURRENT, Generation, Generations
from kb.storage.manifest import MANIFEST
from kb.storage.opening import newest_openable, open_best, substitution_notice
from kb.storage.rollback import rollback
from tests.indexing.fakes import FakeCorpus

from .damaged_states import MANIFESTS, POINTERS, STATES

Build = Callable[..., BuildReport]


def refusing(*numbers: int) -> Callable[[Generation], str]:
    """Opens generations but these."""

    def opening(generation: Generation) -> str:
        if generation.number in numbers:
            raise IndexDamaged(f"{generation.name} is refused")
        return f"opened {generation.number}"

    return opening


@pytest.mark.usefixtures("three")
def test_the_current_generation_is_opened_where_it_is_whole(generations: Generations) -> None:
    assert newest_openable(generations) == (Generation(generations.folder / "gen-3"), None, "")
    rollback(generations.folder)
    assert newest_openable(generations).generation.name == "gen-2"


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("state", STATES)
def test_the_newest_whole_generation_stands_in_whatever_the_damage(generations: Generations, state: str) -> None:
    STATES[state](generations.folder)
    generation, _, problem = newest_openable(generations)
    assert generation.name == ("gen-3" if state in POINTERS else "gen-2")
    assert (CURRENT if state in POINTERS else MANIFEST) in problem
    assert substitution_notice(problem, generation.name).endswith(f"; answering from {generation.name} instead")


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("state", STATES)
def test_a_build_repairs_the_damage(generations: Generations, corpus: FakeCorpus, build: Build, state: str) -> None:
    STATES[state](generations.folder)
    build(corpus)
    opening = newest_openable(generations)
    assert (opening.generation.number, opening.problem) == (generations.next_number() - 1, "")
    assert opening.generation.number > 3


@pytest.mark.usefixtures("three")
def test_older_generations_come_before_those_that_were_rolled_back_from(generations: Generations) -> None:
    rollback(generations.folder, 2)
    assert open_best(generations, refusing(2)).opened == "opened 1"
    assert open_best(generations, refusing(2, 1)).opened == "opened 3"
    with pytest.raises(IndexDamaged, match="gen-2 is refused; gen-1 is refused; gen-3 is refused"):
        open_best(generations, refusing(1, 2, 3))


@pytest.mark.usefixtures("three")
def test_what_was_not_published_is_opened_only_where_nobody_knows_what_was(generations: Generations) -> None:
    pointer = (generations.folder / CURRENT).read_bytes()
    (generations.folder / CURRENT).write_bytes(pointer.replace(b"gen-3", b"gen-2"))
    assert newest_openable(generations).generation.name == "gen-3"
    rollback(generations.folder, 2)
    (generations.folder / "gen-3").rename(generations.folder / "gen-4")
    assert open_best(generations, refusing(2)).opened == "opened 1"
    with pytest.raises(IndexDamaged):
        open_best(generations, refusing(1, 2))


def test_a_generation_that_was_renamed_and_never_published_is_as_whole(
    corpus: FakeCorpus, build: Build, generations: Generations
) -> None:
    build(corpus)
    (generations.folder / CURRENT).unlink()
    generation, _, problem = newest_openable(generations)
    assert (generation.name, problem) == ("gen-1", f"{generations.folder / CURRENT} is missing")
    (next(generation.path.glob("*.toc"))).write_bytes(b"cut")
    with pytest.raises(IndexDamaged, match=r"CURRENT is missing; .*\.toc has 3 bytes"):
        newest_openable(generations)


def test_without_any_generation_there_is_no_index(generations: Generations) -> None:
    for make in (lambda: None, generations.folder.mkdir, generations.folder.rmdir, generations.folder.touch):
        make()
        with pytest.raises(NoIndex, match="kb index"):
            newest_openable(generations)
    generations.folder.unlink()
    generations.folder.mkdir()
    (generations.folder / CURRENT).write_text("gen-1\n")
    with pytest.raises(IndexDamaged, match="names gen-1, which is missing"):
        newest_openable(generations)


@pytest.mark.usefixtures("three")
def test_a_build_between_the_look_and_the_opening_is_no_damage(
    generations: Generations, corpus: FakeCorpus, build: Build
) -> None:
    asked: list[str] = []

    def opening(generation: Generation) -> str:
        asked.append(generation.name)
        if generation.name == "gen-3":
            corpus.put("more.md", "more stone")
            build(corpus)
            raise IndexFailure("gen-3 was removed")
        return generation.name

    assert open_best(generations, opening) == (Generation(generations.folder / "gen-4"), "gen-4", "")
    assert asked == ["gen-3", "gen-2", "gen-4"]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("state", POINTERS)
def test_nothing_that_was_published_is_lost_by_a_rollback_without_a_pointer(folder: Path, state: str) -> None:
    POINTERS[state](folder)
    rollback(folder, 1)
    assert [g.number for g in Generations(folder).all()] == [3, 2, 1]
    assert Generations(folder).next_number() >= 4


def test_every_state_has_a_name_of_its_own() -> None:
    assert len(STATES) == len(POINTERS) + len(MANIFESTS) == 12
