"""A segment holds its articles to the letter, and an inversion of them that is right by looking at each."""

from __future__ import annotations

from collections.abc import Sequence
from math import isclose
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kb.article import Article
from kb.errors import IndexDamaged
from kb.segments import layout as layout_module
from kb.segments import segment as segment_module
from kb.segments.arrays import open_arrays, unpack_string, write_arrays
from kb.segments.batch import analyse, join
from kb.segments.impacts import STEPS, Grid, grid_of, impacts
from kb.segments.page_texts import StoredText, lay_stretch, texts_of
from kb.segments.postings import TermReader
from kb.segments.segment import OpenSegment

from .articles import ANALYZER, GRID, lists, postings_of, segment_of, stems_of, words_of, written

random_lists = settings(max_examples=60, deadline=None, derandomize=True)


def assert_holds(segment: OpenSegment, listed: Sequence[Article]) -> None:
    """The segment gives back every article, every token of it and every posting."""
    assert segment.count == len(listed)
    names = [segment.words.restore_key(number) for number in range(len(segment.words))]
    starts, lengths = segment.arrays["starts"], segment.arrays["lengths"]
    for number, article in enumerate(listed):
        begin, end = segment.inversion.bounds[number : number + 2].tolist()
        split = begin + int(segment.inversion.title_tokens[number])
        for text, here in ((article.title, slice(begin, split)), (article.text, slice(split, end))):
            tokens = ANALYZER.tokens(text)
            assert [names[word] for word in segment.arrays["tokens"][here].tolist()] == tokens.words
            assert starts[here].tolist() == tokens.starts.tolist()
            assert (starts[here] + lengths[here]).tolist() == tokens.ends.tolist()
        assert segment.whole_article(number) == article
        assert segment.id(number) == article.id
        assert segment.find(article.id) == number
        assert number in segment.hashed("title", " ".join(stems_of(article)[0]))
    assert_inverted(segment, listed)


def assert_inverted(segment: OpenSegment, listed: Sequence[Article]) -> None:
    expected = postings_of(listed)
    assert sorted(segment.stems.keys()) == sorted(expected)
    stems = [ANALYZER.stem(segment.words.restore_key(word)) for word in segment.arrays["tokens"].tolist()]
    for stem, articles in expected.items():
        postings = segment.postings(stem)
        assert segment.inversion.docids[postings].tolist() == sorted(articles)
        assert segment.frequency(postings) == len(articles)
        for posting in range(postings.start, postings.stop):
            article = int(segment.inversion.docids[posting])
            places = segment.inversion.positions[
                segment.inversion.offsets[posting] : segment.inversion.offsets[posting + 1]
            ].tolist()
            begin, end = segment.inversion.bounds[article : article + 2].tolist()
            assert places == [token for token in range(begin, end) if stems[token] == stem]
            assert (int(segment.arrays["posting_in_title"][posting]), len(places)) == (
                articles[article][0],
                sum(articles[article]),
            )
    known = {word for article in listed for part in words_of(article) for word in part}
    assert set(segment.words.keys()) == known
    for word in known:
        having = [n for n, article in enumerate(listed) if any(word in part for part in words_of(article))]
        assert segment.arrays["word_articles"][segment.words[word]] == len(having)
    assert sorted(segment.inversion.positions.tolist()) == list(range(len(stems)))
    assert segment.postings("unheard") == segment.postings_of_word("unheard") == slice(0, 0)


@random_lists
@given(listed=lists)
def test_every_article_token_and_posting_is_there(listed: list[Article]) -> None:
    with TemporaryDirectory() as folder:
        assert_holds(segment_of(Path(folder), listed), listed)


@random_lists
@given(listed=lists, cuts=st.tuples(st.integers(0, 8), st.integers(0, 8)))
def test_merging_is_the_same_as_building_at_once(listed: list[Article], cuts: tuple[int, int]) -> None:
    first, second = sorted(cuts)
    parts = [listed[:first], listed[first:second], listed[second:]]
    with TemporaryDirectory() as name:
        folder = Path(name)
        segments = [segment_of(folder, part, f"part{number}") for number, part in enumerate(parts)]
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
        for number, article in enumerate(listed):
            assert segment.find(article.id) == (number if live[number] else None)
        for stem, articles in postings_of(listed).items():
            expected = [number for number in sorted(articles) if live[number]]
            assert segment.frequency(segment.postings(stem)) == len(expected)
            assert reader.term("text", stem).articles.tolist() == expected
        titles = sum(len(words_of(article)[0]) for article in left)
        assert segment.token_totals == (len(left), titles, sum(len(words_of(article)[1]) for article in left))
        assert_same_files(folder, written(folder, segment.batch(), "merged"), segment_of(folder, left, "left"))


