"""Words and titles in many segments, in any script, found as by looking at each of them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.engine.engine import ColumnarEngine
from kb.engine.interface import Question, Selection
from kb.query.trees import conjunction
from tests.corpora import ANALYZER, Change, article, index_of, left_by

from .brute_force import BruteForce, PlainDictionary

texts = st.lists(st.sampled_from(["sleep", "Sleeper", "naïve", "睡", "眠", "dose", "doses", "!"]), max_size=4)
articles = st.builds(
    lambda index, title, text: article(f"{index}", " ".join(title) or "!", " ".join(text)),
    st.integers(0, 9),
    texts,
    texts,
)
changes = st.lists(
    st.builds(
        Change,
        st.lists(articles, max_size=6, unique_by=lambda made: made.id),
        st.lists(st.integers(0, 9).map(str), max_size=2),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(changed=changes, limit=st.integers(1, 6), typed=st.sampled_from(["s", "sle do", "睡", "dose sl", "na", "z"]))
def test_words_and_titles_are_those_of_the_articles_that_are_left(
    changed: list[Change], limit: int, typed: str
) -> None:
    with TemporaryDirectory() as folder:
        engine = ColumnarEngine(index_of(Path(folder), *changed), "here", ANALYZER)
        left = left_by(changed)
        plain, dictionary = PlainDictionary(BruteForce(left, ANALYZER).documents), engine.dictionary
        for prefix in ("", "s", "sl", "dose", "睡"):
            assert dictionary.with_prefix(prefix, limit) == plain.with_prefix(prefix, limit)
        for pattern in ("s?ee*", "*s", "?"):
            assert dictionary.matching(pattern, limit) == plain.matching(pattern, limit)
        assert dictionary.near("slepe", 2, limit) == plain.near("slepe", 2, limit)
        parts = typed.split()
        rows = [(ANALYZER.keyword(made.title), made.id, made.title) for made in left]
        expected = sorted(
            (not key.startswith(typed), len(key), key, identity, title)
            for key, identity, title in rows
            if all(f" {part}" in f" {key}" for part in parts)
        )
        assert list(engine.titles(parts, limit)) == [(identity, title) for *_, identity, title in expected[:limit]]
        for sort in ("title", "date"):
            page = engine.answer(Question(conjunction([])), Selection(sort=sort, limit=limit), float("inf")).articles
            order = sorted((key if sort == "title" else "", identity) for key, identity, _ in rows)
            assert [article.id for article in page] == [identity for _, identity in order[:limit]]
