"""The table of contents keeps the state of a generation, refuses to be written by Whoosh, and tells its age."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from whoosh.codec.base import Segment
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, open_dir

from kb.errors import IndexDamaged, IndexFailure
from kb.indexing.builder import Builder
from kb.indexing.verification import check
from kb.search.live import open_index
from kb.segments.impacts import Grid
from kb.segments.schema import make_schema
from kb.segments.whoosh_toc import INDEX_NAME, ColumnarSegment, PublishedSchema, read_segments, write_segments
from kb.storage.checksums import measure
from kb.storage.generations import Generation, Generations
from kb.storage.manifest import read_manifest, write_manifest
from kb.storage.rollback import rollback
from kb.storage.status import index_status
from tests.corpora import ANALYZER, Change, article, index_of
from tests.indexing.fakes import FakeCorpus, texts_of

from .articles import random_lists

OLD_MODULE = "kb.indexing.columnar.whoosh_segment"
"""Where the classes of a table of contents were before kb/segments."""

MADE_BY_OLDER = "was made by an older kb; make the index anew with: kb index"


@random_lists
@given(count=st.integers(1, 30), data=st.data())
def test_a_state_is_the_same_files_with_other_deletions(count: int, data: st.DataObject) -> None:
    segment = ColumnarSegment(count, Grid(1, 2))
    deleted = data.draw(st.sets(st.integers(0, count - 1)))
    state = segment.with_state(deleted, Grid(3, 4))
    assert (state.segment_id(), state.count, state.grid) == (segment.segment_id(), count, (3, 4))
    assert state.deleted == tuple(sorted(deleted))
    assert (state.deleted_count(), state.doc_count(), state.has_deletions()) == (
        len(deleted),
        count - len(deleted),
        bool(deleted),
    )
    assert [docid for docid in range(count + 20) if state.is_deleted(docid)] == sorted(deleted)
    live = state.live()
    expected = np.isin(np.arange(count), sorted(deleted), invert=True).tolist()
    assert live.tolist() == expected if live is not None else all(expected)
    assert segment.deleted == ()
    assert state.with_state((), Grid(3, 4)).live() is None


def test_segments_come_back_as_they_were_written(tmp_path: Path) -> None:
    segments = [ColumnarSegment(9, Grid(1, 2)).with_state([2, 8], Grid(1, 2)), ColumnarSegment(1, Grid(1, 2))]
    for _ in range(2):
        write_segments(tmp_path, make_schema(), segments)
        assert [path.name[-4:] for path in tmp_path.iterdir()] == [".toc"]
        read = read_segments(tmp_path)
        assert [vars(segment) for segment in read] == [vars(segment) for segment in segments]


def test_whoosh_cannot_write_to_a_published_folder(tmp_path: Path) -> None:
    folder = index_of(tmp_path / "index", Change([article("a", "Tea", "A cup."), article("b", "Cup")]))
    contents = {path.name: path.read_bytes() for path in folder.iterdir()}
    writer = open_dir(str(folder)).writer()
    writer.add_document(id="c", title="New")
    with pytest.raises(IndexFailure, match="never changes: change the articles and run kb index"):
        writer.commit()
    assert {name: (folder / name).read_bytes() for name in contents} == contents
    with open_dir(str(folder)).reader() as reader:
        assert reader.doc_count() == 2
    with pytest.raises(NotImplementedError):
        read_segments(folder)[0].delete_document(0)


def made_by_older_kb(folder: Path) -> None:
    """Give a folder a table of contents whose classes are in a module that is gone."""
    segments = read_segments(folder)
    (toc,) = folder.glob("*.toc")
    old_segment = type("ColumnarSegment", (Segment,), {"__module__": OLD_MODULE})
    old_schema = type("PublishedSchema", (Schema,), {"__module__": OLD_MODULE})
    module = ModuleType(OLD_MODULE)
    module.__dict__.update(ColumnarSegment=old_segment, PublishedSchema=old_schema)
    toc.unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, OLD_MODULE, module)
        schema = old_schema(**dict(make_schema().items()))
        old = [old_segment(INDEX_NAME) for _ in segments]
        TOC(schema, old, int(toc.stem.rpartition("_")[2])).write(FileStorage(str(folder)), INDEX_NAME)


def test_a_table_of_contents_of_an_older_kb_is_named(tmp_path: Path) -> None:
    write_segments(tmp_path, make_schema(), [ColumnarSegment(1, Grid(1, 2))])
    made_by_older_kb(tmp_path)
    with pytest.raises(IndexDamaged, match=f"^{tmp_path} {MADE_BY_OLDER}$"):
        read_segments(tmp_path)


def test_a_table_of_contents_whose_class_is_gone_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_segments(tmp_path, make_schema(), [ColumnarSegment(1, Grid(1, 2))])
    monkeypatch.delattr(sys.modules[PublishedSchema.__module__], "PublishedSchema")
    with pytest.raises(IndexDamaged, match=MADE_BY_OLDER):
        read_segments(tmp_path)


@pytest.fixture
def corpus() -> FakeCorpus:
    return FakeCorpus({"a.md": "tea leaves", "b.md": "coffee beans", "c.md": "a cup"})


@pytest.fixture
def old(tmp_path: Path, corpus: FakeCorpus) -> Iterator[Path]:
    """An index folder whose generation, whole as its manifest says, was made by an older kb."""
    folder = tmp_path / "index"
    Builder(folder, ANALYZER).build(corpus)
    generation = Generations(folder).current().path
    made_by_older_kb(generation)
    manifest = read_manifest(generation).content
    files = {name: measure(generation / name) for name in manifest.index_files}
    older = {**manifest.fingerprint, "layout": "3"}
    write_manifest(generation, replace(manifest, index_files=files, fingerprint=older))
    return folder


def test_a_generation_of_an_older_kb_is_named_by_all_that_reads_it(old: Path) -> None:
    generation = Generations(old).current()
    assert check(generation) == [f"{generation.path} {MADE_BY_OLDER}"]
    with pytest.raises(IndexDamaged, match=MADE_BY_OLDER):
        open_index(old)
    with pytest.raises(IndexDamaged, match=MADE_BY_OLDER):
        rollback(old, generation.number)
    assert index_status(old).current == generation.name


def built_upon(folder: Path, corpus: FakeCorpus) -> Generation:
    report = Builder(folder, ANALYZER).build(corpus)
    assert report.published
    assert report.rebuilt_because[0].startswith("layout changed from 3 to ")
    return Generations(folder).current()


def test_a_build_upon_an_older_kb_makes_the_index_anew(old: Path, corpus: FakeCorpus) -> None:
    generation = built_upon(old, corpus)
    assert check(generation) == []
    assert texts_of(generation) == corpus.texts
    with pytest.raises(IndexDamaged, match=MADE_BY_OLDER):
        rollback(old)
    assert Generations(old).current() == generation


def test_a_build_upon_an_older_kb_drops_what_can_no_longer_be_read(old: Path, corpus: FakeCorpus) -> None:
    corpus.break_file("b.md", "no text")
    report = Builder(old, ANALYZER).build(corpus)
    assert (report.articles, report.unchanged, report.kept) == (2, 2, 0)
    assert [reason for _, reason in report.skipped] == [
        "b.md: the earlier version cannot be read any more",
        "no text",
    ]
    assert check(Generations(old).current()) == []
