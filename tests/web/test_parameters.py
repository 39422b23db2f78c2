"""Parameters: an API that refuses, a page that forgives."""

from __future__ import annotations

import falcon.testing
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import RequestError
from kb.query.request import parse_request
from kb.results import SearchRequest
from kb.settings import Settings
from kb.web.parameters import (
    PAGE_PARAMETERS,
    PageRequest,
    lenient_parameters,
    parse_leniently,
    part_number,
    strict_parameters,
)

SETTINGS = Settings(query_chars=20)


def test_the_api_takes_each_known_parameter_once() -> None:
    request = falcon.testing.create_req(query_string="q=tea%20pot&limit=3")
    assert (
        strict_parameters(request)
        == strict_parameters(request, frozenset({"q", "limit"}))
        == {
            "q": "tea pot",
            "limit": "3",
        }
    )


@pytest.mark.parametrize(
    ("query", "parameter", "code"), [("q=a&q=b", "q", "repeated_parameter"), ("q=a&x=b", "x", "unknown_parameter")]
)
def test_the_api_names_a_parameter_that_it_refuses(query: str, parameter: str, code: str) -> None:
    with pytest.raises(RequestError) as caught:
        strict_parameters(falcon.testing.create_req(query_string=query), frozenset({"q"}))
    assert (caught.value.parameter, caught.value.code) == (parameter, code)


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("12", 12), ("0", None), ("", None), ("-1", None), ("٣", None)])
def test_parts_have_numbers_from_1(text: str, number: int | None) -> None:
    assert part_number(text) == number


def test_the_page_takes_the_first_of_repeated_parameters_and_no_empty_one() -> None:
    request = falcon.testing.create_req(query_string="q=tea&q=pot&sort=&x=1")
    assert lenient_parameters(request) == {"q": "tea", "x": "1"}


@pytest.mark.parametrize(
    ("parameters", "notices"),
    [
        ({"sort": "date", "filter[site]": "A"}, ()),
        ({"sort": "up"}, ("sort",)),
        ({"sort": "up", "page": "x", "to": "never"}, ("page", "sort", "to")),
        ({"filter[shoe]": "42"}, ("filter[shoe]",)),
        ({"limit": "x", "utm_source": "x", "filter[": "x"}, ()),
    ],
)
def test_each_bad_value_on_the_page_is_left_out_with_a_notice(
    parameters: dict[str, str], notices: tuple[str, ...]
) -> None:
    parsed = parse_leniently({"q": "tea"} | parameters, SETTINGS)
    assert parsed.request.q == "tea"
    assert [notice.split("”")[0].removeprefix("“") for notice in parsed.notices] == list(notices)


def test_a_query_that_is_too_long_is_the_one_thing_that_a_page_refuses() -> None:
    refused = parse_leniently({"q": "x" * 21}, SETTINGS)
    assert refused == PageRequest(SearchRequest(), (), "The query is 21 characters long, at most 20 are allowed.")


@given(st.dictionaries(st.sampled_from([*PAGE_PARAMETERS, "filter[site]", "filter[x]", "limit"]), st.text(max_size=6)))
def test_the_page_answers_any_parameters_and_valid_ones_as_the_api_does(parameters: dict[str, str]) -> None:
    parsed = parse_leniently(parameters, SETTINGS)
    assert parsed.refusal is None
    if not parsed.notices:
        known = {name: text for name, text in parameters.items() if name not in ("limit", "filter[x]")}
        assert parsed.request == parse_request(known, SETTINGS)
