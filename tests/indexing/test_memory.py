"""However little memory a build has, the index answers the same."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kb.indexing.draft import MOST_SEGMENTS
from kb.segments.whoosh_toc import read_segments
from tests.corpora import Change, index_of, left_by
from tests.engine.test_oracle import random_articles
from tests.engine.test_segments import assert_alike, random_requests, searcher_over


@pytest.mark.parametrize("merged", [False, True])
def test_articles_written_a_few_at_a_time_are_found_like_all_at_once(tmp_path: Path, merged: bool) -> None:
    chance = random.Random(21)
    changes = [Change(random_articles(chance, range(90))), Change(random_articles(chance, range(80, 110)), ["003"])]
    little = index_of(tmp_path / "little", *changes, merged=merged, at_once=4, memory_mb=0)
    much = index_of(tmp_path / "much", Change(left_by(changes)), merged=True)
    assert len(read_segments(little)) <= MOST_SEGMENTS if merged else len(read_segments(little)) > 4
    assert_alike(searcher_over(much), searcher_over(little), list(random_requests(chance, 150)))
