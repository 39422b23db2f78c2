"""The manifest of a generation is read as it was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import IndexDamaged
from kb.storage.manifest import FORMAT, IndexFile, Manifest, read_manifest, write_manifest

MANIFEST = Manifest(
    number=3,
    created="2026-01-02T03:04:05.678+00:00",
    parent=2,
    fingerprint={"layout": "4"},
    articles=7,
    index_files={"a.arrays": IndexFile(10, "ab" * 32, 5, 6)},
)


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_manifest(tmp_path, MANIFEST)
    read = read_manifest(tmp_path)
    assert read.content == MANIFEST
    assert read.seal.encode() in (tmp_path / "manifest.json").read_bytes()


def test_a_manifest_says_its_format_and_a_missing_one_is_damage(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged, match=r"manifest\.json cannot be read"):
        read_manifest(tmp_path)
    write_manifest(tmp_path, MANIFEST)
    assert (tmp_path / "manifest.json").read_bytes().startswith(b'{"format":%d,' % FORMAT)
