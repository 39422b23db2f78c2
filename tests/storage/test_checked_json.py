"""JSON files with a checksum: what is written is read, and every change of a byte is noticed."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import IndexDamaged
from kb.storage.checked_json import encode_checked, read_checked, read_sealed, seal_bytes


class Content(msgspec.Struct, frozen=True):
    name: str
    size: int


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "content.json"


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(-(2**63), 2**63 - 1))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, name: str, size: int) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_bytes(encode_checked(Content(name, size), 3))
    assert read_checked(path, Content, 3) == Content(name, size)


def test_every_changed_byte_is_noticed(path: Path) -> None:
    whole = encode_checked(Content("stone", 7), 1)
    for index in range(len(whole)):
        path.write_bytes(whole[:index] + bytes([whole[index] ^ 1]) + whole[index + 1 :])
        with pytest.raises(IndexDamaged, match=r"content\.json"):
            read_checked(path, Content, 1)


def test_the_seal_stands_for_the_content_and_is_at_the_beginning(path: Path) -> None:
    assert seal_bytes(path) == b""
    seals, beginnings = set(), set()
    for name in ("stone", "stonf", "x" * 1000):
        path.write_bytes(encode_checked(Content(name, 7), 1))
        seal = read_sealed(path, Content, 1).seal
        assert seal.encode() in seal_bytes(path)
        seals.add(seal)
        beginnings.add(seal_bytes(path))
    assert len(seals) == len(beginnings) == 3
    assert max(map(len, beginnings)) < 200


def test_an_older_format_is_read_and_a_newer_one_refused(path: Path) -> None:
    path.write_bytes(encode_checked(Content("stone", 7), 2))
    assert read_checked(path, Content, 3) == Content("stone", 7)
    with pytest.raises(IndexDamaged, match="has format 2, made by a newer kb; this one reads up to 1"):
        read_checked(path, Content, 1)


def test_a_missing_file_and_other_content_are_errors(path: Path) -> None:
    with pytest.raises(IndexDamaged, match="cannot be read: No such file"):
        read_checked(path, Content, 1)
    path.write_bytes(b'{"format":1}')
    with pytest.raises(IndexDamaged, match="is damaged"):
        read_checked(path, Content, 1)
    path.write_bytes(encode_checked(msgspec.defstruct("Other", [("title", str)])("stone"), 1))
    with pytest.raises(IndexDamaged, match="is damaged"):
        read_checked(path, Content, 1)
