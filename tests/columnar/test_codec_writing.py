"""Whoosh's writer adds, deletes, updates and merges articles; its searcher finds what is there."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from whoosh.fields import STORED, Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.index import create_in, open_dir
from whoosh.query import And, Not, Phrase, Prefix, Term

from kb.analysis import Analyzer
from kb.errors import IndexFailure
from kb.indexing.checksums import file_problems
from kb.indexing.columnar.codec import ImpactWeighting
from kb.indexing.columnar.whoosh_segment import read_segments
from kb.indexing.columnar.writing import WritingCodec
from kb.indexing.generations import Generation
from kb.indexing.schema import day_number, make_schema
from kb.model import Article
from kb.search.ranking import idf
from tests.search.corpora import FIVE, Archive, Change, article, index_of

TREES = [
    Term("text", "sleep"),
    Term("word", "night"),
    Term("title", "melatonin"),
    Prefix("word", "ins"),
    Phrase("text", ["omega", "3"]),
    And([Term("text", "night"), Not(Term("text", "children"))]),
    Term("tag", "heart"),
]


@pytest.fixture
def index(tmp_path: Path) -> Any:
    folder = tmp_path / "whoosh"
    folder.mkdir()
    return create_in(str(folder), make_schema())


def write(index: Any, *articles: Article, **commit: Any) -> None:
    writer = index.writer(codec=WritingCodec())
    for each in articles:
        writer.add_document(id=each.id, title=each.title, body=each.text, record=each)
    writer.commit(**commit)


def scores(index: Any, tree: Any) -> dict[str, float]:
    with index.searcher(weighting=ImpactWeighting(idf)) as searcher:
        return {hit["id"]: pytest.approx(hit.score) for hit in searcher.search(tree, limit=None)}


def answers(index: Any) -> list[list[str]]:
    return [sorted(scores(index, tree)) for tree in TREES]


def stored(index: Any) -> dict[str, dict[str, Any]]:
    with index.reader() as reader:
        return {fields["id"]: fields for fields in reader.all_stored_fields()}


def test_what_is_added_through_whoosh_is_found_with_the_scores_of_our_own_index(index: Any, tmp_path: Path) -> None:
    write(index, *FIVE)
    ours = open_dir(str(index_of(tmp_path / "ours", Change(FIVE))))
    assert answers(index)[0] == ["a", "c", "e"]
    assert [scores(index, tree) for tree in TREES] == [scores(ours, tree) for tree in TREES]


def test_an_article_needs_no_more_than_an_id_a_title_and_a_body(index: Any) -> None:
    with index.writer(codec=WritingCodec()) as writer:
        writer.add_document(id="a", title="Green teas", body="Two cups.", published=day_number("2024-05-03"))
        writer.add_document(id="b", body="A cup of tea")
    assert sorted(scores(index, Term("text", "tea"))) == ["a", "b"]
    assert sorted(scores(index, Term("title_word", "teas"))) == ["a"]
    assert stored(index)["a"]["record"].published == "2024-05-03"
    with index.reader() as reader:
        assert [reader.column_reader("published")[number] for number in (0, 1)] == [day_number("2024-05-03"), 0]


def test_a_record_keeps_what_is_not_given_beside_it(index: Any) -> None:
    with index.writer(codec=WritingCodec()) as writer:
        writer.add_document(record=article("a", "Naps", "Short.", site="Sleep", tags=("Heart",), published="2024"))
    assert (stored(index)["a"]["title"], stored(index)["a"]["body"]) == ("Naps", "Short.")
    assert sorted(scores(index, And([Term("tag", "heart"), Term("site", "sleep")]))) == ["a"]
    assert stored(index)["a"]["record"].published == "2024"


def test_what_is_deleted_is_found_no_more(index: Any) -> None:
    write(index, *FIVE[:2], merge=False)
    write(index, *FIVE[2:], merge=False)
    with index.writer(codec=WritingCodec()) as writer:
        assert writer.delete_by_term("id", "c") == 1
        assert writer.delete_by_query(Term("text", "melatonin")) == 1
    assert sorted(stored(index)) == ["a", "d", "e"]
    assert answers(index)[0] == ["a", "e"]
    assert (index.doc_count(), index.doc_count_all()) == (3, 5)


def test_an_updated_article_takes_the_place_of_the_old_one(index: Any) -> None:
    write(index, *FIVE)
    with index.writer(codec=WritingCodec()) as writer:
        writer.update_document(id="b", title="Melatonin", body="A heart knows the hour.")
    assert index.doc_count() == 5
    assert stored(index)["b"]["body"] == "A heart knows the hour."
    assert sorted(scores(index, Term("text", "heart"))) == ["b"]
    assert sorted(scores(index, Term("text", "children"))) == []


def test_articles_of_the_same_id_are_deleted_together(index: Any) -> None:
    write(index, article("a", "One"), article("a", "Two"), article("b", "Three"))
    with index.writer(codec=WritingCodec()) as writer:
        assert writer.delete_by_term("id", "a") == 2
    assert list(stored(index)) == ["b"]


@pytest.mark.parametrize("parts", [(1,), (2, 4), (1, 2, 3, 4)])
def test_merged_segments_answer_as_they_did_apart_and_as_one_written_at_once(
    index: Any, tmp_path: Path, parts: tuple[int, ...]
) -> None:
    for first, last in zip((0, *parts), (*parts, 5), strict=True):
        write(index, *FIVE[first:last], merge=False)
    apart = answers(index)
    assert len(read_segments(Path(index.storage.folder))) == len(parts) + 1
    write(index, optimize=True)
    assert len(read_segments(Path(index.storage.folder))) == 1
    assert answers(index) == apart
    ours = open_dir(str(index_of(tmp_path / "ours", Change(FIVE))))
    assert [scores(index, tree) for tree in TREES] == [scores(ours, tree) for tree in TREES]
    assert {id_: fields["record"] for id_, fields in stored(index).items()} == {
        id_: fields["record"] for id_, fields in stored(ours).items()
    }


def test_merging_leaves_deleted_articles_out_for_good(index: Any) -> None:
    write(index, *FIVE[:3])
    write(index, *FIVE[3:], merge=False)
    with index.writer(codec=WritingCodec()) as writer:
        writer.delete_by_term("id", "b")
        writer.update_document(id="a", title="Apnea", body="Breathing stops.")
        writer.optimize = True
    assert (index.doc_count(), index.doc_count_all()) == (4, 4)
    with index.reader() as reader:
        assert not list(reader.expand_prefix("word", "melatonin"))
    names = {path.name.split(".")[0] for path in Path(index.storage.folder).glob("MAIN_*.*")}
    assert names == {read_segments(Path(index.storage.folder))[0].segment_id()}


def test_whoosh_merges_small_segments_by_itself(index: Any) -> None:
    for number in range(8):
        write(index, article(f"{number}", "Tea", f"Cup {number}"))
    assert len(read_segments(Path(index.storage.folder))) < 8
    assert len(scores(index, Term("text", "tea"))) == 8


def test_a_writer_that_is_cancelled_leaves_nothing(index: Any) -> None:
    write(index, *FIVE[:2])
    before = sorted(path.name for path in Path(index.storage.folder).iterdir())
    writer = index.writer(codec=WritingCodec())
    writer.add_document(id="z", title="Gone", body="Gone")
    writer.cancel()
    assert sorted(path.name for path in Path(index.storage.folder).iterdir()) == before
    assert sorted(stored(index)) == ["a", "b"]


def test_stems_are_those_of_the_codecs_language(index: Any) -> None:
    with index.writer(codec=WritingCodec(Analyzer("german"))) as writer:
        writer.add_document(id="a", title="Häuser", body="In den Häusern")
    assert sorted(scores(index, Term("text", Analyzer("german").stem("haus")))) == ["a"]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"title": "No id", "body": "at all"}, "needs an id"),
        ({"id": "a", "title": "Tea", "site": "Tea desk"}, "site: give"),
        ({"id": "a", "text": "Tea"}, "text: give"),
        ({"id": "a", "record": {"id": "a"}}, "`record` is an Article, not a dict"),
        ({"id": "a", "body": ["tea", "cup"]}, "is a string, not a list"),
    ],
)
def test_what_would_be_lost_is_refused(index: Any, document: dict[str, Any], reason: str) -> None:
    writer = index.writer(codec=WritingCodec())
    with pytest.raises(IndexFailure, match=reason):
        writer.add_document(**document)
    writer.add_document(id="b", title="Tea")
    writer.commit()
    assert list(stored(index)) == ["b"]


def test_fields_that_an_article_does_not_have_are_refused(tmp_path: Path) -> None:
    index = create_in(str(tmp_path), Schema(path=STORED))
    with index.writer(codec=WritingCodec()) as writer, pytest.raises(IndexFailure, match="no field 'path'"):
        writer.add_document(path="x")


def test_an_index_in_memory_is_refused() -> None:
    index = RamStorage().create_index(make_schema())
    with pytest.raises(IndexFailure, match="in a folder"):
        index.writer(codec=WritingCodec())


def test_several_processes_write_a_segment_each(index: Any) -> None:
    writer = index.writer(codec=WritingCodec(), procs=2, batchsize=2, multisegment=True)
    for each in FIVE:
        writer.add_document(id=each.id, title=each.title, body=each.text, record=each)
    writer.commit()
    assert answers(index)[0] == ["a", "c", "e"]


def test_several_processes_cannot_write_one_segment(index: Any) -> None:
    writer = index.writer(codec=WritingCodec(), procs=2, batchsize=2)
    for each in FIVE:
        writer.add_document(id=each.id, title=each.title, body=each.text)
    with pytest.raises(IndexFailure, match="multisegment=True"):
        writer.commit()


def test_a_published_generation_refuses_a_writer_and_stays_what_its_manifest_says(tmp_path: Path) -> None:
    generation = Archive(tmp_path / "index", *FIVE).build()
    with pytest.raises(IndexFailure, match="published generation"):
        open_dir(str(generation.path)).writer(codec=WritingCodec())
    assert file_problems(Generation(generation.path)) == []


def test_a_published_generation_refuses_whooshs_own_codec_before_its_contents_change(tmp_path: Path) -> None:
    generation = Archive(tmp_path / "index", *FIVE).build()
    copy = shutil.copytree(generation.path, tmp_path / "copy")
    index = open_dir(str(copy))
    before = answers(index)
    writer = index.writer()
    writer.delete_by_term("id", "a")
    writer.add_document(id="z", title="Sleep", body="Sleep")
    with pytest.raises(IndexFailure, match="published generation"):
        writer.commit()
    assert answers(open_dir(str(copy))) == before
