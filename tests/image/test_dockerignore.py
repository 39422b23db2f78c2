"""The patterns of `.dockerignore`, by examples of docker's reference."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from tests.image.dockerignore import Ignored


@pytest.mark.parametrize(
    ("patterns", "left_out", "taken"),
    [
        ("temp", "temp temp/a", "a/temp temporary"),
        ("*/temp*", "some/temporary.txt some/temp/a", "temp a/b/temp"),
        ("**/*.pyc", "a.pyc a/b/c.pyc", "a.py a.pyc.txt"),
        ("temp?", "tempa", "temp a/tempa"),
        ("*.md\n!README.md", "a.md", "README.md docs/a.md"),
        ("*.md\n!README*.md\nREADME-secret.md", "a.md README-secret.md", "README.md README-not.md"),
        ("*\n!kb\n**/__pycache__", "a a/kb kb/__pycache__ kb/a/__pycache__/b", "kb kb/a kb/a/b.py"),
        ("# kb\n\n/a/", "a a/b", "kb b/a"),
    ],
)
def test_the_last_pattern_that_matches_decides(patterns: str, left_out: str, taken: str) -> None:
    ignored = Ignored(patterns)

    assert [path for path in (left_out + " " + taken).split() if ignored(PurePosixPath(path))] == left_out.split()
