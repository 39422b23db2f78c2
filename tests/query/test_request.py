"""Search parameters: what each may be, what is said about a wrong one, and that nothing is lost on the way back."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kb.errors import RequestError
from kb.query.request import MATCHES, MODES, SORTS, parse_request, request_parameters, search_url
from kb.results import SearchRequest
from kb.segments.schema import FACET_FIELDS
from kb.settings import Settings

SETTINGS = Settings(query_chars=64)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, SearchRequest()),
        ({"q": " tea "}, SearchRequest(q=" tea ")),
        ({"limit": "100", "offset": "900"}, SearchRequest(limit=100, offset=900)),
        ({"limit": "007"}, SearchRequest(limit=7)),
        ({"page": "3"}, SearchRequest(offset=20)),
        ({"page": "3", "per_page": "25"}, SearchRequest(limit=25, offset=50)),
        ({"per_page": "25"}, SearchRequest(limit=25)),
        ({"sort": "-date"}, SearchRequest(sort="-date")),
        ({"from": "2023", "to": "2024-02"}, SearchRequest(published_from="2023-01-01", published_to="2024-02-29")),
        ({"from": "", "to": ""}, SearchRequest()),
        ({"facets": "tag, site,,tag"}, SearchRequest(facets=("tag", "site"))),
        ({"match": "all", "mode": "staff"}, SearchRequest(match="all", mode="staff")),
        ({"explain": "true", "mode": "staff"}, SearchRequest(explain=True, mode="staff")),
        ({"explain": "false"}, SearchRequest()),
        ({"snippets": "5", "snippet_chars": "60"}, SearchRequest(snippets=5, snippet_chars=60)),
        ({"exact": "true", "typing": "false"}, SearchRequest(exact=True)),
        ({"filter[tag]": "a, b,,a"}, SearchRequest(filters=(("tag", ("a", "b")),))),
        ({"filter[tag]": "a\\, b,c"}, SearchRequest(filters=(("tag", ("a, b", "c")),))),
        ({"filter[tag]": "a\\b\\\\,c"}, SearchRequest(filters=(("tag", ("a\\b\\", "c")),))),
        ({"filter[tag]": "a", "filter[site]": "b"}, SearchRequest(filters=(("site", ("b",)), ("tag", ("a",))))),
        ({"filter[tag]": " , "}, SearchRequest()),
        ({"q": "a\ud800b", "filter[tag]": "\udcff"}, SearchRequest(q="a?b", filters=(("tag", ("?",)),))),
    ],
)
def test_parameters_describe_a_request(parameters: dict[str, str], expected: SearchRequest) -> None:
    assert parse_request(parameters, SETTINGS) == expected


@pytest.mark.parametrize(
    ("parameters", "name", "code", "words"),
    [
        ({"colour": "red"}, "colour", "unknown_parameter", "there is no such parameter; there are q, limit,"),
        ({"Q": "tea"}, "Q", "unknown_parameter", "filter[field]"),
        ({"filter": "x"}, "filter", "unknown_parameter", "filter[field]"),
        ({"filter[colour]": "red"}, "filter[colour]", "bad_request", "'colour' is not a filter; there are site,"),
        ({"facets": "site,colour"}, "facets", "bad_request", "'colour' is not a facet; there are site,"),
        ({"q": "x" * 65}, "q", "query_too_long", "is 65 characters long, at most 64 are allowed"),
        ({"explain": "true"}, "explain", "bad_request", "is for staff; expected mode=staff together with explain=true"),
        ({"explain": "yes"}, "explain", "bad_request", "is 'yes'; expected one of true, false"),
        ({"limit": "0"}, "limit", "bad_request", "is '0'; expected a whole number from 1 to 100"),
        ({"limit": "101"}, "limit", "bad_request", "is '101'"),
        ({"limit": "-1"}, "limit", "bad_request", "is '-1'"),
        ({"limit": "ten"}, "limit", "bad_request", "is 'ten'"),
        ({"limit": ""}, "limit", "bad_request", "is ''"),
        ({"limit": "٣"}, "limit", "bad_request", "is '٣'"),
        ({"limit": "9" * 5000}, "limit", "bad_request", "…'"),
        ({"offset": "-1"}, "offset", "bad_request", "from 0"),
        ({"offset": "995"}, "offset", "too_deep", "reaches result 1005; only the first 1000"),
        ({"page": "0"}, "page", "bad_request", "from 1"),
        ({"page": "101"}, "page", "too_deep", "reaches result 1010"),
        ({"page": "1", "offset": "3"}, "page", "bad_request", "cannot be given together with offset"),
        ({"per_page": "5", "limit": "3"}, "per_page", "bad_request", "cannot be given together with limit"),
        ({"sort": "best"}, "sort", "bad_request", "expected one of relevance, -date, date, title"),
        ({"match": "some"}, "match", "bad_request", "expected one of all, most, any"),
        ({"mode": "root"}, "mode", "bad_request", "expected one of visitor, staff"),
        ({"exact": "yes"}, "exact", "bad_request", "expected one of true, false"),
        ({"typing": "1"}, "typing", "bad_request", "expected one of true, false"),
        ({"snippets": "6"}, "snippets", "bad_request", "from 1 to 5"),
        ({"snippet_chars": "59"}, "snippet_chars", "bad_request", "from 60 to 400"),
        ({"from": "May"}, "from", "bad_request", "expected a day such as 2024, 2024-05 or 2024-05-03"),
        ({"to": "2024-02-30"}, "to", "bad_request", "day is out of range for month"),
    ],
)
def test_a_wrong_parameter_is_named(parameters: dict[str, str], name: str, code: str, words: str) -> None:
    with pytest.raises(RequestError) as caught:
        parse_request(parameters, SETTINGS)
    assert (caught.value.parameter, caught.value.code) == (name, code)
    assert words in caught.value.detail
    assert str(caught.value) == f"{name}: {caught.value.detail}"


names = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.text(st.sampled_from("a\\, "), max_size=6)
days = st.dates().map(lambda day: day.isoformat())
parameters = st.fixed_dictionaries(
    {},
    optional={
        "q": st.text(max_size=64),
        "limit": st.integers(1, 100).map(str),
        "offset": st.integers(0, 900).map(str),
        "sort": st.sampled_from(SORTS),
        "from": days,
        "to": days,
        "facets": st.lists(st.sampled_from(FACET_FIELDS)).map(",".join),
        "match": st.sampled_from(MATCHES),
        "snippets": st.integers(1, 5).map(str),
        "snippet_chars": st.integers(60, 400).map(str),
        "exact": st.sampled_from(["true", "false"]),
        "typing": st.sampled_from(["true", "false"]),
        "mode": st.sampled_from(MODES),
        "explain": st.sampled_from(["true", "false"]),
        **{f"filter[{field}]": names for field in FACET_FIELDS},
    },
).map(lambda given: given | {"mode": "staff"} if given.get("explain") == "true" else given)


@hypothesis_settings(max_examples=300, deadline=None, derandomize=True)
@given(given_parameters=parameters)
def test_a_request_survives_the_way_to_its_address_and_back(given_parameters: dict[str, str]) -> None:
    request = parse_request(given_parameters, SETTINGS)
    shortest = request_parameters(request)
    assert parse_request(shortest, SETTINGS) == request
    assert request_parameters(parse_request(shortest, SETTINGS)) == shortest
    address = urlsplit(search_url(request))
    assert dict(parse_qsl(address.query, keep_blank_values=True)) == shortest


def test_equal_requests_have_one_address() -> None:
    first = parse_request({"q": "tea", "filter[tag]": "a", "page": "2", "filter[site]": "b"}, SETTINGS)
    second = parse_request(
        {"filter[site]": "b", "limit": "10", "offset": "10", "filter[tag]": "a", "q": "tea"}, SETTINGS
    )
    assert search_url(first) == search_url(second) == "/v1/search?q=tea&offset=10&filter%5Bsite%5D=b&filter%5Btag%5D=a"
    assert search_url(SearchRequest()) == "/v1/search"
    assert search_url(SearchRequest(q="tea"), "/") == "/?q=tea"
