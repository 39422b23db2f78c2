from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.printable import printable, printable_json


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("naps.txt", "naps.txt"),
        ("crème brûlée 睡眠 😴", "crème brûlée 睡眠 😴"),
        ("\x1b[2Jgone", r"\x1b[2Jgone"),
        ("\x1b]8;;http://evil\x1b\\click", r"\x1b]8;;http://evil\x1b\click"),
        ("\x9b31m", r"\x9b31m"),
        ("a\nskipped b\r", r"a\nskipped b\r"),
        ("one\u2028two", r"one\u2028two"),
        ("gpj\u202eexe.md", r"gpj\u202eexe.md"),
        ("half \udc80", r"half \udc80"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_commands_to_a_terminal_are_shown_instead_of_obeyed(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(st.characters(codec=None)))
def test_the_result_is_one_line_that_can_be_written_anywhere(text: str) -> None:
    shown = printable(text)
    assert len(shown.splitlines()) <= 1
    shown.encode()


@given(st.dictionaries(st.text(), st.text(), max_size=3))
def test_json_says_the_same_without_a_control_character(data: dict[str, str]) -> None:
    shown = printable_json(json.dumps(data, ensure_ascii=False, indent=2))
    assert json.loads(shown) == data
    assert printable(shown.replace("\n", "")) == shown.replace("\n", "")
