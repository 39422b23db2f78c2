from __future__ import annotations

from bench.articles import Article, mix, plain_words

ARTICLES = [Article("1", "One", "First here. Second here!"), Article("2", "Two", "Third   here? Fourth here.")]


def test_mixed_articles_are_the_same_each_time_and_made_of_what_is_there() -> None:
    mixed = list(mix(ARTICLES, 20))

    assert mixed == list(mix(ARTICLES, 20))
    assert len({article.id for article in mixed}) == 20
    assert {article.title for article in mixed} == {"One", "Two"}
    assert {word for article in mixed for word in article.text.split()} <= {
        *("First", "Second", "Third", "Fourth", "here.", "here!", "here?")
    }
    assert all(len(article.text.split()) == 10 for article in mixed)


def test_a_query_has_no_operators_left() -> None:
    assert plain_words('NOT "heart-rate" +b12*') == ["not", "heart", "rate", "b12"]
