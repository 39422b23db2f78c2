"""Titles from the names of files."""

import pytest

from kb.articles.naming import readable_name


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("food/vitamin-d_in__winter.txt", "Vitamin d in winter"),
        ("walking after meals.MD", "Walking after meals"),
        ("jalapeño.html", "Jalapeño"),
        ("all.jsonl.gz", "All"),
        ("v1.2-notes.txt", "V1.2 notes"),
        ("---.txt", "---"),
        ("\u202e.txt", "Untitled"),
    ],
)
def test_the_name_of_a_file_is_made_readable(path, title):
    assert readable_name(path) == title
