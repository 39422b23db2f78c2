"""Where an article is read."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.addresses import article_path, plain_url, reading_url
from tests.corpora import article


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_the_path_of_an_article_is_its_id_quoted(article_id: str) -> None:
    path = article_path(article_id)
    assert path.isascii()
    assert not set(path) & set(" ?#&\"'<>")
    assert unquote(path.removeprefix("/articles/")) == article_id


def test_an_article_is_read_where_it_was_published_or_else_here() -> None:
    assert reading_url(article("naps & rest.md")) == "/articles/naps%20%26%20rest.md"
    assert reading_url(article("naps.md", url="https://sleep.example/naps")) == "https://sleep.example/naps"


@pytest.mark.parametrize(
    "url",
    [
        *("https://sleep.example", "http://sleep.example/naps?x=1#y", "HTTPS://SLEEP.example:8443/@author", "/notes/x"),
        *("https://müller.example/ü", "https://[2001:db8::1]/x", "/", "https://sleep.example?next=https://a@b"),
    ],
)
def test_an_address_that_looks_like_what_it_is_is_given(url: str) -> None:
    assert plain_url(url) == url
    assert reading_url(article("naps.md", url=url)) == url


@pytest.mark.parametrize(
    "url",
    [
        *(
            "/\\evil.example",
            "//evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "https://good.example\\@evil.example",
        ),
        *("https://good.example@evil.example/", "https:evil.example", "https:/evil.example", "https:///evil.example"),
        *(
            "javascript:alert(1)",
            "data:text/html,x",
            " https://sleep.example",
            "https://sleep.example/\n",
            "sleep.example",
        ),
        *("https://", "ftp://sleep.example", "/x\x00", "https://sleep.example/\x9b", "", None),
    ],
)
def test_an_address_that_browsers_take_for_another_is_not(url: str | None) -> None:
    assert plain_url(url) is None
    assert reading_url(article("naps.md", url=url)) == "/articles/naps.md"
