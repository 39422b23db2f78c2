"""Four times the text takes some four times the processor's time, however hostile the text is."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable

import pytest

from kb.articles.reader import read_articles

SIZE = 10**9
MOST = 9.0
"""Times as long for four times the text: four is linear, sixteen quadratic."""

MAKE: dict[str, tuple[str, int, Callable[[int], str]]] = {
    "a wide row": ("a.html", 500, lambda n: "<table><tr>" + "<td>a b</td>" * n),
    "cells without a row": ("a.html", 400, lambda n: "<table>" + "<td>a b" * n),
    "wide rows": ("a.html", 60, lambda n: "<table>" + ("<tr>" + "<td>a b</td>" * n) * 10),
    "small tables": ("a.html", 1000, lambda n: "<table><tr><td>a</td><td>b</td></tr></table>" * n),
    "attributes in Markdown": ("a.md", 4000, lambda n: "<div " + " ".join(f"a{i}=b" for i in range(n)) + ">\na"),
    "code in a line": ("a.html", 1000, lambda n: "<p>" + "<code>a</code> " * n),
    "attributes": ("a.html", 8000, lambda n: "<p " + " ".join(f"a{i}='>'" for i in range(n)) + ">a</p>"),
    "nested headings": ("a.html", 1000, lambda n: "<h1><div>" * n + "a"),
    "nested rows": ("a.html", 1000, lambda n: "<form><tr><td>" * n + "a"),
    "brackets": ("a.md", 4, lambda n: ("[" * 999 + "\n\n") * n),
    "images": ("a.md", 3, lambda n: ("![" * 300 + "\n\n") * n),
    "a heading of spaces": ("a.md", 5000, lambda n: "# a" + " " * n + "{#a}b"),
    "tags": ("a.md", 3000, lambda n: f"---\ntags: [{','.join(f't{i}' for i in range(n))}]\n---\na"),
    "authors": ("a.jsonl", 5000, lambda n: json.dumps({"text": "a", "authors": [f"t{i}" for i in range(n)]})),
    "categories": ("a.jsonl", 5000, lambda n: json.dumps({"text": "a", "tags": [f"t{i}" for i in range(n)]})),
}


def seconds(name: str, text: str) -> float:
    """The processor time of one reading."""
    data = text.encode()
    started = time.process_time()
    reading = read_articles(name, data, SIZE)
    spent = time.process_time() - started
    assert reading.articles
    return spent


@pytest.mark.parametrize("kind", MAKE)
def test_the_time_grows_with_the_text(kind: str) -> None:
    name, count, make = MAKE[kind]
    seconds(name, '{"text": "warm"}')
    # The least of three: a collection of garbage in between is not the text's.
    once, four_times = (min(seconds(name, make(count * times)) for _ in range(3)) for times in (1, 4))
    assert four_times < MOST * once + 0.05


@pytest.mark.parametrize(
    ("name", "text", "remark"),
    [
        ("a.md", "_a " * 110_000 + "end", "its Markdown is read line by line, because it has so much markup"),
        ("a.md", "# Much\n\n" + "- a\n" * 100_001 + "- end", "because it has so much markup"),
        ("a.md", ("|a" * 400 + "\n" + "|-" * 400 + "\n" + "|b\n" * 300) + "\nend", "because it has so much markup"),
        ("a.md", "a\n\n" + ">" * 150 + " end", "because it has more than 100 levels of lists and quotes"),
        ("a.md", "a\n\n" + "- " * 60 + "end", "because it has more than 100 levels of lists and quotes"),
        ("a.md", "\n".join("  " * i + "- a" for i in range(120)) + " end", "more than 100 levels of lists and quotes"),
        ("a.md", ("[" * 999 + "a\n\n") * 25 + "end", "paragraphs with too many brackets are read as plain text: 5"),
        ("a.md", "[a](b) " * 1001 + "end", "paragraphs with too many brackets are read as plain text: 1"),
        ("a.html", "<table>" + "<td>a" * 5001 + "<p>end", "elements, and 5,001 in one element"),
        ("a.html", "<br>" * 100_001 + "end", "all its text is read, not the main part alone, because it has 100,00"),
    ],
)
def test_what_is_read_in_a_simpler_way_keeps_its_text_and_the_report_says_so(name: str, text: str, remark: str) -> None:
    reading = read_articles(name, text.encode(), SIZE)
    assert reading.articles[0].text.endswith("end")
    assert any(remark in reason for reason in reading.skipped)
    assert not reading.unreadable


@pytest.mark.parametrize("count", [100, 240, 2400])
@pytest.mark.parametrize("opened", ["font", "span", "a href=x", "div", "center", "b", "li", "ul><li", "td", "dl><dd"])
def test_text_behind_elements_that_are_never_closed_is_kept(opened: str, count: int) -> None:
    page = "".join(f"<p><{opened}>Word {number} sleeps early." for number in range(count))
    (article,) = read_articles("a.html", page.encode(), SIZE).articles
    assert re.findall(r"Word (\d+) sleeps early\.", article.text) == [str(number) for number in range(count)]


def test_a_deep_page_has_its_title_its_footer_and_its_text() -> None:
    page = (
        "<title>Deep sleep</title>" + "<p><font>w1 sleeps" * 400 + "<p>Copyright ©2024 Sleep desk. All rights reserved"
    )
    (article,) = read_articles("a.html", page.encode(), SIZE).articles
    assert (article.title, article.published, article.text.count("w1")) == ("Deep sleep", "2024", 400)
