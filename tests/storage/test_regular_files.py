"""Only regular files are read, and a want of the moment is told from damage."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from kb.errors import IndexDamaged
from kb.storage.regular_files import damage_or_want, read_regular


def test_a_file_is_read_in_whole_or_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"content")
    assert read_regular(path) == b"content"
    assert read_regular(path, 3) == b"con"


def test_a_missing_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path / "file")


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_damage_and_nothing_to_wait_for(tmp_path: Path, make) -> None:
    make(tmp_path / "thing")
    with pytest.raises(IndexDamaged, match="thing"):
        read_regular(tmp_path / "thing")


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOMEM])
def test_a_want_of_descriptors_or_memory_is_no_damage(tmp_path: Path, number: int) -> None:
    error = OSError(number, os.strerror(number))
    assert damage_or_want(tmp_path, error) is error


def test_a_disk_that_fails_is_damage(tmp_path: Path) -> None:
    found = damage_or_want(tmp_path, OSError(errno.EIO, "Input/output error"))
    assert isinstance(found, IndexDamaged)
    assert str(found) == f"{tmp_path} cannot be read: Input/output error"
