"""Small random articles, and what a segment should hold of them by looking at each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st

from kb.article import Article
from kb.segments.arrays import open_arrays
from kb.segments.batch import Batch, analyse
from kb.segments.impacts import Grid, impacts_name, write_impacts
from kb.segments.layout import write_segment
from kb.segments.segment import OpenSegment
from kb.text.tokens import Analyzer

ANALYZER = Analyzer()
GRID = Grid(20, 60)

WORDS = "tea Tea teas cup cups night nights' 5mg 2,000 o'clock café naïve 睡眠 𝔘 ! — running runs"
words = st.sampled_from(WORDS.split())
texts = st.lists(words, max_size=12).map(" ".join) | st.text(max_size=12)
articles = st.builds(
    lambda number, title, text, site, tags, day: Article(
        id=f"folder/{number}.md", title=title, text=text, site=site, tags=tuple(tags), published=day, digest=f"{number}"
    ),
    st.integers(0, 10**6),
    texts,
    texts,
    st.sampled_from(["Tea desk", "tea desk", "", None]),
    st.lists(st.sampled_from(["Tea", "tea", "Café"]), max_size=3),
    st.sampled_from(["2024-05-03", "2023", None]),
)
lists = st.lists(articles, max_size=8, unique_by=lambda article: article.id)

random_lists = settings(max_examples=60, deadline=None, derandomize=True)


def written(folder: Path, batch: Batch, name: str = "one", grid: Grid = GRID) -> OpenSegment:
    """The batch as a segment, opened."""
    write_segment(folder, name, batch, ANALYZER)
    write_impacts(folder, name, open_arrays(folder / f"{name}.arrays"), grid)
    assert (folder / impacts_name(name, grid)).exists()
    return OpenSegment(folder, name, grid, None)


def segment_of(folder: Path, listed: Sequence[Article], name: str = "one") -> OpenSegment:
    return written(folder, analyse(listed), name)


def words_of(article: Article) -> tuple[list[str], list[str]]:
    """The words of the title and those of the text."""
    return ANALYZER.tokens(article.title).words, ANALYZER.tokens(article.text).words


def stems_of(article: Article) -> tuple[list[str], list[str]]:
    title, text = words_of(article)
    return [*map(ANALYZER.stem, title)], [*map(ANALYZER.stem, text)]


def postings_of(listed: Sequence[Article]) -> dict[str, dict[int, tuple[int, int]]]:
    """How often each stem stands in the title and in the text of each article."""
    postings: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
    for docid, article in enumerate(listed):
        title, text = map(Counter, stems_of(article))
        for stem in {*title, *text}:
            postings[stem][docid] = (title[stem], text[stem])
    return dict(postings)
