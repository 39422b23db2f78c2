"""Damage changes contents, not times, is the same for the same seed, and can be undone."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from bench.reliability.rot import KINDS, Damage, Kind, draw_damage
from kb.segments.arrays import write_arrays


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_arrays(tmp_path / "one.arrays", {"few": np.arange(7), "none": np.empty(0), "many": np.arange(5000)})
    (tmp_path / "small.toc").write_bytes(bytes(range(1, 200)))
    return tmp_path


def contents(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Content, inode and time of change of every file."""
    return {
        path.name: (path.read_bytes(), path.stat().st_ino, path.stat().st_mtime_ns) for path in sorted(folder.iterdir())
    }


@pytest.mark.parametrize("kind", KINDS)
def test_damage_is_done_and_undone_to_the_same_files_at_the_same_time(folder: Path, kind: Kind) -> None:
    chance = random.Random(3)
    whole = contents(folder)
    for _ in range(20):
        damage = draw_damage(chance, folder, {kind: 1})
        damage.do()
        harmed = contents(folder)
        assert {name for name in whole if whole[name] != harmed[name]} == {path.name for path in damage.before}
        assert [entry[1:] for entry in harmed.values()] == [entry[1:] for entry in whole.values()]
        damage.undo()
        assert contents(folder) == whole


def difference(damage: Damage) -> list[int]:
    """Offsets of the bytes that differ, of damage to a single file that keeps the size."""
    ((before, after),) = zip(damage.before.values(), damage.after.values(), strict=True)
    assert len(before) == len(after)
    return [offset for offset in range(len(before)) if before[offset] != after[offset]]


def test_a_flip_is_one_bit_and_zeros_are_in_one_page(folder: Path) -> None:
    chance = random.Random(4)
    flips = [draw_damage(chance, folder, {"bit": 1}) for _ in range(60)]
    for damage in flips:
        (offset,) = difference(damage)
        (path,) = damage.before
        assert (damage.before[path][offset] ^ damage.after[path][offset]).bit_count() == 1
    # Every part of a file of arrays is met: header, the small array, and the large one.
    assert len({path.name for damage in flips for path in damage.before}) == 2
    offsets = sorted(difference(damage)[0] for damage in flips if "one.arrays" in str(*damage.before))
    assert offsets[0] < 200 < 1000 < offsets[-1]
    for _ in range(20):
        offsets = difference(draw_damage(chance, folder, {"zeros": 1}))
        assert offsets[0] // 4096 == offsets[-1] // 4096


def test_the_same_seed_draws_the_same_damage(folder: Path) -> None:
    one, other = (draw_damage(random.Random(5), folder) for _ in range(2))
    assert one == other
    assert len({draw_damage(random.Random(seed), folder).kind for seed in range(80)}) == len(KINDS)
