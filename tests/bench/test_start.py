"""What a start costs is measured on real commands."""

from __future__ import annotations

from pathlib import Path

from bench.start import _seconds


def test_the_processor_time_of_a_command_is_counted(tmp_path: Path) -> None:
    assert 0 < float(_seconds(tmp_path / "code", "--version")) < 10
    assert not (tmp_path / "code").exists()
