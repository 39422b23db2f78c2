from __future__ import annotations

from pathlib import Path

import pytest

from bench.house import House, measure
from bench.house.__main__ import main
from bench.house.docstrings import docstrings, hardest, pro_forms
from bench.house.functions import crowded, functions, long_functions
from bench.house.sizes import folder_shares, long_files
from bench.house.sources import read_sources
from bench.house.words import count_word

FILES = {
    "kb/__init__.py": '"""A package."""\n',
    "kb/ranking.py": '''\
"""How scores are made, and what others make of them."""

K1 = 1.2
"""Saturation: one more occurrence adds less than the one before."""


@compiled
def score(a: int, b: int, c: int, d: int, /, e: int, f: int, *, g: int, h: int) -> int:
    """Sum of `what` it takes."""
    return a + b + c + d + e + f + g + h
''',
    "kb/engine/__init__.py": "",
    "kb/engine/union.py": '''\
class Clauses:
    """It is those which they say that it is, and such others as there are."""

    weight: float
    """Not a pro-form."""

    def add(self, a: int, b: int, c: int, d: int, e: int, f: int, g: int) -> None:
        first_place = places = a  # the place of a word
        self.replaced = FirstPlace.displace(PLACED, places)
''',
    "kb/engine/topk.py": "def best() -> None:\n    pass\n",
    "tests/test_ranking.py": "from kb.engine import union\nimport kb.ranking\n\n\ndef test() -> None: ...\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of three modules and one test."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def house(root: Path) -> House:
    return measure(root)


def test_pro_forms_are_counted_without_code_and_without_docstrings_of_attributes(house: House) -> None:
    # "what others them" of 10 words, "It" of 4, of 15 the 9 that are no "is", "say", "and", "as" and "are", none of 2.
    assert house.pro_forms.docstrings == 4
    assert house.pro_forms.words == 2 + 10 + 4 + 15
    assert house.pro_forms.pro_forms == 0 + 3 + 1 + 9
    assert house.pro_forms.share == pytest.approx(13 / 31)


def test_docstrings_of_attributes_are_counted_beside(house: House) -> None:
    # "one" twice among 10 words, and none of "Not a pro-form".
    assert house.pro_forms_with_attributes.docstrings == 6
    assert house.pro_forms_with_attributes.words == 31 + 10 + 4
    assert house.pro_forms_with_attributes.pro_forms == 13 + 2


def test_an_apostrophe_ends_a_pro_form(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('"""It\'s what\'s \'there\', and isn\'t theirs."""')
    assert pro_forms(docstrings(read_sources(tmp_path, "."))).pro_forms == 3


def test_docstrings_are_hard_that_are_long_and_full_of_pro_forms(house: House, root: Path) -> None:
    assert [(hard.owner, hard.line) for hard in house.hardest] == [("Clauses", 1)]

    found = docstrings(read_sources(root, "kb"), attributes=True)
    assert [hard.owner for hard in hardest(found, share=0.15, words=10)] == ["Clauses", "kb.ranking", "K1"]


def test_a_folder_has_the_lines_of_its_own_files(house: House) -> None:
    counted = [(str(folder.folder), folder.lines) for folder in house.folders]

    assert counted == [("kb", 1 + 10), ("kb/engine", 9 + 2)]
    assert [folder.share for folder in house.folders] == [0.5, 0.5]
    assert folder_shares([]) == ()


def test_modules_are_named_that_no_test_imports(house: House) -> None:
    assert (house.untested.modules, house.untested.missing) == (3, ("kb.engine.topk",))
    assert [(count.folder, count.modules, count.missing) for count in house.untested_by_folder] == [
        ("engine", 2, ("kb.engine.topk",))
    ]


def test_parameters_are_counted_without_self_and_compiled_functions_are_marked(house: House, root: Path) -> None:
    assert [(function.name, function.parameters, function.compiled) for function in house.crowded] == [
        ("score", 8, "compiled")
    ]

    found = functions(read_sources(root, "kb"))
    assert [(function.name, function.parameters, function.compiled) for function in crowded(found, most=0)] == [
        ("score", 8, "compiled"),
        ("add", 7, None),
    ]


@pytest.mark.parametrize("decorator", ["@compiled", "@inner", "@compiled(cache=False)", "@kb.compiled.compiled"])
def test_a_decorator_compiles_with_arguments_and_by_its_full_name(tmp_path: Path, decorator: str) -> None:
    (tmp_path / "a.py").write_text(f"@cache\n{decorator}\ndef total() -> int: ...\n")
    assert functions(read_sources(tmp_path, "."))[0].compiled in {"compiled", "inner"}


def test_a_word_is_found_alone_and_as_a_part_of_identifiers(house: House) -> None:
    # In identifiers: first_place, places twice, FirstPlace and PLACED; in prose: "the place of a word".
    assert (house.word.word, house.word.in_identifiers, house.word.in_prose, house.word.total) == ("place", 5, 1, 6)


def test_a_word_that_does_not_end_in_e_has_another_participle(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("numbered = numbers = cucumber = renumber = NUMBER\n")
    assert count_word(read_sources(tmp_path, "."), "number").total == 3


def test_lines_of_tests_stand_beside_lines_of_sources(house: House) -> None:
    assert (house.line_counts.tests, house.line_counts.sources) == (5, 22)
    assert house.line_counts.ratio == pytest.approx(5 / 22)


def test_long_files_and_long_functions_are_named(house: House, root: Path) -> None:
    assert house.long_files == ()
    assert house.long_functions == ()

    sources = read_sources(root, "kb")
    assert [(file.path.name, file.lines) for file in long_files(sources, most=9)] == [("ranking.py", 10)]
    assert [(function.name, function.lines) for function in long_functions(functions(sources), most=2)] == [
        ("add", 3),
        ("score", 3),
    ]


def test_the_command_prints_every_count(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(root)])

    assert capsys.readouterr().out.splitlines() == [
        "pro-forms in docstrings: 41.9% (13 of 31 words in 4 docstrings)",
        "with those of attributes: 33.3% (15 of 45 words in 6 docstrings)",
        "docstrings hardest to resolve (over 20%, at least 12 words): 1",
        "  kb/engine/union.py:1 Clauses 60%",
        "largest folder: kb, 50.0% of the lines (11)",
        "  kb/engine 50.0%",
        "modules that no test imports: 1 of 3",
        "  kb.engine.topk",
        "in engine/: 1 of 2",
        "functions with more than 7 parameters: 1",
        "  kb/ranking.py:8 score 8 @compiled",
        "the word `place`: 6 times, 5 of them in identifiers",
        "lines of tests / of source: 5 / 22 = 0.23",
        "files over 300 lines: 0",
        "functions over 50 lines: 0",
    ]
