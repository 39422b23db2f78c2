from __future__ import annotations

import gzip
from collections.abc import Sequence
from math import log2
from pathlib import Path

import msgspec
import pytest

from bench.relevance import Collection, main, mean_ndcg, ndcg

SECOND = 1 / log2(3)
THIRD = 1 / log2(4)


@pytest.mark.parametrize(
    ("ranking", "grades", "expected"),
    [
        (["a", "b"], {"a": 1}, 1.0),
        (["b", "a"], {"a": 1}, SECOND),
        (["b", "c"], {"a": 1}, 0.0),
        ([], {"a": 1}, 0.0),
        (["b", "a"], {"a": 3, "b": 1}, (1 + 3 * SECOND) / (3 + SECOND)),
        # What was not found counts: the ideal ranking is that of all judgments.
        (["a"], {"a": 1, "b": 1, "c": 1}, 1 / (1 + SECOND + THIRD)),
        # Only ten places count, in the ideal ranking too.
        ([*"0123456789", "a"], {"a": 1}, 0.0),
        ([*"0123456789"], dict.fromkeys("0123456789ab", 1), 1.0),
    ],
)
def test_ndcg_of_rankings_made_by_hand(ranking: Sequence[str], grades: dict[str, int], expected: float) -> None:
    assert ndcg(ranking, grades) == pytest.approx(expected)


def test_a_query_without_a_relevant_article_has_no_ndcg() -> None:
    assert ndcg(["a"], {"a": 0}) is None


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    folder = tmp_path / "small"
    folder.mkdir()
    rows = [
        {"id": "d1", "title": "Migraine", "text": "A headache on one side of the head."},
        {"id": "d2", "title": "Asthma", "text": "Wheezing and shortness of breath."},
    ]
    with gzip.open(folder / "docs.jsonl.gz", "wb") as lines:
        lines.write(b"\n".join(msgspec.json.encode(row) for row in rows))
    (folder / "queries.tsv").write_text("q1\theadache\nq2\twheezing\nq3\tnobody judged this\n")
    (folder / "qrels.tsv").write_text("q1\td1\t1\nq2\td1\t-1\nq2\td2\t2\n")
    return folder


def test_the_mean_is_over_the_judged_queries(collection: Path) -> None:
    found = {"headache": ["d1"], "wheezing": ["d1", "d2"]}

    assert mean_ndcg(Collection(collection), found.__getitem__) == pytest.approx((1 + SECOND) / 2)


def test_the_command_prints_a_row_for_each_collection(collection: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(collection.parent)])

    assert "| small | 1.0000 | 1.0000 | 1.0000 |" in capsys.readouterr().out
