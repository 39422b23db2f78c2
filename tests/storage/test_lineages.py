"""Files taken over from the base are other files of the same content, each on the disk twice at most."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import IndexFailure
from kb.storage.checksums import is_same_file, measure, measure_all
from kb.storage.generations import Generation
from kb.storage.lineages import Base, copies_in, take_over
from kb.storage.manifest import Manifest, write_manifest


def generation(folder: Path, number: int, **contents: bytes) -> Generation:
    """A published generation with these files."""
    path = folder / f"gen-{number}"
    path.mkdir()
    for name, content in contents.items():
        (path / name).write_bytes(content)
    files = measure_all(path.iterdir())
    write_manifest(path, Manifest(number=number, created="", parent=None, fingerprint={}, index_files=files))
    return Generation(path)


@pytest.fixture
def first(tmp_path: Path) -> Generation:
    return generation(tmp_path, 1, a=b"apples", b=b"bread")


@pytest.fixture
def second(tmp_path: Path, first: Generation) -> Generation:
    return generation(tmp_path, 2, a=b"apples", b=b"butter", c=b"cheese")


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "draft"
    path.mkdir()
    return path


def based_on(base: Generation, *others: Generation) -> Base:
    files = {name: measure(base.path / name) for name in base.manifest.index_files}
    return Base(base.path, files, copies_in(others, files))


def test_a_file_of_an_older_generation_is_linked_and_any_other_copied(
    first: Generation, second: Generation, draft: Path
) -> None:
    entries = take_over(based_on(second, first), ["a", "b", "c"], draft)
    assert (draft / "a").samefile(first.path / "a")
    for name, content in {"a": b"apples", "b": b"butter", "c": b"cheese"}.items():
        assert (draft / name).read_bytes() == content
        assert not (draft / name).samefile(second.path / name)
        assert entries[name] == measure(draft / name)
        assert is_same_file((draft / name).stat(), entries[name])


def test_only_what_is_asked_for_is_taken_over(first: Generation, second: Generation, draft: Path) -> None:
    assert take_over(based_on(second, first), ["c"], draft).keys() == {"c"}
    assert [path.name for path in draft.iterdir()] == ["c"]


@pytest.mark.parametrize("harm", ["damaged", "missing", "in the base, too"])
def test_a_copy_that_is_not_whole_is_not_linked(first: Generation, second: Generation, draft: Path, harm: str) -> None:
    (first.path / "a").unlink()
    if harm == "damaged":
        (first.path / "a").write_bytes(b"applex")
    elif harm == "in the base, too":
        (first.path / "a").hardlink_to(second.path / "a")
    entries = take_over(based_on(second, first), ["a"], draft)
    assert (draft / "a").read_bytes() == b"apples"
    assert (draft / "a").stat().st_nlink == 1
    assert entries["a"] == measure(draft / "a")


def test_a_generation_without_a_manifest_has_no_copies(first: Generation, second: Generation, draft: Path) -> None:
    (first.path / "manifest.json").write_bytes(b"{")
    take_over(based_on(second, Generation(first.path)), ["a"], draft)
    assert (draft / "a").stat().st_nlink == 1


def test_a_base_that_will_be_removed_gives_its_very_files(first: Generation, draft: Path) -> None:
    files = measure_all([first.path / "a"])
    assert take_over(Base(first.path, files), ["a"], draft) == files
    assert (draft / "a").samefile(first.path / "a")


def test_a_base_that_changes_after_it_was_hashed_is_not_taken_over(
    first: Generation, second: Generation, draft: Path
) -> None:
    base = based_on(second)
    (second.path / "c").write_bytes(b"cheesy")
    with pytest.raises(IndexFailure, match=f"{second.path / 'c'} was changed while it was built upon"):
        take_over(base, ["c"], draft)
