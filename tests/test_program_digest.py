"""The digest of the program changes with every file that makes an answer, and with nothing that a machine adds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import kb
from kb.program_digest import digest_of, program_digest


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "package"
    (folder / "web" / "templates").mkdir(parents=True)
    (folder / "ranking.py").write_text("K1 = 1.2\n")
    (folder / "web" / "templates" / "page.html").write_text("<p>")
    return folder


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "ranking.py").write_text("K1 = 1.3\n"),
        lambda folder: (folder / "web" / "templates" / "page.html").write_text("<b>"),
        lambda folder: (folder / "web" / "page.css").touch(),
        lambda folder: (folder / "ranking.py").rename(folder / "rankings.py"),
        lambda folder: (folder / "ranking.py").unlink(),
    ],
)
def test_a_change_of_any_file_changes_it(package: Path, change: Callable[[Path], object]) -> None:
    before = digest_of(package)
    assert digest_of(package) == before
    change(package)
    assert digest_of(package) != before


def test_where_it_lies_and_what_is_compiled_from_it_do_not_change_it(package: Path, tmp_path: Path) -> None:
    before = digest_of(package)
    (package / "web" / "__pycache__").mkdir()
    (package / "web" / "__pycache__" / "page.cpython-311.pyc").write_bytes(b"compiled")
    assert digest_of(package) == before
    package.rename(tmp_path / "elsewhere")
    assert digest_of(tmp_path / "elsewhere") == before


def test_a_file_that_cannot_be_read_is_no_obstacle(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert digest_of(package)


def test_that_of_this_program_is_that_of_its_package() -> None:
    assert program_digest() == digest_of(Path(str(kb.__file__)).parent)
