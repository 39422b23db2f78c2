"""A request to a question and an honest account of it: what was searched, dropped and expanded."""

from __future__ import annotations

import msgspec

from kb.analysis import Analyzer
from kb.model import Expansion, Lexicon, QueryReport, Question, SearchRequest
from kb.search.composer import Composer, conjunction
from kb.search.request import search_url
from kb.search.staff_syntax import parse_staff_query
from kb.search.visitor_syntax import Parse, parse_visitor_query
from kb.settings import Settings


def interpret(
    request: SearchRequest, lexicon: Lexicon, analyzer: Analyzer, settings: Settings
) -> tuple[Question, QueryReport]:
    """What a request's query means, and what to tell the person who asked.

    Raises QuerySyntaxError for a staff query that does not parse; a visitor's query always means something.
    """
    composer = Composer(analyzer, lexicon, exact=request.exact, expansions=settings.query_expansions)
    parse = understand(request, composer, analyzer, settings)
    return parse.question, _report(request, parse, composer)


def understand(request: SearchRequest, composer: Composer, analyzer: Analyzer, settings: Settings) -> Parse:
    """What a request's query means; raises as `interpret` does."""
    if not request.q.strip():
        return Parse(Question(tree=conjunction([])), "")
    if request.mode == "staff":
        return parse_staff_query(request.q, composer, analyzer, most_words=settings.query_terms)
    return parse_visitor_query(
        request.q, composer, analyzer, match=request.match, typing=request.typing, most_words=settings.query_terms
    )


def _report(request: SearchRequest, parse: Parse, composer: Composer) -> QueryReport:
    warnings = []
    if request.q.strip() and not parse.searched:
        warnings.append("There is no letter or digit in the query to search for.")
    warnings += [_cut_off(e) for e in composer.expanded if not e.complete]
    warnings += [f"No word in the archive fits {e.text}." for e in composer.expanded if not e.words]
    return QueryReport(
        text=request.q,
        searched=parse.searched,
        parsed=str(parse.question.tree),
        mode=request.mode,
        dropped=parse.dropped,
        expanded=tuple(composer.expanded),
        literal_url=_literal_url(request),
        warnings=tuple(warnings),
    )


def _cut_off(expansion: Expansion) -> str:
    which = "nearest" if expansion.by == "fuzzy" else "most frequent"
    ones = f"the {which} one is" if len(expansion.words) == 1 else f"the {len(expansion.words)} {which} ones are"
    return f"{expansion.text} stands for more words than are searched for; only {ones}."


def _literal_url(request: SearchRequest) -> str | None:
    if request.exact or not request.q.strip():
        return None
    return search_url(msgspec.structs.replace(request, exact=True, typing=False, offset=0))
