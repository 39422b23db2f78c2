"""Request parameters: strict for the API, lenient for the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import falcon

from kb.errors import RequestError
from kb.query.request import parse_request
from kb.results import SearchRequest
from kb.settings import Settings

PAGE_PARAMETERS = frozenset({"q", "page", "sort", "match", "exact", "from", "to"})
"""Parameters of the search page, beside `filter[field]`."""

_MAX_FILTERS = 8

_MOST_DIGITS = 6
"""Digits of the number of a part of an article; a longer number is not one."""


def strict_parameters(req: falcon.Request, known: frozenset[str] | None = None) -> dict[str, str]:
    """Parameters by name; raises RequestError for a repeated parameter and, given `known`, for an unknown parameter."""
    parameters: dict[str, str] = {}
    for name, value in req.params.items():
        if known is not None and name not in known:
            expected = ", ".join(sorted(known)) or "none"
            raise RequestError(name, f"not a parameter here; expected: {expected}", "unknown_parameter")
        if isinstance(value, list):
            raise RequestError(name, "given more than once", "repeated_parameter")
        parameters[name] = value
    return parameters


def lenient_parameters(req: falcon.Request) -> dict[str, str]:
    """Parameters with a value, by name; of a repeated parameter the first value."""
    firsts = {name: value[0] if isinstance(value, list) else value for name, value in req.params.items()}
    return {name: value for name, value in firsts.items() if value}


def part_number(text: str) -> int | None:
    """The number, from 1, of a part of an article; None for any other text."""
    is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) or None if is_number else None


@dataclass(frozen=True)
class PageRequest:
    """Search request of a page, with notices of ignored parameters."""

    request: SearchRequest
    notices: tuple[str, ...] = ()
    refusal: str | None = None
    """Reason for not searching at all."""


def parse_leniently(parameters: Mapping[str, str], settings: Settings) -> PageRequest:
    """Page request by the parameters; each invalid value is replaced by the default and reported in a notice."""
    accepted = _known_parameters(parameters)
    notices: list[str] = []
    while True:
        try:
            return PageRequest(parse_request(accepted, settings), tuple(notices))
        except RequestError as error:
            if error.parameter == "q":
                return PageRequest(SearchRequest(), tuple(notices), f"The query {error.detail}.")
            # Each iteration drops at least one parameter, and a request without parameters is valid.
            invalid = [error.parameter] if error.parameter in accepted else [name for name in accepted if name != "q"]
            for name in invalid:
                del accepted[name]
            if error.code != "unknown_parameter":
                notices.append(f"“{error.parameter}” was left out: {error.detail}.")


def _known_parameters(parameters: Mapping[str, str]) -> dict[str, str]:
    plain = {name: value for name, value in parameters.items() if name in PAGE_PARAMETERS}
    filters = [(name, value) for name, value in parameters.items() if name.startswith("filter[")]
    return plain | dict(filters[:_MAX_FILTERS])
