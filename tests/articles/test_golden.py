"""Files as they come, beside the articles that they are read as; `UPDATE_GOLDEN=1` writes the articles anew."""

import os
from pathlib import Path

import pytest

from kb.article import Article
from kb.articles.reader import read_articles

GOLDEN = Path(__file__).parent / "golden"
FIELDS = ("id", "title", "url", "site", "author", "published", "tags", "language", "summary", "format")


def shown(article: Article) -> str:
    """An article as a person reads it: its fields, an empty line, its text."""
    values = {name: getattr(article, name) for name in FIELDS}
    values["tags"] = ", ".join(article.tags)
    head = "".join(f"{name}: {value}\n" for name, value in values.items() if value)
    return f"{head}\n{article.text}\n"


@pytest.mark.parametrize("source", sorted((GOLDEN / "in").iterdir()), ids=lambda path: path.name)
def test_a_file_is_read_as_the_article_beside_it(source):
    reading = read_articles(source.name, source.read_bytes(), 10**6)
    [article] = reading.articles
    expected = GOLDEN / "out" / f"{source.name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(shown(article), encoding="utf-8")

    assert reading.skipped == ()
    assert shown(article) == expected.read_text(encoding="utf-8")
