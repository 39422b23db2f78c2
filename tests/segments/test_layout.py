"""A segment holds its articles to the letter, and an inversion of them that is right by looking at each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from msgspec.structs import replace

from kb.article import Article
from kb.segments import layout as layout_module
from kb.segments.arrays import MAGIC, open_arrays, unpack_string
from kb.segments.layout import hash_of
from kb.segments.segment import OpenSegment
from kb.segments.versions import LAYOUT_VERSION

from .articles import ANALYZER, lists, postings_of, random_lists, segment_of, stems_of, words_of


def assert_holds(segment: OpenSegment, listed: Sequence[Article]) -> None:
    """The segment gives back every article, every token of it and every posting."""
    assert segment.count == len(listed)
    words = [segment.words.restore_key(term_id) for term_id in range(len(segment.words))]
    starts, lengths = segment.arrays["starts"], segment.arrays["lengths"]
    for docid, article in enumerate(listed):
        begin, end = segment.inversion.bounds[docid : docid + 2].tolist()
        split = begin + int(segment.inversion.title_tokens[docid])
        for text, here in ((article.title, slice(begin, split)), (article.text, slice(split, end))):
            tokens = ANALYZER.tokens(text)
            assert [words[word] for word in segment.arrays["tokens"][here].tolist()] == tokens.words
            assert starts[here].tolist() == tokens.starts.tolist()
            assert (starts[here] + lengths[here]).tolist() == tokens.ends.tolist()
        assert segment.whole_article(docid) == article
        assert segment.id(docid) == article.id
        assert segment.find(article.id) == docid
        assert docid in segment.hashed("title", " ".join(stems_of(article)[0]))
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
            positions = segment.inversion.positions[
                segment.inversion.offsets[posting] : segment.inversion.offsets[posting + 1]
            ].tolist()
            begin, end = segment.inversion.bounds[article : article + 2].tolist()
            assert positions == [token for token in range(begin, end) if stems[token] == stem]
            assert (int(segment.arrays["posting_in_title"][posting]), len(positions)) == (
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


def test_a_name_that_an_article_has_twice_counts_once(tmp_path: Path) -> None:
    segment = segment_of(tmp_path, [Article(id="a", title="t", text="", tags=("tea", "Tea", "tea"))])
    assert np.diff(segment.arrays["tag_bounds"]).tolist() == [2]


def test_the_files_of_a_segment_are_never_written_over(tmp_path: Path) -> None:
    segment_of(tmp_path, [Article(id="a", title="t", text="tea")])
    with pytest.raises(FileExistsError):
        segment_of(tmp_path, [])
    assert open_arrays(tmp_path / "one.arrays")["bounds"].tolist() == [0, 2]


def test_words_titles_and_ids_have_their_order(tmp_path: Path) -> None:
    titles = ["Tea", "tea!", "Éclairs", "?", "𝔘nheard 睡", "tea"]
    listed = [Article(id=f"{9 - n}", title=title, text=f"word{n} tea") for n, title in enumerate(titles)]
    arrays = segment_of(tmp_path, listed).arrays
    for name in ("word", "title"):
        content, bounds = arrays[f"sorted_{name}s"], arrays[f"sorted_{name}_bounds"]
        strings = [unpack_string(content, bounds, index) for index in range(len(bounds) - 1)]
        expected = {ANALYZER.keyword(title) for title in titles}
        if name == "word":
            expected = {word for article in listed for part in words_of(article) for word in part}
        assert strings == sorted(expected)
    assert arrays["sorted_title_lengths"].tolist() == [len(title) for title in strings]
    assert [strings[rank] for rank in arrays["title_ranks"].tolist()] == [ANALYZER.keyword(title) for title in titles]
    assert arrays["id_ranks"].tolist() == [5, 4, 3, 2, 1, 0]
    key, titled = strings.index("tea"), arrays["titled_bounds"].tolist()
    assert arrays["titled"][titled[key] : titled[key + 1]].tolist() == [5, 1, 0]


@random_lists
@given(listed=lists)
def test_every_sentence_has_the_first_token_that_does_not_begin_before_it(listed: list[Article]) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout_module, "_BLOCK", 3)
        arrays = segment_of(Path(folder), listed).arrays
    for docid, article in enumerate(listed):
        begin, end = arrays["bounds"][docid : docid + 2].tolist()
        text_begin = begin + len(words_of(article)[0])
        starts = ANALYZER.tokens(article.text).starts.tolist()
        own = slice(*arrays["sentence_bounds"][docid : docid + 2].tolist())
        for sentence, token in zip(arrays["sentence_starts"][own], arrays["sentence_tokens"][own], strict=True):
            expected = [text_begin + i for i, start in enumerate(starts) if start >= sentence]
            assert token == (expected[0] if expected else end)


def test_the_version_is_in_the_head_of_every_file_of_arrays(tmp_path: Path) -> None:
    segment_of(tmp_path, [Article(id="a", title="t", text="tea")])
    heads = [path.read_bytes()[:8] for path in tmp_path.iterdir() if path.suffix in (".arrays", ".impacts")]
    assert heads == [MAGIC] * 2
    assert int(MAGIC[7:]) == LAYOUT_VERSION


def test_a_hash_has_64_bits_whatever_the_key() -> None:
    hashes = {hash_of(key) for key in ("", "a", "b", "睡眠", "\ud800", "a" * 1000)}
    assert len(hashes) == 6
    assert 0 < min(hashes) < max(hashes) < 1 << 64
