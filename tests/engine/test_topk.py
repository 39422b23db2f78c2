"""The k best are those that sorting the whole list gives, with the proximity bonus and without."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.deadline import NEVER, Deadline
from kb.engine.matches import Clause, Matches
from kb.engine.topk import are_best, bonuses_of, kth_best, replace_lowest, top_k_of_matches, top_k_of_union
from kb.engine.union import at_least, clauses_of
from kb.segments.postings import TermReader

from .one_segment import WORDS, clauses, open_reader, proximity

few_scores = st.lists(st.integers(0, 5), max_size=40).map(lambda scores: np.array(scores, dtype=np.float32))


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> TermReader:
    folder: Path = tmp_path_factory.mktemp("topk")
    return open_reader(folder)


@given(few_scores, st.integers(0, 45))
def test_the_kth_best_score_is_that_of_the_sorted_list(scores: np.ndarray, k: int) -> None:
    ranked = sorted(scores.tolist(), reverse=True)
    assert kth_best(scores, k) == (ranked[k - 1] if 0 < k < len(ranked) else -np.inf)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=20), st.lists(st.integers(0, 50), max_size=30))
def test_the_heap_holds_the_best_scores_with_the_lowest_first(start: list[int], offered: list[int]) -> None:
    heap, expected = np.full(len(start), -np.inf, dtype=np.float32), [-np.inf] * len(start)
    for score in start + offered:
        if score > heap[0]:
            replace_lowest(heap, score)
        expected = sorted([*expected, score])[1:]
        assert heap[0] == expected[0]
        assert sorted(heap.tolist()) == expected


@given(few_scores, st.integers(1, 45), st.randoms())
def test_ties_go_to_the_lowest_id_rank(scores: np.ndarray, k: int, chance: st.DataObject) -> None:
    ranks = np.array(chance.sample(range(len(scores)), len(scores)), dtype=np.int32)
    ranked = sorted(range(len(scores)), key=lambda n: (-scores[n], ranks[n]))[:k]
    heap = np.sort(scores)[::-1][:k][::-1].copy()
    assert np.flatnonzero(are_best(scores, ranks, k, heap)).tolist() == sorted(ranked)


@pytest.mark.parametrize("count", [0, 1, 2, 3, len(WORDS)])
@pytest.mark.parametrize("k", [0, 1, 10, 299, 300, 1000])
@pytest.mark.parametrize("levels", [1, 3, 1000])
def test_the_best_are_those_of_the_whole_list_with_the_bonus(
    reader: TermReader, count: int, k: int, levels: int
) -> None:
    near = proximity(reader, count)
    chance = np.random.default_rng(levels)
    docids = np.flatnonzero(chance.random(reader.segment.count) < 0.9).astype(np.int32)
    scores = (chance.integers(0, levels, len(docids)) / max(1, levels // 4)).astype(np.float32)
    finals = (scores + near.bonuses(docids)).astype(np.float32)
    ids = [reader.segment.id(docid) for docid in docids.tolist()]
    best = sorted(sorted(range(len(docids)), key=lambda n: (-finals[n], ids[n]))[:k])
    found = top_k_of_matches(Matches(docids, scores), k, near)
    assert found.total == len(docids)
    assert found.docids.tolist() == docids[best].tolist()
    assert found.scores.tobytes() == finals[best].tobytes()


@pytest.mark.parametrize("min_weight", [1, 3, 8])
def test_the_best_of_a_union_are_the_best_of_its_matches(reader: TermReader, min_weight: int) -> None:
    near, weights = proximity(reader, 4), [5, 2, 2, 1, 0]
    listed = Clause.of(Matches(np.arange(0, 300, 7, dtype=np.int32), np.ones(43, dtype=np.float32)), 0.5)
    asked = [*clauses(reader, 4), listed]
    matches = at_least(min_weight, asked, weights, reader.segment)
    as_arrays = clauses_of(min_weight, asked, weights, reader.segment)
    assert as_arrays is not None
    expected, found = top_k_of_matches(matches, 20, near), top_k_of_union(as_arrays, 20, near)
    assert found.total == expected.total > 0
    assert found.docids.tolist() == expected.docids.tolist()
    assert found.scores.tobytes() == expected.scores.tobytes()


@pytest.mark.parametrize("count", [2, len(WORDS)])
@pytest.mark.parametrize("k", [0, 1, 10, 300, 1000])
@pytest.mark.parametrize("levels", [1, 3, 1000])
def test_long_articles_are_ranked_like_all_others(reader: TermReader, count: int, k: int, levels: int) -> None:
    near, with_long = proximity(reader, count), proximity(reader, count)
    with_long.long_articles = np.arange(0, reader.segment.count, 3, dtype=np.int32)
    chance = np.random.default_rng(levels)
    docids = np.flatnonzero(chance.random(reader.segment.count) < 0.9).astype(np.int32)
    scores = (chance.integers(0, levels, len(docids)) / max(1, levels // 4)).astype(np.float32)
    expected, found = (top_k_of_matches(Matches(docids, scores), k, each) for each in (near, with_long))
    assert found.docids.tolist() == expected.docids.tolist()
    assert found.scores.tobytes() == expected.scores.tobytes()
    assert (found.total, found.is_complete) == (expected.total, True)
    bonuses, is_complete = bonuses_of(docids, with_long, NEVER)
    assert bonuses.tobytes() == near.bonuses(docids).tobytes()
    assert is_complete


def test_after_the_deadline_the_bonus_of_a_long_article_is_left_out(reader: TermReader) -> None:
    near = proximity(reader, 4)
    docids = np.arange(reader.segment.count, dtype=np.int32)
    near.long_articles = docids
    scores = np.arange(len(docids), dtype=np.float32)
    found = top_k_of_matches(Matches(docids, scores), 5, near, Deadline(-1))
    assert found.docids.tolist() == docids[-5:].tolist()
    assert found.scores.tolist() == scores[-5:].tolist()
    assert not found.is_complete
    bonuses, is_complete = bonuses_of(docids, near, Deadline(-1))
    assert not is_complete
    assert not bonuses.any()
