"""The parameters of a request: strict for the API, forgiving for the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import falcon

from kb.errors import RequestError
from kb.query.request import parse_request
from kb.results import SearchRequest
from kb.settings import Settings

PAGE_PARAMETERS = frozenset({"q", "page", "sort", "match", "exact", "from", "to"})
"""What the search page understands, besides `filter[field]`."""

_MOST_FILTERS = 8


def given_parameters(req: falcon.Request, known: frozenset[str] | None = None) -> dict[str, str]:
    """Every parameter of the request; raises RequestError for one that is repeated, or not among the `known` ones."""
    parameters: dict[str, str] = {}
    for name, value in req.params.items():
        if known is not None and name not in known:
            expected = ", ".join(sorted(known)) or "none"
            raise RequestError(name, f"not a parameter here; expected: {expected}", "unknown_parameter")
        if isinstance(value, list):
            raise RequestError(name, "given more than once", "repeated_parameter")
        parameters[name] = value
    return parameters


def first_parameters(req: falcon.Request) -> dict[str, str]:
    """Every parameter of the request that has a value; of a repeated one the first."""
    firsts = {name: value[0] if isinstance(value, list) else value for name, value in req.params.items()}
    return {name: value for name, value in firsts.items() if value}


@dataclass(frozen=True)
class Reading:
    """A request as the page understood it, what it passed over, and why it cannot search at all, if so."""

    request: SearchRequest
    notices: tuple[str, ...] = ()
    refusal: str | None = None


def read_leniently(parameters: Mapping[str, str], settings: Settings) -> Reading:
    """The search that a page's parameters ask for, with a notice for each value that was replaced by its default."""
    kept = _understood(parameters)
    notices: list[str] = []
    while True:
        try:
            return Reading(parse_request(kept, settings), tuple(notices))
        except RequestError as error:
            if error.parameter == "q":
                return Reading(SearchRequest(), tuple(notices), f"The query {error.detail}.")
            # Every turn drops at least one parameter, and without any the request is always valid.
            culprits = [error.parameter] if error.parameter in kept else [name for name in kept if name != "q"]
            for name in culprits:
                del kept[name]
            if error.code != "unknown_parameter":
                notices.append(f"“{error.parameter}” was left out: {error.detail}.")


def _understood(parameters: Mapping[str, str]) -> dict[str, str]:
    plain = {name: value for name, value in parameters.items() if name in PAGE_PARAMETERS}
    filters = [(name, value) for name, value in parameters.items() if name.startswith("filter[")]
    return plain | dict(filters[:_MOST_FILTERS])
