"""Tags keep their first attributes, and a page with few is not touched."""

import pytest

from kb.articles.element_text import INVISIBLE
from kb.articles.tags import MAX_ATTRIBUTES, text_between_tags, with_few_attributes


@pytest.mark.parametrize(
    "page",
    [
        "<p class=a>x</p>",
        "<img src='data:image/png;base64," + "A" * 100_000 + '\' alt="a > b">',
        "a < b and c > d " * 500,
        "<p title='never closed" + " a" * 2000,
        "<" * 5000,
    ],
)
def test_ordinary_and_broken_pages_stay_as_they_are(page):
    assert with_few_attributes(page) == page


@pytest.mark.parametrize("attribute", ["a{}", "a{}=1", "a{}='>'", 'a{} = "x y"'])
def test_further_attributes_are_dropped_and_the_text_stays(attribute):
    attributes = [attribute.format(number) for number in range(MAX_ATTRIBUTES + 500)]
    page = f"<p {' '.join(attributes)}>text</p><p>more"
    assert with_few_attributes(page) == f"<p {' '.join(attributes[:MAX_ATTRIBUTES])}>text</p><p>more"


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<p>Some <b>bo</b>ld\n text &amp; more", ["Some bold text & more"]),
        ("<h1>a</h1><ul><li>b<li>c</ul>d<br>e", ["a", "b", "c", "d", "e"]),
        ("a<script>x() < 1</p>y()</script>b<style>p {}</style>c", ["abc"]),
        ("a<!-- not\nseen <p> -->b<!DOCTYPE x><?x?>c", ["abc"]),
        ("<p title='a > b'>a</p>5 < 6", ["a", "5 < 6"]),
        ("a<!-- never closed", ["a"]),
        ("a<script>x", ["a"]),
        ("a<select>x", ["a", "x"]),
        ("<head><title>T</title><body>a", ["a"]),
        ("a<embed src='m'>b", ["ab"]),
        ("a<iframe src='x'/>b<svg/>c", ["abc"]),
        ("a<svg><title>x</title></svg>b", ["ab"]),
    ],
)
def test_text_stands_between_tags(page, words):
    lines = text_between_tags(page, INVISIBLE).split("\n")
    assert [line.strip() for line in lines if line.strip()] == words
