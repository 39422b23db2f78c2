from __future__ import annotations

from itertools import pairwise

import falcon.testing
import pytest
from lxml import html

from kb.article import Article
from kb.results import Dropped, Expansion, Total
from kb.web.pages import anchor_first_mark, format_date, format_duration, language_tag

from .asserts import page_of, words_of
from .fakes import FakeSearcher

Client = falcon.testing.TestClient


def results(client: Client, query: str) -> html.HtmlElement:
    response = client.simulate_get("/", query_string=query)
    assert response.status_code == 200
    return page_of(response)


def links(page: html.HtmlElement) -> dict[str, str]:
    """The address of every link by its words."""
    return {words_of(link): link.get("href") for link in page.iter("a")}


# Home


def test_home_has_the_search_box_and_says_how_many_articles_there_are(client: Client) -> None:
    page = results(client, "")
    assert words_of(page.find(".//h1")) == "Tea & Sleep"
    assert "3 articles" in words_of(page)
    box = page.get_element_by_id("q")
    assert (box.get("type"), box.get("maxlength"), box.get("autofocus")) == ("search", "64", "")
    assert page.xpath("//label[@for='q']")
    assert box.getparent().getparent().get("action") == "/"


def test_a_blank_query_is_the_home_page(client: Client, searcher: FakeSearcher) -> None:
    assert words_of(results(client, "q=%20%00%20").find(".//h1")) == "Tea & Sleep"
    assert searcher.asked == []


# Results


def test_results_show_what_was_found_and_where_it_is(client: Client) -> None:
    page = results(client, "q=dose")
    assert words_of(page.find(".//title")) == "dose – Tea & Sleep"
    assert words_of(page.xpath("//*[@role='status']")[0]) == "2 articles in 0.4 ms"
    first, second = page.xpath("//ol[contains(@class, 'hits')]/li")
    assert words_of(first.find(".//h2")) == "Creatine and strength"
    assert first.find(".//h2/a").get("href") == "/articles/creatine.txt?q=dose"
    assert "3 May 2024" in words_of(first)
    assert first.find(".//time").get("datetime") == "2024-05-03"
    assert first.xpath(".//mark/text()") == ["dose"]
    passage = first.xpath(".//p[@class='passage']/a/@href")[0]
    assert passage.startswith("/articles/creatine.txt?q=dose#:~:text=")
    assert second.find(".//h2/a").get("href") == "https://sport.example/caffeine"
    assert links(second)["read here: Caffeine"] == "/articles/caffeine.html?q=dose"


def test_the_box_keeps_the_query_and_does_not_take_the_focus(client: Client) -> None:
    box = results(client, "q=dose+%26+%22tea%22").get_element_by_id("q")
    assert box.get("value") == 'dose & "tea"'
    assert box.get("autofocus") is None


def test_a_new_query_keeps_order_match_and_filters(client: Client) -> None:
    page = results(client, "q=dose&sort=title&filter[site]=sport.example&page=1&exact=true")
    hidden = {field.get("name"): field.get("value") for field in page.xpath("//input[@type='hidden']")}
    assert hidden == {"sort": "title", "filter[site]": "sport.example"}


def test_large_numbers_have_separators(client: Client, searcher: FakeSearcher) -> None:
    searcher.overrides = {"total": Total(1234567, "gte"), "partial": True, "took_ms": 1234.5}
    page = results(client, "q=dose")
    status = words_of(page.xpath("//*[@role='status']")[0])
    assert status == "At least 1,234,567 articles, page 1 of 100 in 1.2 s"
    assert "ran out" in words_of(page)


def test_the_page_says_what_was_not_searched_as_typed(client: Client, searcher: FakeSearcher) -> None:
    searcher.report = {
        "dropped": (Dropped("the", "common word"),),
        "expanded": (Expansion("caf*", tuple(f"caf{n}" for n in range(10)), "prefix"),),
        "warnings": ("a warning",),
        "literal_url": "/v1/search?q=dose&exact=true",
    }
    page = results(client, "q=dose")
    text = words_of(page)
    assert "Not searched for: the (common word)" in text
    assert "“caf*” stands for caf0, caf1, caf2, caf3, caf4, caf5, caf6, caf7 and 2 more" in text
    assert "a warning" in text
    assert links(page)["Search for exactly what I typed"] == "/?q=dose&exact=true"


