"""Bounds that do not bound are found when a segment is opened, and named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kb.article import Article
from kb.errors import IndexDamaged
from kb.segments.arrays import Arrays, write_arrays
from kb.segments.consistency import check_consistency
from kb.segments.segment import OpenSegment

from .articles import GRID, segment_of

PATH = Path("name.arrays")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Arrays:
    listed = [Article(id=f"{i}", title=f"Tea {i}", text="cups of tea. A night", tags=("x", "y")) for i in range(2)]
    return segment_of(tmp_path_factory.mktemp("segment"), listed).arrays


def test_the_arrays_of_a_segment_are_consistent(written: Arrays) -> None:
    check_consistency(PATH, written)


def descending(bounds: np.ndarray) -> np.ndarray:
    changed = bounds.copy()
    changed[len(bounds) // 2] = -5
    return changed


def beyond_the_end(bounds: np.ndarray) -> np.ndarray:
    changed = bounds.copy()
    changed[-1] += 1 << 40
    return changed


def not_from_zero(bounds: np.ndarray) -> np.ndarray:
    return bounds + 1


def of_another_type(bounds: np.ndarray) -> np.ndarray:
    return bounds.astype(np.float64)


def empty(bounds: np.ndarray) -> np.ndarray:
    return bounds[:0]


def one_short(bounds: np.ndarray) -> np.ndarray:
    return np.delete(bounds, len(bounds) // 2)


@pytest.mark.parametrize("harm", [descending, beyond_the_end, not_from_zero, of_another_type, empty])
def test_every_wrong_bound_is_named(written: Arrays, harm: Callable[[np.ndarray], np.ndarray]) -> None:
    names = [name for name in written if name.endswith("bounds")]
    assert len(names) > 12
    for name in names:
        with pytest.raises(IndexDamaged, match=rf"name.arrays is damaged: {name} are no ascending bounds of "):
            check_consistency(PATH, written | {name: harm(written[name])})


def test_every_column_has_a_row_for_each_article(written: Arrays) -> None:
    for name in ("bounds", "id_bounds", "text_bounds", "tag_bounds", "titled_bounds"):
        with pytest.raises(IndexDamaged, match=r"have not as many groups as (bounds|sorted_title_bounds)"):
            check_consistency(PATH, written | {name: one_short(written[name])})
    for name in ("days", "widths", "id_order", "title_ranks", "stem_of_word", "sorted_title_lengths"):
        with pytest.raises(IndexDamaged, match=f"{name} has no element for each group of "):
            check_consistency(PATH, written | {name: written[name][:1]})


def test_any_array_that_is_missing_is_named(written: Arrays) -> None:
    for name in written:
        with pytest.raises(IndexDamaged, match=f"it has no array {name}"):
            check_consistency(PATH, {key: value for key, value in written.items() if key != name})


def test_a_posting_has_two_offsets(written: Arrays) -> None:
    with pytest.raises(IndexDamaged, match="posting_offsets"):
        check_consistency(PATH, written | {"posting_offsets": written["posting_offsets"][:-1]})


def test_a_segment_with_a_wrong_bound_does_not_open(written: Arrays, tmp_path: Path) -> None:
    segment_of(tmp_path, [Article(id="a", title="Tea", text="tea")])
    path = tmp_path / "one.arrays"
    path.unlink()
    write_arrays(path, written | {"text_bounds": descending(written["text_bounds"])})
    with pytest.raises(IndexDamaged, match=f"{path} is damaged: text_bounds"):
        OpenSegment(tmp_path, "one", GRID, None)


def test_impacts_of_another_segment_do_not_open(tmp_path: Path) -> None:
    segment_of(tmp_path, [Article(id="a", title="Tea", text="tea")])
    path = next(tmp_path.glob("*.impacts"))
    path.unlink()
    write_arrays(path, {"impacts": np.ones(999, dtype=np.float32)})
    with pytest.raises(IndexDamaged, match="has no impact for each posting"):
        OpenSegment(tmp_path, "one", GRID, None)
