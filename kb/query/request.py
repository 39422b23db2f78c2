"""From search parameters, as texts under HTTP names, to a request with every value in bounds, and back."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import compress
from operator import attrgetter, ne
from typing import Literal, TypeVar, get_args
from urllib.parse import quote_plus

import regex

from kb.days import period
from kb.errors import RequestError
from kb.results import Match, Mode, SearchRequest, Sort
from kb.segments.schema import FACET_FIELDS
from kb.settings import Settings

_Choice = TypeVar("_Choice", bound=str)

SORTS: tuple[Sort, ...] = get_args(Sort)
MATCHES: tuple[Match, ...] = get_args(Match)
MODES: tuple[Mode, ...] = get_args(Mode)

MOST_HITS = 100
"""Most hits of a page."""

MOST_SNIPPETS = 5
"""Most snippets of a hit."""

SNIPPET_CHARS = (60, 400)
"""Least and most code points of a snippet."""

_DEFAULT = SearchRequest()
_BETWEEN_COMMAS = regex.compile(r"(?:\\[\\,]|[^,])++")
_ESCAPED = regex.compile(r"\\([\\,])")
_PLAIN = regex.compile(r"[A-Za-z0-9_.~ -]*")
"""Values, most of all, without a character to escape but spaces."""

PARAMETERS = (
    *("q", "limit", "offset", "page", "per_page", "sort", "from", "to", "facets", "match"),
    *("snippets", "snippet_chars", "exact", "typing", "mode", "explain"),
)
"""Names of the parameters, besides `filter[field]`."""


def parse_request(parameters: Mapping[str, str], settings: Settings) -> SearchRequest:
    """The request that parameters describe; raises RequestError with the parameter and the values allowed."""
    for name in parameters:
        if name not in PARAMETERS and _filter_field(name) is None:
            known = f"there are {', '.join(PARAMETERS)} and filter[field]"
            raise RequestError(name, f"there is no such parameter; {known}", "unknown_parameter")
    parameters = {name: encodable(text) for name, text in parameters.items()}
    offset, limit = _page(parameters, settings)
    return SearchRequest(
        q=_query(parameters, settings),
        limit=limit,
        offset=offset,
        sort=_choice(parameters, "sort", SORTS, _DEFAULT.sort),
        filters=_filters(parameters),
        published_from=_day(parameters, "from", 0),
        published_to=_day(parameters, "to", 1),
        facets=_facets(parameters),
        match=_choice(parameters, "match", MATCHES, _DEFAULT.match),
        snippets=_whole_number(parameters, "snippets", _DEFAULT.snippets, 1, MOST_SNIPPETS),
        snippet_chars=_whole_number(parameters, "snippet_chars", _DEFAULT.snippet_chars, *SNIPPET_CHARS),
        exact=_flag(parameters, "exact"),
        typing=_flag(parameters, "typing"),
        mode=_choice(parameters, "mode", MODES, _DEFAULT.mode),
        explain=_explain(parameters),
    )


def request_parameters(request: SearchRequest) -> dict[str, str]:
    """The fewest parameters that describe a request, in a fixed order: equal requests give equal parameters."""
    values = _attributes_of(request)
    given = compress(zip(_ATTRIBUTES, values, strict=True), map(ne, values, _DEFAULTS))
    parameters = {name: _text(value) for name, value in given}
    for field, values in request.filters:
        parameters[f"filter[{field}]"] = ",".join(map(quoted_name, values))
    return parameters


_ATTRIBUTES = {
    **{name: name for name in ("q", "limit", "offset", "sort")},
    "from": "published_from",
    "to": "published_to",
    "facets": "facets",
    **{name: name for name in ("match", "snippets", "snippet_chars", "exact", "typing", "mode", "explain")},
}
"""Attribute of a request by parameter, in the fixed order of parameters; filters follow."""

_attributes_of = attrgetter(*_ATTRIBUTES.values())
_DEFAULTS = _attributes_of(_DEFAULT)


def search_url(request: SearchRequest, path: str = "/v1/search") -> str:
    """The address of a request: `path`, with the fewest parameters."""
    given = request_parameters(request).items()
    parameters = "&".join([f"{name if name in _ATTRIBUTES else _quoted(name)}={_quoted(text)}" for name, text in given])
    return f"{path}?{parameters}" if parameters else path


def _quoted(text: str) -> str:
    return text.replace(" ", "+") if _PLAIN.fullmatch(text) else quote_plus(text, errors="replace")


def _query(parameters: Mapping[str, str], settings: Settings) -> str:
    query = parameters.get("q", "")
    if len(query) > settings.query_chars:
        detail = f"is {len(query)} characters long, at most {settings.query_chars} are allowed"
        raise RequestError("q", detail, "query_too_long")
    return query


def _page(parameters: Mapping[str, str], settings: Settings) -> tuple[int, int]:
    """Offset and limit, from either way of paging: `offset` and `limit`, or `page` and `per_page`."""
    paged = [name for name in ("page", "per_page") if name in parameters]
    counted = [name for name in ("offset", "limit") if name in parameters]
    if paged and counted:
        raise RequestError(paged[0], f"cannot be given together with {counted[0]}; use one way of paging")
    size = "per_page" if paged else "limit"
    limit = _whole_number(parameters, size, _DEFAULT.limit, 1, MOST_HITS)
    if paged:
        offset = limit * (_whole_number(parameters, "page", 1, 1, 10**9) - 1)
    else:
        offset = _whole_number(parameters, "offset", 0, 0, 10**9)
    if offset + limit > settings.max_depth:
        parameter = "page" if paged else "offset"
        detail = f"reaches result {offset + limit}; only the first {settings.max_depth} can be paged to"
        raise RequestError(parameter, detail, "too_deep")
    return offset, limit


def _whole_number(parameters: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = parameters.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and low <= int(text) <= high):
        raise RequestError(name, f"is {_shortened(text)}; expected a whole number from {low} to {high}")
    return int(text)


def _choice(parameters: Mapping[str, str], name: str, choices: tuple[_Choice, ...], default: _Choice) -> _Choice:
    text = parameters.get(name, default)
    for choice in choices:
        if choice == text:
            return choice
    raise RequestError(name, f"is {_shortened(text)}; expected one of {', '.join(choices)}")


def _flag(parameters: Mapping[str, str], name: str) -> bool:
    return _choice(parameters, name, ("true", "false"), "false") == "true"


def _explain(parameters: Mapping[str, str]) -> bool:
    explain = _flag(parameters, "explain")
    if explain and parameters.get("mode") != "staff":
        raise RequestError("explain", "is for staff; expected mode=staff together with explain=true")
    return explain


def _day(parameters: Mapping[str, str], name: str, end: Literal[0, 1]) -> str | None:
    """First (`end` 0) or last (`end` 1) day of the period that a parameter names."""
    text = parameters.get(name)
    try:
        days = period(text)
    except ValueError as error:
        raise RequestError(name, f"expected a day such as 2024, 2024-05 or 2024-05-03 ({error})") from error
    return days[end] if days else None


def _facets(parameters: Mapping[str, str]) -> tuple[str, ...]:
    wanted = [name.strip() for name in parameters.get("facets", "").split(",") if name.strip()]
    for name in wanted:
        if name not in FACET_FIELDS:
            raise RequestError("facets", f"{_shortened(name)} is not a facet; there are {', '.join(FACET_FIELDS)}")
    return tuple(dict.fromkeys(wanted))


def _filters(parameters: Mapping[str, str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    filters: dict[str, tuple[str, ...]] = {}
    for name, text in parameters.items():
        field = _filter_field(name)
        if field is None:
            continue
        if field not in FACET_FIELDS:
            raise RequestError(name, f"{_shortened(field)} is not a filter; there are {', '.join(FACET_FIELDS)}")
        if values := _values(text):
            filters[field] = values
    return tuple(sorted(filters.items()))


def _filter_field(name: str) -> str | None:
    return name[len("filter[") : -1] if name.startswith("filter[") and name.endswith("]") else None


def _values(text: str) -> tuple[str, ...]:
    """Names separated by commas; a comma in a name is written `\\,`, and a backslash may be doubled."""
    values = [_ESCAPED.sub(r"\1", value).strip() for value in _BETWEEN_COMMAS.findall(text)]
    return tuple(dict.fromkeys(value for value in values if value))


def quoted_name(name: str) -> str:
    """A name as it is written among the comma-separated names of a filter."""
    return name.replace("\\", "\\\\").replace(",", "\\,")


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def encodable(text: str) -> str:
    """The text with a question mark for each lone surrogate: addresses and JSON cannot hold surrogates."""
    return text.encode("utf-8", "replace").decode()


def _shortened(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}…")
