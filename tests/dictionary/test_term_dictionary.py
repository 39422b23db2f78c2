"""Words and titles in many segments, in any script, found as by looking at each of them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.deadline import NEVER, Deadline
from kb.dictionary.term_dictionary import TermDictionary
from kb.engine.engine import ColumnarEngine
from kb.engine.interface import Question, Selection
from kb.query.trees import conjunction
from tests.corpora import ANALYZER, Change, article, index_of, left_by
from tests.engine.brute_force import BruteForce, PlainDictionary

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
            page = engine.answer(Question(conjunction([])), Selection(sort=sort, limit=limit), NEVER).articles
            order = sorted((key if sort == "title" else "", identity) for key, identity, _ in rows)
            assert [article.id for article in page] == [identity for _, identity in order[:limit]]


def test_words_are_the_same_in_chunks_of_any_size(tmp_path: Path) -> None:
    """Three segments; words of all of them, of one alone, and of a deleted article."""
    texts = ["alpha alpine alps beta", "alp alps alto beta altogether", "alps gamma altar", "alabaster alien"]
    made = [article(f"{n}", "!", text) for n, text in enumerate(texts)]
    folder = index_of(tmp_path, Change(made[:2]), Change(made[2:3]), Change(made[3:], ["0"]))
    engine, plain = ColumnarEngine(folder, "here", ANALYZER), PlainDictionary(BruteForce(made[1:], ANALYZER).documents)
    for chunk in (1, 2, 3, 1000):
        dictionary = TermDictionary(engine._opened, chunk)
        for limit in (1, 3, 100):
            assert dictionary.with_prefix("al", limit) == plain.with_prefix("al", limit)
            assert dictionary.matching("al*a*", limit) == plain.matching("al*a*", limit)
            assert dictionary.near("alpo", 2, limit) == plain.near("alpo", 2, limit)


def test_after_the_deadline_the_first_chunk_is_looked_at(tmp_path: Path) -> None:
    folder = index_of(tmp_path, Change([article("a", "!", "alien alpha alps alto beta")]))
    dictionary = TermDictionary(ColumnarEngine(folder, "here", ANALYZER)._opened, chunk=2)
    late = Deadline(-1)
    assert dictionary.with_prefix("al", 9, late) == (("alien", "alpha"), False)
    assert dictionary.matching("a*a", 9, late) == (("alpha",), False)
    assert dictionary.near("alpa", 1, 9, late) == (("alpha",), False)
    assert dictionary.with_prefix("b", 9, late) == (("beta",), True)
