"""A setting that changes answers has to change their tags, and has to change them at all."""

from __future__ import annotations

from bench.reliability.names import content_of, other_tag_problem

FIRST = b'{"query_id":"ab12","generation":"gen-1","took_ms":0.97,"partial":false}'
SAME = b'{"query_id":"cd34","generation":"gen-1","took_ms":12.4,"partial":false}'
OTHER = b'{"query_id":"cd34","generation":"gen-1","took_ms":0.97,"partial":true}'


def test_time_and_name_of_an_answer_are_no_content() -> None:
    assert content_of(FIRST) == content_of(SAME) != content_of(OTHER)
    page = b'<b>60</b><span class="took">in %s ms</span>'
    assert content_of(page % b"1.3") == content_of(page % b"2.7")


def test_an_answer_that_stays_the_same_shows_nothing() -> None:
    assert other_tag_problem("KB_A=1", ("a", FIRST), ("b", SAME)) == "KB_A=1 changes no answer"
    assert other_tag_problem("KB_A=1", ("a", FIRST), ("a", SAME)) == "KB_A=1 changes no answer"


def test_another_answer_has_another_tag() -> None:
    assert other_tag_problem("KB_A=1", ("a", FIRST), ("b", OTHER)) == ""
    assert other_tag_problem("KB_A=1", ("a", FIRST), ("a", OTHER)) == "KB_A=1: the same tag for another answer"
