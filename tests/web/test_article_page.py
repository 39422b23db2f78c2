"""The page of an article: a very long one has parts, and links that lead to each of them."""

from __future__ import annotations

import falcon.testing
import pytest

from kb.article import Article
from kb.snippets.article_view import ArticleView
from kb.web.article_page import PartLinks, link_parts

from .fakes import FakeSearcher

Client = falcon.testing.TestClient

PATH = "/articles/creatine.txt"


@pytest.fixture
def parted(searcher: FakeSearcher) -> FakeSearcher:
    searcher.paragraphs_are_parts = True
    return searcher


def test_a_short_article_has_no_parts(client: Client) -> None:
    page = client.simulate_get(PATH).text
    for word in ('rel="prev"', 'rel="next"', "Part 1", "part=", "in this part"):
        assert word not in page


def test_each_part_links_to_its_neighbours_and_is_its_own_address(client: Client, parted: FakeSearcher) -> None:
    first, second = (client.simulate_get(PATH + query).text for query in ("", "?part=2"))
    assert "Part 1 of 2" in first
    assert f'<link rel="next" href="{PATH}?part=2">' in first
    assert 'rel="prev"' not in first
    assert f'<link rel="canonical" href="{PATH}">' in first
    assert "Drink water" not in first
    assert "Part 2 of 2" in second
    assert f'<link rel="prev" href="{PATH}">' in second
    assert 'rel="next"' not in second
    assert f'<link rel="canonical" href="{PATH}?part=2">' in second
    assert "<title>Creatine and strength (part 2 of 2)" in second
    assert "Drink water" in second


def test_the_words_of_the_query_are_found_in_whatever_part(client: Client, parted: FakeSearcher) -> None:
    first = client.simulate_get(f"{PATH}?q=water").text
    assert f'<a href="{PATH}?q=water&amp;part=2#first-match">Matches in part 2' in first
    assert f'href="{PATH}?q=water&amp;part=2">Next' in first
    second = client.simulate_get(f"{PATH}?q=water&part=2").text
    assert '<mark id="first-match">water</mark>' in second
    assert "1 match in this part: go to the first" in second
    assert "Matches in part" not in second
    assert "More in part" not in second


@pytest.mark.parametrize(("part", "shown"), [("0", 1), ("-3", 1), ("two", 1), ("99999999", 1), ("7", 2), ("2", 2)])
def test_a_part_that_is_not_there_is_the_nearest(client: Client, parted: FakeSearcher, part: str, shown: int) -> None:
    assert f"Part {shown} of 2" in client.simulate_get(PATH, params={"part": part}).text


def test_a_page_that_was_read_before_is_not_made_again(client: Client, searcher: FakeSearcher) -> None:
    first, again = (client.simulate_get(f"{PATH}?q=dose") for _ in range(2))
    assert first.content == again.content
    assert first.headers["content-type"] == again.headers["content-type"] == "text/html; charset=utf-8"
    assert len(searcher.viewed) == 1
    client.simulate_get(f"{PATH}?q=dose&part=2")
    client.simulate_get(f"{PATH}?q=water")
    assert len(searcher.viewed) == 3


def test_links_keep_the_query_and_lead_to_the_next_part_with_a_match() -> None:
    view = ArticleView(Article(id="a b", title="A", text=""), "A", "", 2, 3, 1)
    assert link_parts(view, "tea & milk") == PartLinks(
        number=2,
        last=3,
        previous="/articles/a%20b?q=tea+%26+milk",
        next="/articles/a%20b?q=tea+%26+milk&part=3",
        marked="/articles/a%20b?q=tea+%26+milk#first-match",
        marked_number=1,
    )


def test_a_page_kept_for_one_host_is_not_given_to_another(client: Client) -> None:
    hosts = ("kb.test", "unknown.test", "kb.test", "unknown.test")
    pages = [client.simulate_get(PATH, host=host).text for host in hosts]
    assert ["opensearch.xml" in page for page in pages] == [True, False, True, False]