@pytest.mark.parametrize(
    ("text", "width"), [("", 1), ("tea", 1), ("Thé ÿ", 1), ("tea — 睡眠", 2), ("\ud800 alone", 2), ("tea 𝔘 睡 é", 4)]
)
def test_a_text_is_read_from_any_character_to_any(tmp_path: Path, text: str, width: int) -> None:
    before = Article(id="a", title="before", text="é睡𝔘")
    segment = segment_of(tmp_path, [before, Article(id="b", title="t", text=text)])
    assert segment.arrays["widths"].tolist() == [4, width]
    assert segment.text(1) == text
    texts = texts_of([segment], np.array([(0, 1)]))
    stored = StoredText(texts, 0)
    assert stored.length == len(text)
    for start in range(len(text) + 1):
        for end in range(start, len(text) + 1):
            assert stored.part(start, end) == text[start:end]
            points = np.zeros(len(text), dtype=np.uint32)
            assert lay_stretch(points, 0, texts.content, texts.runs[0], start, end) == end - start
            assert points[: end - start].tolist() == [ord(character) for character in text[start:end]]


def test_texts_of_several_segments_are_what_they_are_alone(tmp_path: Path) -> None:
    listed = [Article(id=str(n), title="t", text=text) for n, text in enumerate(["Tea. Rest — 睡眠.", "Thé.", ""])]
    segments = [segment_of(tmp_path, [article], article.id) for article in listed]
    page = np.array([(2, 0), (0, 0), (1, 0), (0, 0)])
    joined = texts_of(segments, page)
    for row, (segment, _) in enumerate(page.tolist()):
        alone, stored = StoredText(texts_of(segments, page[row : row + 1]), 0), StoredText(joined, row)
        assert stored.part(0, stored.length) == alone.part(0, alone.length) == listed[segment].text
        assert [column.tolist() for column in stored.sentences] == [column.tolist() for column in alone.sentences]
        _, _, _, first, last, _, _ = joined.runs[row]
        assert joined.token_starts[first:last].tolist() == ANALYZER.tokens(listed[segment].text).starts.tolist()


@random_lists
@given(listed=lists, grid=st.builds(Grid, st.integers(-20, 80), st.integers(-20, 160)))
def test_impacts_are_those_of_the_formula(listed: list[Article], grid: Grid) -> None:
    with TemporaryDirectory() as folder:
        segment = segment_of(Path(folder), listed)
        found = impacts(segment.arrays, grid)
        title_average, text_average = 2 ** (grid.title / STEPS), 2 ** (grid.text / STEPS)
        for stem, articles in postings_of(listed).items():
            postings = segment.postings(stem)
            for posting in range(postings.start, postings.stop):
                number = int(segment.inversion.docids[posting])
                title, text = words_of(listed[number])
                in_title, in_text = articles[number]
                weight = 3 * in_title / (0.25 + 0.75 * len(title) / title_average)
                weight += in_text / (0.25 + 0.75 * len(text) / text_average)
                assert isclose(float(found[posting]), weight / (1.5 + weight), rel_tol=1e-5)
        assert found.dtype == np.float32


@pytest.mark.parametrize(("articles", "tokens"), [(1, 1), (10, 57), (1000, 123_456), (3, 1), (16_407, 3_000_000)])
def test_the_average_of_the_grid_is_near_the_true_one(articles: int, tokens: int) -> None:
    title, text = grid_of(articles, tokens, 2 * tokens).averages
    assert title == pytest.approx(tokens / articles, rel=0.0221)
    assert text == pytest.approx(2 * tokens / articles, rel=0.0221)


def test_a_few_more_articles_seldom_move_the_grid() -> None:
    grids = {grid_of(1000 + more, 5000 + 6 * more, 200_000 + 190 * more) for more in range(50)}
    assert len(grids) <= 2
    assert grid_of(0, 0, 0) == (0, 0)