def test_words_can_be_searched_exactly_as_typed_and_back(client: Client) -> None:
    assert links(results(client, "q=dose"))["Exactly as typed"] == "/?q=dose&exact=true"
    assert links(results(client, "q=dose&exact=true"))["In any form"] == "/?q=dose"
    assert links(results(client, "q=zzz&exact=true"))["Find other forms of the words too"] == "/?q=zzz"


def test_order_and_match_are_links_and_the_one_in_force_is_named(client: Client) -> None:
    page = results(client, "q=a+dose&sort=title&page=1")
    assert links(page)["Newest"] == "/?q=a+dose&sort=-date"
    assert links(page)["Any word"] == "/?q=a+dose&sort=title&match=any"
    current = [words_of(link) for link in page.xpath("//nav[@aria-label='Options']//a[@aria-current='true']")]
    assert current == ["Title", "Most words", "In any form"]


def test_facets_narrow_down_and_filters_can_be_removed(client: Client) -> None:
    page = results(client, "q=helps")
    assert links(page)["rest.example 1"] == "/?q=helps&filter%5Bsite%5D=rest.example"

    narrowed = results(client, "q=helps&filter[site]=rest.example&from=2020")
    assert words_of(narrowed.xpath("//*[@role='status']")[0]).startswith("1 article ")
    assert links(narrowed)["Site: rest.example × (remove this filter)"] == "/?q=helps&from=2020-01-01"
    assert "From 2020-01-01 × (remove this filter)" in links(narrowed)


def test_a_name_with_a_comma_survives_the_way_through_its_link(client: Client, searcher: FakeSearcher) -> None:
    searcher.articles = [Article(id=site, title="Tea", text="Tea.", site=site) for site in ("A, B", "C")]
    address = links(results(client, "q=tea"))["A, B 1"]
    client.simulate_get(address)
    assert searcher.asked[-1].filters == (("site", ("A, B",)),)


def test_pages_are_numbered_and_linked(client: Client, searcher: FakeSearcher) -> None:
    searcher.overrides = {"total": Total(95, "eq")}
    page = results(client, "q=dose&page=5")
    numbers = [words_of(item) for item in page.xpath("//nav[@aria-label='Pages']/ol/li")]
    assert numbers == ["1", "…", "3", "4", "5", "6", "7", "…", "10"]
    assert page.xpath("//a[@aria-current='page']")[0].get("href") == "/?q=dose&page=5"
    assert page.xpath("//a[@rel='prev']")[0].get("href") == "/?q=dose&page=4"
    assert page.xpath("//a[@rel='next']")[0].get("href") == "/?q=dose&page=6"
    assert links(page)["1"] == "/?q=dose"
    assert page.xpath("//head/link[@rel='next']/@href") == ["/?q=dose&page=6"]


def test_a_page_past_the_last_leads_back(client: Client) -> None:
    page = results(client, "q=dose&page=7")
    assert "There is no page 7" in words_of(page)
    assert links(page)["Go to the first page"] == "/?q=dose"


def test_when_nothing_is_found_the_page_helps(client: Client) -> None:
    page = results(client, "q=zzz+qqq&filter[site]=sport.example")
    text = words_of(page)
    assert "Nothing found for zzz qqq" in text
    assert "What was searched for: zzz qqq" in text
    addresses = links(page)
    assert addresses["creatine"] == "/?q=creatine&filter%5Bsite%5D=sport.example"
    assert addresses["Find articles with any of these words"].endswith("&match=any&filter%5Bsite%5D=sport.example")
    assert addresses["Search without the filters"] == "/?q=zzz+qqq"


# Forgiveness


@pytest.mark.parametrize(
    "wrong", ["page=0", "page=x", "page=999", "sort=up", "match=2", "from=someday", "exact=maybe", "filter[shoe]=42"]
)
def test_a_bad_value_is_left_out_with_a_notice(client: Client, wrong: str) -> None:
    page = results(client, f"q=dose&{wrong}")
    assert f"“{wrong.partition('=')[0]}” was left out" in words_of(page)
    assert words_of(page.xpath("//*[@role='status']")[0]).startswith("2 articles")


