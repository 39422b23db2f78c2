"""The contract checked on the hits of a result page, from nothing but the page, the articles and the analysis."""

from __future__ import annotations

from functools import lru_cache

from kb.query.interpretation import interpret
from kb.results import SearchRequest
from kb.search.searcher import Searcher
from kb.settings import Settings

from .asking import ANALYZER, Asked, occurrences_in
from .contract import check_all

_tokens = lru_cache(maxsize=256)(ANALYZER.tokens)


def check_page(searcher: Searcher, query: str, count: int, chars: int) -> int:
    """Checks every hit of the first page; how many there were."""
    page = searcher.search(query, snippets=count, snippet_chars=chars)
    request = SearchRequest(q=query)
    question, *_ = interpret(request, searcher._engine.dictionary, ANALYZER, Settings())
    for hit in page.hits:
        article = searcher.article(hit.id)
        body = _tokens(article.text)
        fields = {"title": ANALYZER.tokens(article.title), "body": body}
        occurrences = occurrences_in(question.query_terms, fields)
        check_all(
            Asked(article.title, article.text, occurrences, question.query_terms, (), body), hit.snippets, count, chars
        )
    return len(page.hits)
