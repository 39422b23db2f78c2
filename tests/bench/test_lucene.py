from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.engines import NotInstalled, load, lucene


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Java project that was compiled after its source was written, on a machine with a JDK."""
    monkeypatch.setattr(lucene, "PROJECT", tmp_path)
    monkeypatch.setattr(lucene, "CLASSES", tmp_path)
    monkeypatch.setattr(lucene, "newest_jdk", lambda: None)
    for second, name in enumerate(["LuceneEngine.java", "pom.xml", "LuceneEngine.class"]):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (second, second))
    return tmp_path


def test_lucene_can_be_loaded_when_it_is_built(project: Path) -> None:
    assert load("lucene", project / "index").label == "Lucene"


@pytest.mark.parametrize("changed", ["LuceneEngine.java", "pom.xml"])
def test_lucene_is_left_out_where_the_java_half_is_older_than_its_source(project: Path, changed: str) -> None:
    os.utime(project / changed, (9, 9))

    with pytest.raises(NotInstalled, match=r"not built: `python -m bench\.engines\.lucene`"):
        load("lucene", project / "index")


def test_lucene_is_left_out_where_the_java_half_is_missing(project: Path) -> None:
    (project / "LuceneEngine.class").unlink()

    with pytest.raises(NotInstalled, match="not built"):
        load("lucene", project / "index")
