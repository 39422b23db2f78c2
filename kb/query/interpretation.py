"""From a request to a question, with a report: the text searched for, parts dropped and words expanded."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from kb.deadline import NEVER, Deadline
from kb.engine.interface import Dictionary, Question
from kb.query.request import search_url
from kb.query.staff import parse_staff_query
from kb.query.trees import TreeBuilder, conjunction
from kb.query.visitor import Parse, parse_visitor_query
from kb.results import Expansion, QueryReport, SearchRequest
from kb.settings import Settings
from kb.text.tokens import Analyzer

EXPANSION_SHARE = 0.5
"""Share of the time for a search that looking for the words of prefixes, patterns and misspelled words may take."""


class Interpretation(NamedTuple):
    """The question of a request, and a report for the person who asked."""

    question: Question
    report: QueryReport
    is_partial: bool = False
    """Whether the time allowed ran out before all words that a part of the query stands for were found."""


def interpret(
    request: SearchRequest, dictionary: Dictionary, analyzer: Analyzer, settings: Settings, deadline: Deadline = NEVER
) -> Interpretation:
    """The interpretation of a request.

    Raises QuerySyntaxError for a staff query that does not parse; every visitor's query has a question.
    """
    builder = new_builder(request, dictionary, analyzer, settings, deadline)
    parse = understand(request, builder, analyzer, settings)
    return Interpretation(parse.question, _report(request, parse, builder), bool(builder.cut_short))


def new_builder(
    request: SearchRequest, dictionary: Dictionary, analyzer: Analyzer, settings: Settings, deadline: Deadline
) -> TreeBuilder:
    """A builder for a request, which leaves a part of the time until `deadline` for the search itself."""
    expansions, share = settings.query_expansions, deadline.after(EXPANSION_SHARE)
    return TreeBuilder(analyzer, dictionary, exact=request.exact, expansions=expansions, deadline=share)


def understand(request: SearchRequest, builder: TreeBuilder, analyzer: Analyzer, settings: Settings) -> Parse:
    """The question of a request, without a report; raises QuerySyntaxError as `interpret` does."""
    if not request.q.strip():
        return Parse(Question(tree=conjunction([])), "")
    if request.mode == "staff":
        return parse_staff_query(request.q, builder, analyzer, most_words=settings.query_terms)
    return parse_visitor_query(
        request.q, builder, analyzer, match=request.match, typing=request.typing, most_words=settings.query_terms
    )


def _report(request: SearchRequest, parse: Parse, builder: TreeBuilder) -> QueryReport:
    warnings = []
    if request.q.strip() and not parse.searched:
        warnings.append("There is no letter or digit in the query to search for.")
    in_time = [expansion for expansion in builder.expanded if expansion.text not in builder.cut_short]
    warnings += [_cut_off(expansion) for expansion in in_time if not expansion.complete]
    warnings += [f"No word in the archive fits {expansion.text}." for expansion in in_time if not expansion.words]
    if builder.cut_short:
        texts = ", ".join(dict.fromkeys(builder.cut_short))
        warnings.append(f"The time allowed ran out before all words that fit were found for: {texts}.")
    return QueryReport(
        text=request.q,
        searched=parse.searched,
        parsed=str(parse.question.tree),
        mode=request.mode,
        dropped=parse.dropped,
        expanded=tuple(builder.expanded),
        literal_url=_literal_url(request),
        warnings=tuple(warnings),
    )


def _cut_off(expansion: Expansion) -> str:
    first = "nearest" if expansion.by == "fuzzy" else "most frequent"
    searched = f"the {first} one is" if len(expansion.words) == 1 else f"the {len(expansion.words)} {first} ones are"
    return f"{expansion.text} stands for more words than are searched for; only {searched}."


def _literal_url(request: SearchRequest) -> str | None:
    if request.exact or not request.q.strip():
        return None
    return search_url(msgspec.structs.replace(request, exact=True, typing=False, offset=0))
