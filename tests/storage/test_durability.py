"""Files that are on the disk, or whole, whatever happens."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from kb.storage.durability import copy_file, link_or_copy, remove_folder, replace_durably, sync, write_durably


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The inodes of all that is synced, in order."""
    inodes: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: inodes.append(os.fstat(descriptor).st_ino))
    return inodes


def test_a_file_is_synced_before_it_replaces_another_and_the_folder_afterwards(
    tmp_path: Path, synced: list[int]
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    replace_durably(path, b"new")
    assert path.read_bytes() == b"new"
    assert synced == [path.stat().st_ino, tmp_path.stat().st_ino]
    assert [found.name for found in tmp_path.iterdir()] == ["file"]


def test_a_new_file_is_synced(tmp_path: Path, synced: list[int]) -> None:
    write_durably(tmp_path / "file", b"content")
    sync(tmp_path)
    assert synced == [(tmp_path / "file").stat().st_ino, tmp_path.stat().st_ino]


def test_a_file_is_linked_or_else_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"content")
    link_or_copy(source, tmp_path / "link")
    assert (tmp_path / "link").samefile(source)

    def failing(code: int) -> None:
        def link(*_: object) -> None:
            raise OSError(code, os.strerror(code))

        monkeypatch.setattr(os, "link", link)

    failing(errno.EXDEV)
    link_or_copy(source, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"content"
    assert not (tmp_path / "copy").samefile(source)
    failing(errno.ENOSPC)
    with pytest.raises(OSError, match="No space"):
        link_or_copy(source, tmp_path / "none")


def test_a_copy_has_the_bytes_and_an_inode_of_its_own(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(os.urandom((1 << 20) + 1))
    copy_file(source, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == source.read_bytes()
    assert not (tmp_path / "copy").samefile(source)
    with pytest.raises(FileExistsError):
        copy_file(source, tmp_path / "copy")


def test_folders_files_and_links_are_removed_and_nothing_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "folder" / "inner").mkdir(parents=True)
    (tmp_path / "file").touch()
    (tmp_path / "precious").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "precious")
    for name in ("folder", "file", "link", "missing"):
        remove_folder(tmp_path / name)
    assert [found.name for found in tmp_path.iterdir()] == ["precious"]
