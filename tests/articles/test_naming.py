"""Ids and titles from the names of files."""

import os

import pytest

from kb.articles.naming import article_id, readable_name


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


@pytest.mark.parametrize(
    ("path", "identifier"),
    [
        (b"food/Vitamin D.txt", "food/Vitamin D.txt"),
        ("me\u0301nie\u0300re.txt".encode(), "ménière.txt"),
        (b"caf\xe9/\xff.txt", "caf%E9/%FF.txt"),
        (b"100%.txt", "100%.txt"),
    ],
)
def test_an_id_is_a_path_that_can_be_written_as_text(path, identifier):
    assert article_id(os.fsdecode(path)) == identifier
    assert article_id(identifier) == identifier
