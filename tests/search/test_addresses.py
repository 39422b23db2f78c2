"""Where an article is read."""

from __future__ import annotations

from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from kb.search.addresses import article_path, reading_url
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
