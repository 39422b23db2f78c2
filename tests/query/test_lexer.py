"""How a query is cut: quotes, minus signs, and words that belong together."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.query.lexer import Lexeme, lex
from tests.corpora import ANALYZER


def shown(lexeme: Lexeme) -> str:
    text = f'"{" ".join(lexeme.words)}"' if lexeme.quoted else "+".join(lexeme.words)
    return f"-{text}" if lexeme.excluded else text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Sleeping pills", "sleeping pills"),
        ("", ""),
        (" ?! - ", ""),
        # quotes of many kinds; without a partner they are nothing
        ('a "b c" d', 'a "b c" d'),
        ("“b c” «d» „e f“ „g”", '"b c" "d" "e f" "g"'),
        ('a"b c"d', 'a "b c" d'),
        ('a "b c', "a b c"),
        ('"a" b" c', '"a" b c'),
        ('"" "!" a', "a"),
        ("«a b»c d»", '"a b" c d'),
        # a minus sign before a word or a phrase, after white space or at the beginning
        ('-a −b -"c d"', '-a -b -"c d"'),
        ("a-b - c c- --d", "a+b c c -d"),
        ('a"-b"', 'a "b"'),
        # joined words stay together, unless hyphens join words that mean something alone
        ("5mg a.m. R&D C_D", "5+mg a+m r+d c+d"),
        ("sleep-apnea sleep‑wake-cycle", "sleep apnea sleep wake cycle"),
        ("x-ray omega-3 up-to-date", "x+ray omega+3 up+to+date"),
        ("sleep.apnea a/bc https://example.org", "sleep+apnea a bc https example+org"),
        ("-sleep-apnea", "-sleep+apnea"),
        ("睡眠", "睡+眠"),
    ],
)
def test_a_query_is_cut_into_lexemes(query: str, expected: str) -> None:
    assert " ".join(map(shown, lex(query, ANALYZER))) == expected


def test_a_lexeme_has_its_text_as_typed_and_stems_unless_it_is_quoted() -> None:
    assert lex("Sleeping-Pills “No  Pills”", ANALYZER) == [
        Lexeme("Sleeping", ("sleeping",), ("sleep",)),
        Lexeme("Pills", ("pills",), ("pill",)),
        Lexeme("No Pills", ("no", "pills"), ("no", "pills"), quoted=True),
    ]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(query=st.text(max_size=40) | st.lists(st.sampled_from('"“”«»-− .&ab3睡’\u0301\t')).map("".join))
def test_no_word_of_a_query_is_lost_or_made_up(query: str) -> None:
    lexemes = lex(query, ANALYZER)
    assert [word for lexeme in lexemes for word in lexeme.words] == ANALYZER.tokens(query).words
    for lexeme in lexemes:
        assert lexeme.text in (" ".join(query.split()) if lexeme.quoted else query)
        assert len(lexeme.terms) == len(lexeme.words) > 0
