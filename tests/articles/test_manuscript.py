"""The article of a manuscript, by the same rules for every format."""

import pytest

from kb.articles.digest import with_digest
from kb.articles.manuscript import Manuscript, article_from, same_words, without_repeated_title
from kb.errors import ArticleError, ArticleWithdrawn

FOOTER = "Copyright ©2024 . All Rights Reserved | Positive fitness"


def article(**fields):
    return article_from(Manuscript(**{"title": "Rest", "text": "Sleep early.", **fields}), "how-to_rest.txt", "text")


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ({"title": " Rest\n well "}, "title", "Rest well"),
        ({"title": ""}, "title", "How to rest"),
        ({"text": "a  b\r\n\n\n\nc"}, "text", "a b\n\nc"),
        ({"text": "", "summary": "About rest."}, "text", "About rest."),
        ({"text": f"Sleep early.\n\n{FOOTER}"}, "text", "Sleep early."),
        ({"text": f"Sleep early.\n\n{FOOTER}"}, "site", "Positive fitness"),
        ({"text": f"Sleep early.\n\n{FOOTER}", "site": "Nightly"}, "site", "Nightly"),
        ({"text": f"Sleep early.\n\n{FOOTER}"}, "published", "2024"),
        ({"text": f"Sleep early.\n\n{FOOTER}", "published": "May 3, 2023"}, "published", "2023-05-03"),
        ({"published": "soon"}, "published", None),
        ({"url": "https://example.org/rest"}, "url", "https://example.org/rest"),
        ({"url": "HTTP://example.org"}, "url", "HTTP://example.org"),
        ({"url": "/rest"}, "url", "/rest"),
        ({"url": "//example.org"}, "url", None),
        ({"url": "javascript:alert(1)"}, "url", None),
        ({"url": "https://example.org/a b"}, "url", None),
        ({"language": "en_GB"}, "language", "en-GB"),
        ({"language": "a language"}, "language", None),
        ({"tags": ("sleep", " rest ", "", "sleep")}, "tags", ("sleep", "rest")),
        ({"author": "\n"}, "author", None),
        ({"summary": "About\nrest."}, "summary", "About rest."),
    ],
)
def test_a_field_of_an_article_is_clean_or_empty(fields, name, value):
    assert getattr(article(**fields), name) == value


def test_an_article_has_its_id_its_format_and_its_digest():
    made = article()

    assert (made.id, made.format) == ("how-to_rest.txt", "text")
    assert made == with_digest(made)


def test_a_draft_is_withdrawn_under_its_id():
    with pytest.raises(ArticleWithdrawn) as error:
        article(draft=True)

    assert error.value.article_id == "how-to_rest.txt"


@pytest.mark.parametrize("text", ["", " \n", FOOTER])
def test_a_manuscript_without_text_is_no_article(text):
    with pytest.raises(ArticleError, match=r"^no text$"):
        article(text=text)


@pytest.mark.parametrize(
    ("text", "rest"),
    [("Rest – well!\n\nSleep.", "Sleep."), ("REST WELL\n", "REST WELL\n"), ("Rest\nSleep.", "Rest\nSleep.")],
)
def test_a_first_line_that_repeats_the_title_is_left_out_unless_it_is_all(text, rest):
    assert without_repeated_title(text, "Rest well") == rest


def test_lines_have_the_same_words_whatever_their_case_and_punctuation():
    assert same_words("Straße, nachts!", "STRASSE nachts")
    assert not same_words("sleep well", "well sleep")
