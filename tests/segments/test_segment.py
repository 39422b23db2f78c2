"""An open segment looks articles up, forgets deleted ones, merges, and names what is damaged."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.article import Article
from kb.errors import IndexDamaged
from kb.segments import layout as layout_module
from kb.segments import segment as segment_module
from kb.segments.arrays import MAGIC
from kb.segments.batch import join
from kb.segments.postings import TermReader
from kb.segments.segment import NameColumn, OpenSegment, TextColumns, TokenColumns

from .articles import ANALYZER, GRID, lists, postings_of, random_lists, segment_of, words_of, written


@random_lists
@given(listed=lists, cuts=st.tuples(st.integers(0, 8), st.integers(0, 8)))
def test_merging_is_the_same_as_building_at_once(listed: list[Article], cuts: tuple[int, int]) -> None:
    first, second = sorted(cuts)
    parts = [listed[:first], listed[first:second], listed[second:]]
    with TemporaryDirectory() as name:
        folder = Path(name)
        segments = [segment_of(folder, part, f"part{i}") for i, part in enumerate(parts)]
        merged = written(folder, join([segment.batch() for segment in segments]), "merged")
        at_once = segment_of(folder, listed, "once")
        assert_same_files(folder, merged, at_once)


def assert_same_files(folder: Path, one: OpenSegment, other: OpenSegment) -> None:
    assert list(one.arrays) == list(other.arrays)
    for name, array in one.arrays.items():
        assert array.dtype == other.arrays[name].dtype, name
        assert array.tolist() == other.arrays[name].tolist(), name
    assert one.impacts.tolist() == other.impacts.tolist()
    for suffix in ("words", "stems"):
        assert (folder / f"{one.name}.{suffix}").read_bytes() == (folder / f"{other.name}.{suffix}").read_bytes()


@random_lists
@given(listed=lists, data=st.data())
def test_deleted_articles_are_not_found_and_leave_nothing_behind(listed: list[Article], data: st.DataObject) -> None:
    live = np.array(data.draw(st.lists(st.booleans(), min_size=len(listed), max_size=len(listed))), dtype=bool)
    left = [article for article, lives in zip(listed, live, strict=True) if lives]
    with TemporaryDirectory() as name:
        folder = Path(name)
        segment_of(folder, listed)
        segment = OpenSegment(folder, "one", GRID, live)
        reader = TermReader(segment, GRID, ANALYZER)
        for docid, article in enumerate(listed):
            assert segment.find(article.id) == (docid if live[docid] else None)
        for stem, articles in postings_of(listed).items():
            expected = [docid for docid in sorted(articles) if live[docid]]
            assert segment.frequency(segment.postings(stem)) == len(expected)
            assert reader.term("text", stem).docids.tolist() == expected
        titles = sum(len(words_of(article)[0]) for article in left)
        assert segment.token_totals == (len(left), titles, sum(len(words_of(article)[1]) for article in left))
        assert_same_files(folder, written(folder, segment.batch(), "merged"), segment_of(folder, left, "left"))


def test_articles_whose_ids_share_a_hash_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (layout_module, segment_module):
        monkeypatch.setattr(module, "hash_of", lambda key: len(key) % 2)
    listed = [Article(id="x" * length, title=f"t{length}", text="tea") for length in range(1, 10)]
    segment = segment_of(tmp_path, listed)
    assert [segment.find(article.id) for article in listed] == list(range(9))
    assert segment.find("y") is segment.find("x" * 10) is None
    gone = OpenSegment(tmp_path, "one", GRID, np.array([False, *[True] * 8]))
    assert [gone.find(article.id) for article in listed] == [None, *range(1, 9)]


def test_a_segment_of_which_a_file_is_missing_or_no_longer_one_is_damaged(tmp_path: Path) -> None:
    segment_of(tmp_path, [Article(id="1", title="Tea", text="A cup of tea.")])
    for path in sorted(tmp_path.iterdir()):
        whole = path.read_bytes()
        for harm in (path.unlink, lambda path=path: path.write_bytes(b"no segment")):
            harm()
            with pytest.raises(IndexDamaged, match=path.name):
                OpenSegment(tmp_path, "one", GRID, None)
        path.write_bytes(whole)
    assert OpenSegment(tmp_path, "one", GRID, None).count == 1


@pytest.mark.parametrize("file", ["one.arrays", "one.20-60.impacts"])
def test_a_segment_of_an_older_layout_is_named(tmp_path: Path, file: str) -> None:
    segment_of(tmp_path, [Article(id="1", title="Tea", text="A cup of tea.")])
    content = (tmp_path / file).read_bytes()
    (tmp_path / file).write_bytes(MAGIC[:7] + b"1" + content[8:])
    with pytest.raises(IndexDamaged, match=f"{file} was made by an older kb; make the index anew with: kb index"):
        OpenSegment(tmp_path, "one", GRID, None)


def test_a_segment_without_its_impacts_is_opened_for_its_articles(tmp_path: Path) -> None:
    segment_of(tmp_path, [Article(id="1", title="Tea", text="A cup of tea.")])
    (tmp_path / "one.20-60.impacts").unlink()
    segment = OpenSegment(tmp_path, "one", None, None)
    assert segment.impacts.tolist() == []
    assert segment.batch().texts == [b"A cup of tea."]


@random_lists
@given(listed=lists)
def test_articles_come_back_packed_and_whole(listed: list[Article]) -> None:
    with TemporaryDirectory() as folder:
        segment = segment_of(Path(folder), listed)
        batch = segment.batch()
        rows = zip(batch.records, batch.texts, batch.widths.tolist(), strict=True)
        assert [segment.packed(docid) for docid in range(segment.count)] == list(rows)
        assert [segment.whole_article(docid) for docid in range(segment.count)] == listed
        assert segment.ids(range(segment.count)) == [article.id for article in listed]
        for docid, article in enumerate(listed):
            assert segment.article(docid).text == ""
            key = " ".join(map(ANALYZER.stem, words_of(article)[0]))
            assert docid in segment.titled(key)
            assert all(" ".join(map(ANALYZER.stem, words_of(listed[n])[0])) == key for n in segment.titled(key))


def test_columns_are_arrays_of_the_layout_by_their_names(tmp_path: Path) -> None:
    segment = segment_of(tmp_path, [Article(id="1", title="Tea", text="Tea. Cup.", tags=("b", "a", "b"))])
    for columns in (segment.token_columns, segment.text_columns):
        assert isinstance(columns, TokenColumns | TextColumns)
        assert all(array is segment.arrays[name] for name, array in columns._asdict().items())
    assert segment.inversion.docids is segment.arrays["posting_docids"]
    assert isinstance(segment.name_columns["tag"], NameColumn)
    assert segment.name_columns["tag"].codes.tolist() == [0, 1]
    assert segment.name_columns["site"].bounds.tolist() == [0, 0]


def test_a_term_of_a_field_of_words_is_looked_up_by_its_stem_and_known_as_written(tmp_path: Path) -> None:
    segment = segment_of(tmp_path, [Article(id="1", title="Cups", text="A cup of tea.")])
    stem = segment.postings(ANALYZER.stem("cups"))
    assert segment.postings_in("body", ANALYZER.stem("cups")) == segment.postings_in("body_word", "cups") == stem
    assert segment.words.restore_key(segment.word_in("body_word", "cups")) == "cups"
    assert (segment.word_in("body", "cups"), segment.word_in("word", "unheard")) == (-1, -1)
    assert segment.postings_in("word", "unheard") == slice(0, 0)
