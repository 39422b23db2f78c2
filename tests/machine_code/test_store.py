"""Machine code is read from any folder that has it whole, and written to the first folder that can be written."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from kb.machine_code.store import MachineCodeStore, not_kept, usual_folders

from .loops import half_total, swapped


@pytest.fixture
def no_folder(tmp_path: Path) -> Path:
    """A path that can be no folder, not even for root."""
    (tmp_path / "file").write_text("")
    return tmp_path / "file" / "folder"


def test_the_variable_names_the_only_folder_else_the_package_comes_before_the_users_cache() -> None:
    assert usual_folders({"NUMBA_CACHE_DIR": "/x"}) == (Path("/x"),)
    package, user = usual_folders({"HOME": "/home/a", "XDG_CACHE_HOME": "/home/a/c"})
    assert (package.parent.name, package.name, user) == ("kb", "__pycache__", Path("/home/a/c/kb"))


def test_for_a_user_without_a_home_the_package_is_the_only_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", unknown)
    assert [folder.name for folder in usual_folders({})] == ["__pycache__"]


def test_what_was_written_is_read(tmp_path: Path) -> None:
    store = MachineCodeStore((tmp_path / "new" / "folder",))
    assert not store.has(half_total)
    assert store.write(half_total, b"code") == tmp_path / "new" / "folder"
    assert (store.read(half_total), store.read(swapped)) == (b"code", None)
    assert [path.suffix for path in (tmp_path / "new" / "folder").iterdir()] == [".code"]


def test_a_folder_that_cannot_be_written_is_passed_over_and_one_that_cannot_be_read_too(
    tmp_path: Path, no_folder: Path
) -> None:
    store = MachineCodeStore((no_folder, tmp_path / "second"))
    assert store.write(half_total, b"code") == tmp_path / "second"
    assert store.read(half_total) == b"code"
    assert store.is_writable()
    assert not MachineCodeStore((no_folder,)).is_writable()
    assert MachineCodeStore((no_folder,)).write(half_total, b"code") is None


def test_code_prepared_in_the_first_folder_serves_who_can_only_write_to_the_second(tmp_path: Path) -> None:
    MachineCodeStore((tmp_path / "installed",)).write(half_total, b"prepared")
    assert MachineCodeStore((tmp_path / "installed", tmp_path / "mine")).read(half_total) == b"prepared"
    assert not (tmp_path / "mine").exists()


def test_a_relative_cache_folder_is_ignored() -> None:
    assert usual_folders({"HOME": "/home/a", "XDG_CACHE_HOME": "c"}) == usual_folders({"HOME": "/home/a"})


def test_asking_whether_a_folder_can_be_written_leaves_nothing_in_it(tmp_path: Path) -> None:
    assert MachineCodeStore((tmp_path / "new",)).is_writable()
    assert list((tmp_path / "new").iterdir()) == []


def test_a_file_of_another_user_does_not_make_a_shared_folder_unwritable(tmp_path: Path) -> None:
    store = MachineCodeStore((tmp_path,))
    # Folders cannot be replaced by files: as little as files of others in a folder with the sticky bit.
    for name in ("probe", "machine-code.lock"):
        (tmp_path / name).mkdir()
    assert store.is_writable()
    with store.lock():
        store.write(half_total, b"code")
    assert store.read(half_total) == b"code"


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 40], ids=["empty", "cut", "zeros"])
def test_damage_is_said_once_and_never_loaded(tmp_path: Path, damage: bytes, caplog: pytest.LogCaptureFixture) -> None:
    store = MachineCodeStore((tmp_path,))
    store.write(half_total, b"code")
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage)
    with caplog.at_level(logging.WARNING):
        assert not store.has(half_total)
        assert store.read(half_total) is None
    assert [record.getMessage() for record in caplog.records] == [f"{path} is damaged: compiling without it"]
    store.write(half_total, b"again")
    assert store.read(half_total) == b"again"
    store.remove(half_total)
    assert not store.has(half_total)


def test_where_nothing_is_kept_the_variable_is_named() -> None:
    problem, remedy = not_kept((Path("/a"), Path("/b")))
    assert problem == "machine code cannot be kept in /a or /b"
    assert "NUMBA_CACHE_DIR" in remedy
    assert "kb prepare" in remedy


def test_one_process_prepares_at_a_time(tmp_path: Path) -> None:
    store = MachineCodeStore((tmp_path,))
    with store.lock():
        store.write(half_total, b"code")
    with store.lock():
        assert store.has(half_total)