@pytest.mark.parametrize(
    "extra",
    ["utm_source=x", "mode=staff", "limit=9999", "page=", "from=&to=", "filter[", "q=second", "offset=3&page=1"],
)
def test_what_the_page_does_not_know_is_ignored(client: Client, searcher: FakeSearcher, extra: str) -> None:
    page = results(client, f"q=dose&{extra}")
    assert not page.xpath("//*[contains(@class, 'notice')]")
    assert (searcher.asked[-1].q, searcher.asked[-1].limit, searcher.asked[-1].mode) == ("dose", 10, "visitor")


def test_many_bad_values_at_once_do_no_harm(client: Client) -> None:
    query = "&".join(["q=dose", *(f"filter[f{n}]=x" for n in range(300)), "page=x", "sort=x", "from=x", "to=x"])
    assert client.simulate_get("/", query_string=query).status_code == 200


def test_a_query_that_is_too_long_is_refused_on_the_page_itself(client: Client) -> None:
    response = client.simulate_get("/", params={"q": "long " * 20})
    page = page_of(response)
    assert response.status_code == 400
    assert response.headers["cache-control"] == "no-store"
    assert "100 characters long, at most 64 are allowed" in words_of(page.xpath("//*[@role='alert']")[0])
    assert page.get_element_by_id("q").get("value").startswith("long long")


# Articles


def test_an_article_is_shown_with_the_words_marked_and_a_way_to_the_first(client: Client) -> None:
    response = client.simulate_get("/articles/creatine.txt", params={"q": "dose"})
    page = page_of(response)
    assert words_of(page.find(".//h1")) == "Creatine and strength"
    assert words_of(page.get_element_by_id("first-match")) == "dose"
    assert links(page)["1 match: go to the first ↓"] == "#first-match"
    assert links(page)["← Results for dose"] == "/?q=dose"
    assert page.xpath("//article/@lang") == ["en"]
    assert page.xpath("//link[@rel='canonical']/@href") == ["/articles/creatine.txt"]


def test_an_article_with_an_address_of_its_own_links_to_it(client: Client) -> None:
    page = page_of(client.simulate_get("/articles/caffeine.html"))
    assert links(page)["Original article"] == "https://sport.example/caffeine"
    assert not page.xpath("//mark")


def test_an_article_is_shown_even_when_the_query_is_too_long(client: Client) -> None:
    response = client.simulate_get("/articles/creatine.txt", params={"q": "x" * 1000, "page": "y"})
    assert response.status_code == 200


# Every page


@pytest.mark.parametrize("path", ["/", "/?q=dose", "/?q=zzz", "/articles/creatine.txt?q=dose", "/articles/none"])
def test_every_page_is_sound(client: Client, path: str) -> None:
    response = client.simulate_get(path, headers={"Accept": "text/html"})
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; ")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"]
    page = page_of(response)
    assert page.get("lang") == "en"
    assert len(page.xpath("//h1")) == len(page.xpath("//main")) == len(page.xpath("//form[@role='search']")) == 1
    assert page.xpath("//body/*[1]/@href") == ["#content"]
    assert page.xpath("//link[@rel='search']/@href") == ["/opensearch.xml"]
    assert not page.xpath("//script | //style | //@style | //*[starts-with(name(@*), 'on')]")
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    levels = [int(heading.tag[1]) for heading in page.iter("h1", "h2", "h3")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


# Words


@pytest.mark.parametrize(
    ("published", "words"),
    [("2024-05-03", "3 May 2024"), ("2024", "2024"), (None, None), ("soon", "soon"), ("0001-01-01", "1 January 1")],
)
def test_dates_are_written_for_people(published: str | None, words: str | None) -> None:
    assert format_date(published) == words


@pytest.mark.parametrize(("ms", "words"), [(0.04, "0.0 ms"), (9.94, "9.9 ms"), (12.4, "12 ms"), (1500, "1.5 s")])
def test_times_are_written_for_people(ms: float, words: str) -> None:
    assert format_duration(ms) == words


def test_only_a_language_tag_is_used_as_one() -> None:
    given = ("en", "pt-BR", 'x" onclick="', "english", None)
    assert [language_tag(one) for one in given] == ["en", "pt-BR", None, None, None]


def test_only_the_first_mark_is_named() -> None:
    assert anchor_first_mark("<mark>a</mark> <mark>b</mark>") == (
        '<mark id="first-match">a</mark> <mark>b</mark>',
        2,
    )
