"""The records of the corpus's files, and who owns an id."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import IndexDamaged
from kb.storage.records import ArticleRecord, FileRecord, Owned, owners, read_records, write_records

articles = st.builds(ArticleRecord, st.sampled_from("123"), st.sampled_from(["da", "db"]), st.booleans())
files = st.lists(
    st.builds(
        FileRecord,
        st.sampled_from("abcdef"),
        st.integers(0, 9),
        st.none() | st.integers(0, 9),
        st.just("digest"),
        st.lists(articles, max_size=3, unique_by=lambda article: article.id).map(tuple),
    ),
    unique_by=lambda file: file.path,
)


@given(files)
def test_the_path_that_sorts_last_owns_an_id_and_a_kept_version_gives_way(records: list[FileRecord]) -> None:
    expected = {}
    for id_ in "123":
        given = [(not a.kept, file.path, a) for file in records for a in file.articles if a.id == id_]
        if given:
            _, path, best = max(given, key=lambda row: row[:2])
            expected[id_] = Owned(path, best.digest, best.kept)
    assert owners(records) == expected


def test_records_are_read_as_they_were_written(tmp_path: Path) -> None:
    records = (
        FileRecord("a.md", 3, None, "d", (ArticleRecord("a.md", "x", kept=True),), ("no text",)),
        FileRecord("b.md", 4, 5, "e"),
    )
    write_records(tmp_path, records)
    assert read_records(tmp_path) == records
    (tmp_path / "records.json").unlink()
    with pytest.raises(IndexDamaged, match=r"records\.json"):
        read_records(tmp_path)
