"""What was left out of an answer is said in its report."""

from __future__ import annotations

import numpy as np
import pytest

from kb.engine.interface import POSITIONS, Answer, Positions, QueryTerm, Question
from kb.query.trees import conjunction
from kb.results import QueryReport
from kb.search.notices import with_notices
from kb.segments.page_texts import NO_TEXTS

TERMS = (QueryTerm("tea", "stem", "text", (("tea",),)), QueryTerm("ca*", "prefix", "word", (("cake",),)))
REPORT = QueryReport(text="tea", searched="tea", parsed="tea", mode="visitor", warnings=("before",))


def notices(unexplained: int = 0, **answered: object) -> tuple[str, ...]:
    facts = {"articles": (), "scores": (), "total": 0, "texts": NO_TEXTS, **answered}
    answer = Answer(positions=Positions(np.empty((0, 8), dtype=np.int64)), **facts)  # type: ignore[arg-type]
    question = Question(conjunction([]), query_terms=TERMS)
    report = with_notices(REPORT, question, answer, unexplained)
    assert report.warnings[0] == "before"
    return report.warnings[1:]


def test_a_whole_answer_needs_no_notice() -> None:
    assert notices() == ()


def test_a_word_that_no_article_has_is_named() -> None:
    assert notices(unknown=(0, 1)) == ("No article has tea.",)


def test_each_part_that_was_left_out_is_named() -> None:
    facet, words = notices(left_out=("tag", POSITIONS))
    assert "values of tag" in facet
    assert "all words of the query" in words


@pytest.mark.parametrize(("count", "said"), [(1, "the last 1 hit is not"), (7, "the last 7 hits are not")])
def test_hits_without_an_explanation_are_counted(count: int, said: str) -> None:
    assert said in notices(count)[0]
