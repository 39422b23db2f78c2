"""An engine: what it says of one article is what it says of the article on a page."""

from __future__ import annotations

from pathlib import Path

import pytest
from whoosh.query import Or, Term

from kb.deadline import NEVER
from kb.engine.engine import ColumnarEngine
from kb.engine.interface import ROW, QueryTerm, Question, Selection
from kb.errors import ArticleNotFound
from tests.corpora import ANALYZER, Change, article, index_of

STEMS = [ANALYZER.stem(word) for word in ("sleep", "apnea")]
QUESTION = Question(
    tree=Or([Term("text", stem) for stem in STEMS]),
    query_terms=(
        QueryTerm("sleeping", "stem", "text", ((STEMS[0],),), typed=("sleeping",)),
        QueryTerm("sleep apnea", "stem", "text", ((STEMS[0],), (STEMS[1],))),
        QueryTerm("night", "exact", "word", (("night",),)),
    ),
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> ColumnarEngine:
    """Three articles in two segments, and one that was removed."""
    first = [
        article("a", "Sleep apnea", "Sleeping at night. Sleep and apnea."),
        article("b", "Nothing of it", "Day."),
        article("gone", "Sleep", "Sleep."),
    ]
    folder: Path = index_of(
        tmp_path_factory.mktemp("engine"), Change(first), Change([article("c", "Night", "Sleep apnea.")], ["gone"])
    )
    return ColumnarEngine(folder, "here", ANALYZER)


def test_the_positions_in_an_article_are_those_on_a_page(engine: ColumnarEngine) -> None:
    answer = engine.answer(QUESTION, Selection(), NEVER)
    assert sorted(found.id for found in answer.articles) == ["a", "c"]
    for row, found in enumerate(answer.articles):
        on_page = answer.positions.table[answer.positions.table[:, ROW] == row]
        alone = engine.positions(QUESTION, found.id, 0, 1000).table
        assert len(alone) > 0
        assert alone[:, ROW].tolist() == [0] * len(alone)
        assert alone[:, ROW + 1 :].tolist() == on_page[:, ROW + 1 :].tolist()


def test_an_article_that_does_not_match_has_no_positions(engine: ColumnarEngine) -> None:
    assert engine.positions(QUESTION, "b", 0, 1000).table.shape == (0, 8)


@pytest.mark.parametrize("article_id", ["gone", "never"])
def test_an_article_that_is_not_there_is_an_error(engine: ColumnarEngine, article_id: str) -> None:
    with pytest.raises(ArticleNotFound):
        engine.positions(QUESTION, article_id, 0, 1000)
    with pytest.raises(ArticleNotFound):
        engine.article(article_id)
    with pytest.raises(ArticleNotFound):
        engine.explain(QUESTION, [article_id], NEVER)