def test_articles_whose_ids_share_a_hash_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (layout_module, segment_module):
        monkeypatch.setattr(module, "hash_of", lambda key: len(key) % 2)
    listed = [Article(id="x" * length, title=f"t{length}", text="tea") for length in range(1, 10)]
    segment = segment_of(tmp_path, listed)
    assert [segment.find(article.id) for article in listed] == list(range(9))
    assert segment.find("y") is segment.find("x" * 10) is None
    gone = OpenSegment(tmp_path, "one", GRID, np.array([False, *[True] * 8]))
    assert [gone.find(article.id) for article in listed] == [None, *range(1, 9)]


def test_a_title_without_a_word_and_an_article_without_any_are_kept(tmp_path: Path) -> None:
    listed = [
        Article(id="a", title="!", text="tea"),
        Article(id="b", title="—", text="…"),
        Article(id="c", title="", text=""),
        Article(id="d", title="Tea", text=""),
    ]
    assert_holds(segment_of(tmp_path, listed), listed)
    silent = [replace(article, text="") for article in listed[:3]]
    assert_holds(segment_of(tmp_path, silent, "silent"), silent)


def test_a_segment_of_no_article_finds_nothing(tmp_path: Path) -> None:
    segment = segment_of(tmp_path, [])
    reader = TermReader(segment, GRID, ANALYZER)
    assert_holds(segment, [])
    assert segment.token_totals == (0, 0, 0)
    assert segment.find("a") is None
    for field in ("text", "title", "body", "word", "title_word", "body_word", "title_key", "site", "tag"):
        assert reader.term(field, "tea").articles.tolist() == []
        assert list(reader.terms(field)) == []
    assert join([]).words == join([segment.batch(), analyse([])]).words == []


def test_a_name_that_an_article_has_twice_counts_once(tmp_path: Path) -> None:
    segment = segment_of(tmp_path, [Article(id="a", title="t", text="", tags=("tea", "Tea", "tea"))])
    assert np.diff(segment.arrays["tag_bounds"]).tolist() == [2]


def test_the_files_of_a_segment_are_never_written_over(tmp_path: Path) -> None:
    segment_of(tmp_path, [Article(id="a", title="t", text="tea")])
    with pytest.raises(FileExistsError):
        segment_of(tmp_path, [])
    assert open_arrays(tmp_path / "one.arrays")["bounds"].tolist() == [0, 2]


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


def test_a_segment_of_an_older_layout_is_named(tmp_path: Path) -> None:
    segment = segment_of(tmp_path, [Article(id="1", title="Tea", text="A cup of tea.")])
    (tmp_path / "one.arrays").unlink()
    write_arrays(tmp_path / "one.arrays", {k: v for k, v in segment.arrays.items() if not k.startswith("sorted_")})
    with pytest.raises(IndexDamaged, match="made by an older kb; make the index anew with: kb index"):
        OpenSegment(tmp_path, "one", GRID, None)


def test_words_titles_and_ids_have_their_order(tmp_path: Path) -> None:
    titles = ["Tea", "tea!", "Éclairs", "?", "𝔘nheard 睡", "tea"]
    listed = [Article(id=f"{9 - n}", title=title, text=f"word{n} tea") for n, title in enumerate(titles)]
    arrays = segment_of(tmp_path, listed).arrays
    for name in ("word", "title"):
        content, bounds = arrays[f"sorted_{name}s"], arrays[f"sorted_{name}_bounds"]
        strings = [unpack_string(content, bounds, number) for number in range(len(bounds) - 1)]
        expected = {ANALYZER.keyword(title) for title in titles}
        if name == "word":
            expected = {word for article in listed for part in words_of(article) for word in part}
        assert strings == sorted(expected)
    assert arrays["sorted_title_lengths"].tolist() == [len(title) for title in strings]
    assert [strings[rank] for rank in arrays["title_ranks"].tolist()] == [ANALYZER.keyword(title) for title in titles]
    assert arrays["id_ranks"].tolist() == [5, 4, 3, 2, 1, 0]
    key, titled = strings.index("tea"), arrays["titled_bounds"].tolist()
    assert arrays["titled"][titled[key] : titled[key + 1]].tolist() == [5, 1, 0]
