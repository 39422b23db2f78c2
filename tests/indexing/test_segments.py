"""The merge policy: few segments, and a small change costs little."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb.indexing.segments import MOST_SEGMENTS, segments_to_merge


def after(sizes: list[tuple[int, int]], written: int) -> list[int]:
    chosen = segments_to_merge(sizes, written)
    merged = written + sum(sizes[i][0] for i in chosen)
    return [living for i, (living, _) in enumerate(sizes) if i not in chosen] + ([merged] if merged else [])


@given(st.lists(st.integers(1, 40_000).map(lambda n: (n, n)), max_size=60), st.integers(0, 5_000))
def test_there_are_never_more_segments_than_allowed(sizes: list[tuple[int, int]], written: int) -> None:
    result = after(sizes, written)
    assert len(result) <= MOST_SEGMENTS
    assert sum(result) == written + sum(living for living, _ in sizes)


def test_a_small_change_beside_a_large_segment_leaves_that_alone() -> None:
    assert segments_to_merge([(16_000, 16_000)], 1) == []


def test_nothing_is_merged_where_nothing_is_written() -> None:
    assert segments_to_merge([(16_000, 16_000), (3, 3)], 0) == []


def test_a_segment_of_which_more_than_half_is_deleted_is_merged() -> None:
    assert segments_to_merge([(16_000, 16_000), (40, 100), (60, 100)], 0) == [1]


def test_a_thousand_small_changes_rewrite_each_article_a_few_times() -> None:
    sizes = [16_000]
    rewritten = 0
    for _ in range(1000):
        pairs = [(size, size) for size in sizes]
        rewritten += sum(sizes[i] for i in segments_to_merge(pairs, 1))
        sizes = after(pairs, 1)
    assert rewritten < 1000 * 6
    assert max(sizes) == 16_000
