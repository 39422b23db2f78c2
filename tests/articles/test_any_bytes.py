"""Whatever is in a file, it is read or there is a reason."""

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.articles.reader import read_articles

SUFFIXES = (".txt", ".md", ".markdown", ".html", ".htm", ".jsonl", ".jsonl.gz")

PIECES = st.sampled_from(
    [
        "---\n", "title: ", "tags: [", "\n", "\n\n", "# ", "- ", "1. ", "|a|b|\n|-|-|\n", "```\n", "![", "](", "{{<",
        ">}}", "<p>", "</div>", "<table><tr><td>", "<script>", "<!--", "<meta charset=", "<title>", "<li>", "&#0;",
        "&#xD800;",
        "Copyright ©2024 . All Rights Reserved | ", "(c) ", "2024",
        '{"title": "', '"text": "', '"id": ', '"}', "\\ud800",
        "\u2028", "\u202e", "\xa0", "\ufeff", "e\u0301", "\x85", "\x0c", "\t", "word ", "A sentence. ",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=8), max_size=30).map("".join)
ENCODED = st.tuples(TEXTS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])).map(
    lambda pair: pair[0].encode(pair[1], "replace")
)
BYTES = st.binary(max_size=300) | ENCODED | ENCODED.map(gzip.compress) | st.tuples(ENCODED, st.binary()).map(b"".join)


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=BYTES)
def test_any_bytes_give_articles_with_title_and_text_or_a_reason(suffix, data):
    reading = read_articles(f"any{suffix}", data, 10_000)
    articles, reasons = reading.articles, reading.skipped

    assert articles or reasons
    assert all(article.title.strip() and article.text.strip() for article in articles)
    assert all(reasons)
    assert not any("the reader failed" in reason for reason in reasons)


def test_the_same_file_gives_the_same_articles_again():
    for path in (Path(__file__).parent / "golden" / "in").iterdir():
        assert read_articles(path.name, path.read_bytes(), 10**6) == read_articles(path.name, path.read_bytes(), 10**6)
