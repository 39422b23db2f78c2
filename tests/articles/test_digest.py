"""Digests of bytes and of articles."""

import pytest
from msgspec.structs import replace

from kb.article import Article
from kb.articles.digest import digest_of, with_digest

ARTICLE = with_digest(Article(id="rest.txt", title="Rest", text="Sleep early."))


def test_a_digest_has_128_bits_in_hex():
    assert digest_of(b"") == "cae66941d9efbd404e4d88758ea67670"
    assert digest_of(b"Rest") != digest_of(b"rest")


def test_the_digest_of_an_article_does_not_depend_on_the_one_it_had():
    assert with_digest(ARTICLE) == ARTICLE
    assert with_digest(replace(ARTICLE, digest="0" * 32)) == ARTICLE


@pytest.mark.parametrize(
    "change",
    [
        {"id": "b.txt"}, {"title": "rest"}, {"text": "Sleep early. "}, {"url": "/rest"}, {"site": "Nightly"},
        {"author": "Ann Lee"}, {"published": "2024"}, {"tags": ("sleep",)}, {"language": "en"}, {"summary": "S"},
        {"format": "html"},
    ],
)  # fmt: skip
def test_an_article_that_differs_in_any_field_has_another_digest(change):
    assert with_digest(replace(ARTICLE, **change)).digest != ARTICLE.digest


def test_a_value_in_another_field_is_another_article():
    assert with_digest(replace(ARTICLE, site="Ann")).digest != with_digest(replace(ARTICLE, author="Ann")).digest
