"""Articles and queries as strategies: everything that people write, and what nobody should."""

from __future__ import annotations

from hypothesis import strategies as st

from kb.articles.cleaning import tidy

WORDS = tuple(
    """heart attack heart disease aspirin aspirins treatment treatments treated of the and for with not what is vitamin
    B12 COVID-19 cells cell syndrome pain 5mg 2.5 1,000 10% it's Ménière's naïve café e.g. i.e. Dr. U.S. vs.
    """.split()  # noqa: SIM905 - a paragraph reads better than quoted words
)
ODD = (
    "<script>alert(1)</script>",
    "&amp;",
    "&#60;",
    "<mark>",
    "</mark>",
    "a&b",
    "“quoted”",
    "(see",
    "note)",
    "-",
    "–",
    "...",
    "…",
    "心臓病の治療",
    "心脏病。",
    "アスピリン",
    "ｱｽﾋﾟﾘﾝ",
    "مرض القلب",
    "؟",
    "हृदय रोग",
    "क्षत्रिय",
    "।",
    "โรคหัวใจขาดเลือด",
    "👩‍👩‍👧‍👦",
    "👍🏽",
    "🇩🇪🇫🇷🇯🇵",
    "❤️",
    "e\u0301te\u0301",
    "z\u0301\u0302\u0303\u0304a\u0316\u0317\u0318lgo",
    "\u1112\u1161\u11ab\u1100\u116e\u11a8",
    "한국어",
    "\u0600١٢",
    "x" * 49,
    "pneumonoultramicroscopicsilicovolcanoconiosis",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "n\u200db",
    "\u200b",
    "%41",
    "a,b",
    "x-y",
    "'",
    '"',
)
BREAKS = (
    " ",
    " ",
    " ",
    " ",
    " ",
    ". ",
    ". ",
    "? ",
    ", ",
    "; ",
    "\n",
    "\n- ",
    "\n\n",
    "\n\n",
    ".\n\n",
    "\n1. ",
    "",
    "。",
)

words = st.sampled_from(WORDS) | st.sampled_from(ODD)
repeated = st.builds(
    lambda letters, times: letters * times,
    st.sampled_from(
        ["a", "ab", "é", "e\u0301", "心", "क्", "한", "\u1112\u1161", "🇩🇪", "👍🏽", "a\u0300\u0316", "5", "x1"]
    ),
    st.sampled_from([1, 3, 20, 47, 60, 130, 500]),
)
pieces = st.tuples(words | words | words | words | repeated | st.text(max_size=6), st.sampled_from(BREAKS))


@st.composite
def articles(draw: st.DrawFn, longest: int = 150) -> str:
    """The text of an article as the readers give it, never empty."""
    parts = draw(st.lists(pieces, min_size=1, max_size=longest))
    repeats = draw(st.sampled_from([1, 1, 1, 1, 2, 5]))
    return tidy("".join(word + pause for word, pause in parts) * repeats) or "x"


@st.composite
def queries(draw: st.DrawFn, text: str) -> str:
    """A query of words, phrases, exclusions and beginnings of words, most of them from the text."""
    own = text.split()
    parts = []
    for _ in range(draw(st.integers(1, 5))):
        first = draw(st.integers(0, max(0, len(own) - 1)))
        length = draw(st.sampled_from([1, 1, 1, 2, 3, 20]))
        piece = " ".join(own[first : first + length]) or "x"
        kind = draw(st.sampled_from(["word", "word", "word", "phrase", "not", "prefix", "other", "any"]))
        if kind == "phrase":
            piece = f'"{piece}"'
        elif kind == "not":
            piece = f"-{piece}"
        elif kind == "prefix":
            piece = f"{piece[:3]}*"
        elif kind == "other":
            piece = draw(words)
        elif kind == "any":
            piece = draw(st.text(max_size=10))
        parts.append(piece)
    return " ".join(parts)


@st.composite
def asking(draw: st.DrawFn, longest: int = 150) -> tuple[str, str, list[float], int, int, bool, bool]:
    """Text, query, weights, number of snippets, limit, whether it is still being typed, whether staff ask."""
    text = draw(articles(longest))
    return (
        text,
        draw(queries(text)),
        draw(st.lists(st.sampled_from([0.0, 0.01, 1.0, 3.5, 12.0]), max_size=5)),
        draw(st.integers(1, 5)),
        draw(st.sampled_from([60, 61, 80, 120, 200, 333, 400])),
        draw(st.booleans()),
        draw(st.sampled_from([False, False, True])),
    )
