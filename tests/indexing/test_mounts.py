"""File systems of other machines are known by the table of mounts."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.indexing.mounts import remote_file_system


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    table = tmp_path / "mounts"
    root = tmp_path.resolve()
    table.write_text(
        "proc /proc proc rw 0 0\n"
        "/dev/vda / ext4 rw 0 0\n"
        f"server:/share {root}/share nfs4 rw 0 0\n"
        f"/dev/vdb {root}/share/local ext4 rw 0 0\n"
        f"user@host: {root}/with\\040blank fuse.sshfs rw 0 0\n"
        f"server:/a {root}/twice nfs rw 0 0\n"
        f"/dev/vdc {root}/twice ext4 rw 0 0\n"
        "broken line\n"
    )
    return table


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("share", "nfs4"),
        ("share/deep/er", "nfs4"),
        ("shared", None),
        ("share/local/x", None),
        ("with blank", "fuse.sshfs"),
        ("twice", None),
        ("", None),
    ],
)
def test_the_nearest_mount_counts(tmp_path: Path, mounts: Path, folder: str, kind: str | None) -> None:
    assert remote_file_system(tmp_path / folder, mounts) == kind


def test_without_a_table_every_file_system_is_taken_for_one_that_sends_notices(tmp_path: Path) -> None:
    assert remote_file_system(tmp_path, tmp_path / "none") is None


def test_this_machine_itself_is_not_another(tmp_path: Path) -> None:
    assert remote_file_system(Path("/proc")) is None
