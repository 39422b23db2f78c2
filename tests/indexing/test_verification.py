"""A draft that does not hold what was written is not published, and a check names what is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import msgspec
import pytest

from kb.errors import IndexFailure
from kb.indexing.verification import Written, check, verify_draft
from kb.segments.batch import analyse
from kb.storage.generations import Generation, Generations
from kb.storage.manifest import write_manifest
from kb.storage.records import Owned, owners, write_records
from kb.text.tokens import Analyzer

from .fakes import FakeCorpus, article


@pytest.fixture
def generation(corpus: FakeCorpus, build: Callable[..., object], generations: Generations) -> Generation:
    build(corpus)
    return generations.current()


@pytest.fixture
def written(analyzer: Analyzer, corpus: FakeCorpus) -> Written:
    """What a build of the corpus gives to the draft."""
    remembered = Written(analyzer)
    articles = [article(id_, text) for id_, text in sorted(corpus.texts.items())]
    remembered.add([found.id for found in articles], analyse(articles))
    return remembered


def test_an_index_that_holds_what_was_written_is_right(generation: Generation, written: Written) -> None:
    done: list[int] = []
    verify_draft(generation.path, owners(generation.records), written, set(), done.append)
    assert done == [1, 2, 3]
    assert check(generation) == []


def missing(expected: dict[str, Owned], written: Written) -> None:
    expected["d.md"] = Owned("d.md", "digest", kept=False)


def another_version(expected: dict[str, Owned], written: Written) -> None:
    expected["a.md"] = Owned("a.md", "another", kept=False)


def another_text(expected: dict[str, Owned], written: Written) -> None:
    written.prints["a.md"] += 1


def not_written(expected: dict[str, Owned], written: Written) -> None:
    written.prints["d.md"] = 1


def not_to_be_found(expected: dict[str, Owned], written: Written) -> None:
    written.probes["a.md"] = ("text", "bread")


@pytest.mark.parametrize(
    ("mistake", "problem"),
    [
        (missing, "3 documents instead of 4"),
        (another_version, "a.md is not the version that was to be there"),
        (another_text, "a.md is not what was written"),
        (not_written, "d.md was written but is not there"),
        (not_to_be_found, "a.md is not found by text:bread"),
    ],
)
def test_every_mistake_of_a_draft_is_named(
    generation: Generation,
    written: Written,
    mistake: Callable[[dict[str, Owned], Written], None],
    problem: str,
) -> None:
    expected = owners(generation.records)
    mistake(expected, written)
    with pytest.raises(IndexFailure, match=f"is wrong and was not published: {problem}"):
        verify_draft(generation.path, expected, written, set(), lambda _: None)


def test_probes_are_few_and_of_every_part_of_a_large_build(analyzer: Analyzer) -> None:
    written = Written(analyzer)
    articles = [article(f"{number:04}", f"word{number} a") for number in range(1, 1025)]
    written.add([found.id for found in articles], analyse(articles))
    assert list(written.probes) == ["0008", "0016", "0032", "0064", "0128", "0256", "0512", "1024"]
    assert written.probes["1024"] == ("text", "word1024")


def test_a_check_compares_the_articles_with_the_records(generation: Generation) -> None:
    changed = [
        msgspec.structs.replace(file, articles=tuple(msgspec.structs.replace(a, digest="x") for a in file.articles))
        for file in generation.records
        if file.path != "c.md"
    ]
    write_records(generation.path, changed)
    manifest = generation.manifest
    records = (generation.path / "records.json").read_bytes()
    entry = msgspec.structs.replace(
        manifest.index_files["records.json"], size=len(records), sha256=hashlib.sha256(records).hexdigest()
    )
    write_manifest(
        generation.path, msgspec.structs.replace(manifest, index_files=manifest.index_files | {"records.json": entry})
    )
    assert sorted(check(Generation(generation.path))) == [
        "3 documents instead of 2",
        "a.md is another version than the manifest says",
        "b.md is another version than the manifest says",
        "c.md is not in the manifest",
    ]
