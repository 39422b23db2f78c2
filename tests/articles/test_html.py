"""HTML pages."""

import logging

import pytest

from kb.articles.html import read_html

SENTENCE = "Sleep comes to those who wait for it in a room that is dark, cool and quiet, {}. "
MAIN = "".join(f"<p>{SENTENCE.format(word) * 2}</p>" for word in ("always", "usually", "now and then"))


def page(body: str, head: str = "", lang: str = "en") -> str:
    return f"<!DOCTYPE html><html lang={lang}><head>{head}</head><body>{body}</body></html>"


HEAD = """<title>How to Rest | Nightly</title>
<meta property="og:site_name" content="Nightly"><meta property="og:title" content="How to Rest">
<meta name="author" content="Ann Lee"><meta name="description" content="What helps &amp; what does not.">
<meta name="keywords" content="sleep, rest"><link rel="canonical" href="https://example.org/rest">
<meta property="article:published_time" content="1999-05-03T10:00:00+00:00">"""


def test_metadata_and_main_text_are_read(desk):
    body = f"<nav><a href=/>Home</a></nav><main><h1>How to Rest</h1>{MAIN}</main><aside>Buy a pillow</aside>"
    article = desk.article("rest.html", page(body, HEAD))

    assert article.title == "How to Rest"
    assert article.site == "Nightly"
    assert article.author == "Ann Lee"
    assert article.published == "1999-05-03"
    assert article.url == "https://example.org/rest"
    assert article.tags == ("sleep", "rest")
    assert article.summary == "What helps & what does not."
    assert (article.language, article.format) == ("en", "html")
    assert article.text.startswith("Sleep comes")
    assert article.text.count("\n\n") == 2
    assert "pillow" not in article.text


def test_lists_and_tables_are_lines(desk):
    body = (
        f"<article><h1>Rest</h1>{MAIN}<h2>Steps</h2><ol><li>Lie down.</li><li>Wait.</li></ol>"
        f"<ul><li>dark</li><li>cool</li></ul><table><tr><th>Age</th><th>Hours</th></tr>"
        f"<tr><td>Adult</td><td>8</td></tr></table>{MAIN.replace('dark', 'dim')}</article>"
    )
    text = desk.article("rest.html", page(body)).text

    assert "\n\nSteps\n\n1. Lie down.\n2. Wait.\n\n- dark\n- cool\n\nAge | Hours\nAdult | 8\n\nSleep comes" in text


def test_the_footer_of_the_page_gives_site_and_year(desk):
    footer = "<footer>Copyright ©2024 . All Rights Reserved | Positive fitness</footer>"
    article = desk.article("rest.htm", page(f"<article><h1>Rest</h1>{MAIN}</article>{footer}"))

    assert (article.site, article.published) == ("Positive fitness", "2024")
    assert "Copyright" not in article.text


@pytest.mark.parametrize("body", ["<p>Sleep early.</p>", "<div>Sleep early.<script>x()</script></div>", "Sleep early."])
def test_a_page_without_much_text_gives_all_of_it(desk, body):
    article = desk.article("how-to-rest.html", page(f"<nav>Home</nav>{body}"))

    assert (article.title, article.text) == ("How to rest", "Sleep early.")


def test_a_page_from_before_style_sheets_is_not_one_row_of_a_table(desk):
    body = "<table><tr><td><div>Home</div></td><td><h1>Rest</h1><p>Sleep early.</p><p>Rise late.</p></td></tr></table>"

    assert "Sleep early.\n\nRise late." in desk.article("rest.html", page(body)).text


@pytest.mark.parametrize("content", ["<html></html>", "<!-- x -->", "<script>x()</script>", "<p hidden>x</p>", "<br>"])
def test_a_page_without_text_is_skipped(desk, content):
    assert desk.reason("rest.html", content) == "no text"


def test_a_page_in_another_encoding_is_read_in_the_one_it_declares(desk):
    content = '<html><head><meta charset="windows-1251"><title>Отдых</title></head><body>Спать рано.</body></html>'
    article = desk.article("rest.html", content.encode("cp1251"))

    assert (article.title, article.text) == ("Отдых", "Спать рано.")


@pytest.mark.parametrize(
    "content",
    [
        "<div>" * 1000 + "deep",
        "<table><tr><td>" * 500 + "deep",
        "<ul><li>" * 500 + "deep",
        '<?xml version="1.0" encoding="utf-8"?><html><body>deep</body></html>',
        "<p>deep</p></body></html></div><p>deep",
    ],
)
def test_damaged_and_deep_pages_are_read(desk, content):
    assert "deep" in desk.article("rest.html", content).text


def test_a_page_without_a_language_may_name_it_in_a_meta_element(desk):
    content = page("Dormir", "<meta http-equiv=Content-Language content=es>").replace(" lang=en", "")

    assert desk.article("rest.html", content).language == "es"


def test_nothing_is_written_to_the_log(desk, caplog):
    with caplog.at_level(logging.WARNING):
        desk.read("rest.html", "<html></html>")
        desk.read("rest.html", "not a page")

    assert not caplog.records


def test_a_title_is_the_first_heading_with_text_where_the_page_names_none():
    manuscript = read_html("<h1><img src=logo.png></h1><h1>Rest</h1><p>Sleep early.")

    assert (manuscript.title, manuscript.text) == ("Rest", "Sleep early.")


@pytest.mark.parametrize("element", ["main", "article"])
def test_a_short_page_gives_its_only_main_element_without_what_stands_around_it(element):
    around = "<div>Buy a pillow</div>"
    one = f"{around}<{element}><p>Sleep early.</{element}>"

    assert read_html(one).text == "Sleep early."
    assert "Buy a pillow" in read_html(one + f"<{element}>Rise late.</{element}>").text


def test_authors_and_keywords_are_told_apart():
    names = '<meta name="author" content="Ann Lee; Bo Ray"><meta name="keywords" content="sleep; rest,night">'
    manuscript = read_html(page(MAIN, names))

    assert manuscript.author == "Ann Lee, Bo Ray"
    assert [tag.strip() for tag in manuscript.tags] == ["sleep", "rest", "night"]
