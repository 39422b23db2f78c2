"""Probes reach all over an index, and tell a wrong answer from an error."""

from __future__ import annotations

from bench.reliability.probes import Comparison, answers_of, compare, probes_of
from kb.search.searcher import Searcher


def test_probes_of_an_index_have_answers_that_stay_the_same(samples: Searcher) -> None:
    probes = probes_of(samples)
    assert len(probes) > 50
    answers = answers_of(samples, probes)
    assert not any(answer.startswith(b"!") for answer in answers)
    assert len(set(answers)) > len(answers) // 2
    assert compare(answers_of(samples, probes), answers) == (0, 0)


def test_wrong_answers_and_errors_are_counted_apart(samples: Searcher) -> None:
    answers = answers_of(samples, [lambda _: 1 / 0, lambda found: found.view("none.md"), lambda _: [1], lambda _: [2]])
    assert answers == [b"!ZeroDivisionError: division by zero", b"not found", b"[1]", b"[2]"]
    assert compare(answers, [b"[0]", b"[0]", b"[0]", b"[2]"]) == Comparison(wrong=2, errors=1)
