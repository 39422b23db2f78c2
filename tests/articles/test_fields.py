"""The fields of front matter and JSON lines, under any of their names."""

import pytest

from kb.articles.fields import manuscript_of
from kb.articles.manuscript import Manuscript


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ({"title": " Rest &amp; sleep "}, "title", "Rest & sleep"),
        ({" TITLE ": "Rest"}, "title", "Rest"),
        ({"title": 2024}, "title", "2024"),
        ({"title": ["Rest"]}, "title", ""),
        ({"title": None}, "title", ""),
        ({"body": "Sleep."}, "text", "Sleep."),
        ({"text": "", "body": "Sleep."}, "text", "Sleep."),
        ({"text": "Sleep.", "body": "Rise."}, "text", "Sleep."),
        ({"canonical": "/rest"}, "url", "/rest"),
        ({"source": "Nightly"}, "site", "Nightly"),
        ({"author": "Ann Lee"}, "author", "Ann Lee"),
        (
            {"author": "Ann Lee", "authors": ["Bo Ray", {"name": "Cy Poe"}, "Ann Lee"]},
            "author",
            "Ann Lee, Bo Ray, Cy Poe",
        ),
        ({"author": "Lee, Ann"}, "author", "Lee, Ann"),
        ({"date": "2024-05-03", "published": "2023"}, "published", "2024-05-03"),
        ({"tags": "sleep, rest,", "topics": ["a, b", "rest"]}, "tags", ("sleep", "rest", "a, b", "rest")),
        ({"tags": 7, "keywords": [None, True]}, "tags", ("7", "True")),
        ({"lang": "en"}, "language", "en"),
        ({"deck": "About rest."}, "summary", "About rest."),
        ({"draft": True}, "draft", True),
        ({"draft": "Yes"}, "draft", True),
        ({"draft": "no"}, "draft", False),
        ({"draft": 0}, "draft", False),
    ],
)
def test_a_field_has_the_value_under_the_first_of_its_names_that_has_one(fields, name, value):
    assert getattr(manuscript_of(fields), name) == value


def test_fields_of_other_names_are_no_part_of_a_manuscript():
    assert manuscript_of({"layout": "post", 7: "x", None: "y"}) == Manuscript()
