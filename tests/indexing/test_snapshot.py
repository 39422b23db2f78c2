"""A snapshot of a folder differs after every change, and is the same without one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kb.indexing.snapshot import snapshot


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "a" / "b").mkdir(parents=True)
    for name in ("1.md", "a/2.md", "a/b/3.md"):
        (tmp_path / name).write_text(name)
        os.utime(tmp_path / name, (1, 1))
    return tmp_path


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "new.md").write_text("new"),
        lambda root: (root / "a/b/3.md").write_text("longer text"),
        lambda root: os.utime(root / "a/2.md", (2, 2)),
        lambda root: (root / "1.md").unlink(),
        lambda root: (root / "1.md").rename(root / "a" / "1.md"),
        lambda root: (root / "a").rename(root / "c"),
        lambda root: (root / "empty").mkdir(),
        lambda root: (root / "link.md").symlink_to("1.md"),
    ],
)
def test_every_change_below_makes_another(root: Path, change: object) -> None:
    before = snapshot(root)
    assert snapshot(root) == before
    assert callable(change)
    change(root)
    assert snapshot(root) != before


def test_hidden_files_and_folders_that_cannot_be_listed_do_not_count(root: Path) -> None:
    before = snapshot(root)
    (root / ".git").mkdir()
    (root / ".git" / "index").write_text("hidden")
    assert snapshot(root) == before
    assert snapshot(root / "missing") == snapshot(root / "a" / "missing") == 0
