"""The proximity bonus of an article is the same to the bit, alone or among others, and is what the formula says."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from kb import ranking
from kb.deadline import NEVER, Deadline, DeadlinePassed
from kb.engine.cursors import new_cursors, seek
from kb.engine.galloping import postings_of
from kb.engine.proximity import bonus, bonus_bound, max_bonus, text_norm
from kb.segments.postings import TermReader
from tests.corpora import ANALYZER

from .one_segment import WORDS, clauses, open_reader, proximity


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> TermReader:
    return open_reader(tmp_path_factory.mktemp("near"))


@pytest.mark.parametrize("count", [2, 3, len(WORDS)])
def test_one_article_gains_the_same_as_among_many(reader: TermReader, count: int) -> None:
    near = proximity(reader, count)
    docids = np.arange(reader.segment.count, dtype=np.int32)
    alone = np.concatenate([near.bonuses(docids[n : n + 1]) for n in range(len(docids))])
    every = near.bonuses(docids)
    assert np.count_nonzero(every) > 100
    assert alone.tobytes() == every.tobytes()


@pytest.mark.parametrize("count", [0, 1, 2, 3, len(WORDS)])
def test_a_bonus_is_what_the_formula_says(reader: TermReader, count: int) -> None:
    idfs = {ANALYZER.stem(word): clause.boost for word, clause in zip(WORDS, clauses(reader, count), strict=False)}
    expected = []
    for docid in range(reader.segment.count):
        article = reader.segment.whole_article(docid)
        title, text = ([*map(ANALYZER.stem, ANALYZER.tokens(part).words)] for part in (article.title, article.text))
        gains = dict.fromkeys(idfs, 0.0)
        seen = [(position, stem) for position, stem in enumerate(title + text) if stem in idfs]
        for (position, one), (later, other) in pairwise(seen):
            if one != other and later - position <= ranking.PROXIMITY_WINDOW:
                gains[one] += idfs[other] / (later - position)
                gains[other] += idfs[one] / (later - position)
        norm = ranking.length_norm(len(text), reader.text_average)
        expected.append(sum(ranking.proximity(idfs[stem], gains[stem], norm) for stem in gains))
    found = proximity(reader, count).bonuses(np.arange(reader.segment.count, dtype=np.int32))
    assert found.tolist() == pytest.approx(expected)


def test_no_bonus_is_above_its_bounds(reader: TermReader) -> None:
    asked = clauses(reader, 4)
    idfs = np.array([clause.boost for clause in asked])
    ranges = np.array([clause[:2] for clause in asked], dtype=np.int64)
    inversion = reader.segment.inversion
    docids = np.arange(0, reader.segment.count, 10, dtype=np.int32)
    postings = postings_of(docids, ranges, inversion.docids, reader.segment.count)
    cursors, gains = new_cursors(4), np.empty(4)
    for n, docid in enumerate(docids.tolist()):
        seek(cursors, postings, n, inversion.offsets)
        norm = text_norm(inversion.bounds, inversion.title_tokens, docid, reader.text_average)
        bound = bonus_bound(idfs, cursors, norm)
        assert 0 <= bonus(idfs, cursors, inversion.positions, norm, gains) < min(bound, max_bonus(idfs))


@pytest.mark.parametrize("steps", [1, 7, 10**6])
def test_a_bonus_in_steps_is_the_same_to_the_bit(reader: TermReader, steps: int) -> None:
    near = proximity(reader, 4)
    docids = np.arange(0, reader.segment.count, 10, dtype=np.int32)
    found = [near.bonus_in_steps(docid, NEVER, steps) for docid in docids.tolist()]
    assert np.array(found).tobytes() == near.bonuses(docids).tobytes()


def test_a_bonus_is_given_up_at_the_deadline(reader: TermReader) -> None:
    docid = int(proximity(reader, 4).bonuses(np.arange(reader.segment.count, dtype=np.int32)).argmax())
    with pytest.raises(DeadlinePassed):
        proximity(reader, 4).bonus_in_steps(docid, Deadline(-1), steps=1)
