from __future__ import annotations

import gzip
from collections.abc import Sequence
from math import log2
from pathlib import Path

import msgspec
import pytest

from bench.articles import Article
from bench.engines.ours import Engine
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
    folder = tmp_path / "relevance" / "small"
    folder.mkdir(parents=True)
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


def test_the_command_prints_a_column_for_each_collection_with_and_without_nearness(
    collection: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([str(collection.parents[1])])

    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "| nDCG@10 | small |"
    assert "| kb, match=most | 1.0000 |" in printed
    assert "| kb, match=most, without nearness | 1.0000 |" in printed


def test_the_page_has_the_command_without_the_place_of_the_data(
    collection: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = [str(collection.parents[1]), "small", "--write", str(tmp_path / "page.md")]
    monkeypatch.setattr("sys.argv", ["relevance", *arguments[:2]])
    main(arguments)

    page = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert page.startswith("# Relevance\n")
    assert " DATA small`" in page
    assert str(tmp_path) not in page
    assert "| kb, match=any | 1.0000 |" in page


def test_without_nearness_words_that_stand_together_gain_nothing(tmp_path: Path) -> None:
    engine = Engine(tmp_path / "index")
    filler = "and it is the one that was there "
    engine.build([
        Article("a", "One", f"headache {filler * 9} migraine"),
        Article("b", "One", f"headache migraine {filler * 9}"),
        Article("c", "Two", "nothing of the kind"),
    ])  # fmt: skip
    engine.open()

    assert engine.ranking("headache migraine", "most") == ["b", "a"]
    assert engine.ranking("headache migraine", "most", nearness=False) == ["a", "b"]
    engine.close()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [([], "has no collection: a folder with docs.jsonl.gz"), (["large"], "large; there are small")],
)
def test_what_cannot_be_measured_is_named(
    collection: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    data = collection.parents[1] if arguments else collection
    with pytest.raises(SystemExit):
        main([str(data), *arguments])

    assert said in capsys.readouterr().err
