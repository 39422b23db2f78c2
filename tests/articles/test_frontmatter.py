"""Front matter: where it begins and ends, and that every value of it is text."""

import pytest

from kb.articles.frontmatter import split_front_matter
from kb.errors import ArticleError


@pytest.mark.parametrize(
    ("text", "fields", "rest"),
    [
        ("", {}, ""),
        ("Sleep early.", {}, "Sleep early."),
        ("---\ntitle: Rest\n---\nSleep.", {"title": "Rest"}, "\nSleep."),
        ("---  \ntitle: Rest\n...\t\nSleep.", {"title": "Rest"}, "\nSleep."),
        ("---\n---\nSleep.", {}, "\nSleep."),
        ("---\n# a comment\n---\nSleep.", {}, "\nSleep."),
        ("---\na: b\n---\n---\nc", {"a": "b"}, "\n---\nc"),
        ("---\na: |\n  ---\n---\n", {"a": "---\n"}, "\n"),
        ("\n---\na: b\n---\n", {}, "\n---\na: b\n---\n"),
        ("----\na: b\n---\n", {}, "----\na: b\n---\n"),
    ],
)
def test_front_matter_is_what_stands_between_lines_of_dashes_at_the_head(text, fields, rest):
    assert split_front_matter(text) == (fields, rest)


@pytest.mark.parametrize("scalar", ["12:30", "No", "true", "2024-05-03", "0x1F", "1e3", "007", "a"])
def test_a_scalar_is_the_text_that_was_written(scalar):
    assert split_front_matter(f"---\na: {scalar}\nb: [{scalar}]\n---\n")[0] == {"a": scalar, "b": [scalar]}


@pytest.mark.parametrize("empty", ["", "~", "null"])
def test_an_empty_value_is_none(empty):
    assert split_front_matter(f"---\na: {empty}\n---\n")[0] == {"a": None}


@pytest.mark.parametrize(("line", "source"), [(1, ""), (3, "a: b\nc: d: e\n---\n"), (2, "- a\n---\n"), (2, "a\n---\n")])
def test_an_error_names_the_line_of_the_file(line, source):
    with pytest.raises(ArticleError, match=rf"^front matter: line {line}: "):
        split_front_matter(f"---\n{source}")
