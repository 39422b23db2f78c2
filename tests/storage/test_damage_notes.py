"""Readers leave a note about a generation that is damaged, once, where they may write."""

from __future__ import annotations

from pathlib import Path

from kb.storage.damage_notes import NOTES, clear_notes, note_damage, noted_damage


def test_a_note_is_left_once_and_removed(tmp_path: Path) -> None:
    assert noted_damage(tmp_path) == set()
    for seal in ("a" * 64, "b" * 64, "a" * 64):
        note_damage(tmp_path, seal)
    assert noted_damage(tmp_path) == {"a" * 64, "b" * 64}
    assert (tmp_path / NOTES).stat().st_size == 130
    for _ in range(2):
        clear_notes(tmp_path)
        assert noted_damage(tmp_path) == set()


def test_where_nothing_can_be_written_there_is_no_note(tmp_path: Path) -> None:
    note_damage(tmp_path / "none", "a" * 64)
    (tmp_path / NOTES).mkdir()
    note_damage(tmp_path, "a" * 64)
    clear_notes(tmp_path)
    assert noted_damage(tmp_path) == noted_damage(tmp_path / "none") == set()


def test_whatever_lies_there_is_read_in_part(tmp_path: Path) -> None:
    (tmp_path / NOTES).write_bytes(b"\xff \0 " * 1_000_000)
    assert len(noted_damage(tmp_path)) < 10_000
