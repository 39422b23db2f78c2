"""The suffix of a file decides how it is read."""

import gzip

import pytest

from kb.article import Reading
from kb.articles.reader import is_article_name, read_articles

LINE = b'{"id": "a", "title": "Rest", "text": "Sleep early."}\n'


@pytest.mark.parametrize("name", ["a.txt", "A.TXT", "a.md", "a.markdown", "a.html", "a.htm", "a.jsonl", "a.JSONL.gz"])
def test_article_files_are_known_by_their_suffix(name):
    assert is_article_name(name)


@pytest.mark.parametrize("name", ["a", "txt", "a.txt~", "a.gz", "a.json", "a.pdf", "a.html.bak"])
def test_other_files_are_none(name):
    assert not is_article_name(name)


@pytest.mark.parametrize(
    ("name", "data", "article_id", "format_name"),
    [
        ("b/a.TXT", b"Rest\n\nSleep early.", "b/a.TXT", "text"),
        ("a.md", b"# Rest\n\nSleep *early*.", "a.md", "markdown"),
        ("a.htm", b"<h1>Rest</h1><p>Sleep early.", "a.htm", "html"),
        ("a.jsonl", LINE, "a.jsonl/a", "jsonl"),
        ("a.jsonl.gz", gzip.compress(LINE, mtime=0), "a.jsonl.gz/a", "jsonl"),
    ],
)
def test_each_format_has_its_reader(name, data, article_id, format_name):
    [article] = read_articles(name, data, 1000).articles

    assert (article.id, article.format) == (article_id, format_name)
    assert (article.title, article.text) == ("Rest", "Sleep early.")


@pytest.mark.parametrize(
    ("name", "data", "reading"),
    [
        ("a.txt", b" \n", Reading(skipped=("empty",), unreadable=True)),
        ("a.jsonl", b"\xef\xbb\xbf\n", Reading(skipped=("empty",), unreadable=True)),
        ("a.txt", b"a\0b", Reading(skipped=("binary data",), unreadable=True)),
        ("a.jsonl.gz", LINE, Reading(skipped=("not gzip data",), unreadable=True)),
        ("a.md", b"---\ndraft: true\n---\n", Reading(skipped=("draft",), withdrawn=("a.md",))),
    ],
)
def test_what_gives_no_article_has_a_reason(name, data, reading):
    assert read_articles(name, data, 1000) == reading
