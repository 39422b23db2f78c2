"""Notices of a report about the answer: words that no article has, and what was left out for lack of time."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from kb.engine.interface import POSITIONS, Answer, Question
from kb.results import QueryReport


def with_notices(report: QueryReport, question: Question, answer: Answer, unexplained: int) -> QueryReport:
    """A report with the notices about an answer, of which `unexplained` hits have no explanation asked for."""
    notices = tuple(_notices(question, answer, unexplained))
    return msgspec.structs.replace(report, warnings=(*report.warnings, *notices)) if notices else report


def _notices(question: Question, answer: Answer, unexplained: int) -> Iterator[str]:
    unknown = [question.query_terms[index] for index in answer.unknown]
    yield from (f"No article has {term.text}." for term in unknown if term.kind in ("stem", "exact"))
    for part in answer.left_out:
        if part == POSITIONS:
            yield "The time allowed ran out before all words of the query were looked for in the articles found."
        else:
            yield f"The time allowed ran out before the values of {part} were counted."
    if unexplained:
        hits = "hit is" if unexplained == 1 else "hits are"
        yield f"The time allowed ran out: the last {unexplained} {hits} not explained."
