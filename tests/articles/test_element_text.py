"""The text of HTML elements: what a reader sees, in lines."""

import pytest

from kb.articles.element_text import CLUTTER, INVISIBLE, Extent, extent_of, fragment_text, parse, text_of
from kb.errors import ArticleError


@pytest.mark.parametrize(
    ("fragment", "text"),
    [
        ("Some <b>bold</b>\n  text", "Some bold text"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("one<br>two", "one\ntwo"),
        ("<ul><li>a<li>b</ul>", "- a\n- b"),
        ("<ol start=3><li>a<li>b</ol>", "3. a\n4. b"),
        ("<ol start=x><li>a</ol>", "1. a"),
        ("<ul><li>a<ol><li>b<li>c</ol><li>d</ul>", "- a\n1. b\n2. c\n- d"),
        ("<table><tr><th>a<th>b<tr><td>1<td>2</table>", "a | b\n1 | 2"),
        ("<table><tr><td><div>a</div><td>b</table>", "a\n\nb"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<img alt='A glass'> of water", "A glass of water"),
        ("<script>x()</script>a<style>p {}</style><p hidden>b</p>c", "ac"),
        ("</div>one<b>two", "onetwo"),
        ("a &amp; b &#8211; c", "a & b – c"),
        ("<!-- a --><?b?>", ""),
        ("<div>" * 300 + "deep", "deep"),
        ("<div>" * 3000 + "deep", "deep"),
    ],
)
def test_a_fragment_reads_as_it_is_seen(fragment, text):
    assert fragment_text(fragment).strip() == text


def test_clutter_is_left_out_only_where_it_is_asked_to_be():
    body = parse("<header>Home</header><p>Sleep early.</p><footer>2024</footer>").find("body")

    assert text_of(body, CLUTTER).strip() == "Sleep early."
    assert text_of(body, INVISIBLE).strip() == "Home\n\nSleep early.\n\n2024"


@pytest.mark.parametrize("page", ["plain", "<p>a", "<body>a", "<html><head><title>t</title></head>a"])
def test_the_root_of_every_page_is_html_with_a_body(page):
    tree = parse(page)

    assert tree.tag == "html"
    assert tree.find("body") is not None


@pytest.mark.parametrize("page", ["", " ", "<!-- nothing -->"])
def test_a_page_without_elements_has_no_text(page):
    with pytest.raises(ArticleError, match=r"^no text$"):
        parse(page)


def test_what_is_nested_deeply_is_left_out_unless_it_is_asked_for():
    page = "<div>" * 1000 + "deep"

    assert "deep" not in text_of(parse(page), INVISIBLE)
    assert "deep" in text_of(parse(page, deep=True), INVISIBLE)


def test_an_extent_counts_elements_levels_and_children():
    table = "<table><tr><td>a<td><b>b</b><td>c<tr><td>d</table>"

    # html, head and body, the table, two rows, four cells, one bold
    assert extent_of(parse(table)) == Extent(elements=11, depth=6, width=3)
