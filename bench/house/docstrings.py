"""Pro-forms in docstrings: words in place of a noun, for the reader to resolve."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePosixPath

from bench.house.sources import Source

PRO_FORMS = frozenset({
    *("what", "that", "those", "these", "which", "there", "it", "its", "they", "them"),
    *("other", "others", "another", "one", "ones", "so", "such", "this", "whose"),
})  # fmt: skip

HARD_SHARE = 0.20
HARD_WORDS = 12
"""A docstring of fewer words is short enough to read twice."""

_CODE = re.compile(r"`[^`]*`")
_WORD = re.compile(r"[A-Za-z']+")

_Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Docstring:
    """A docstring and the line of its owner; code in backticks counts for nothing."""

    path: PurePosixPath
    line: int
    owner: str
    text: str
    of_attribute: bool = False
    """Whether the docstring follows an assignment: read by people, thrown away by Python."""

    @property
    def words(self) -> list[str]:
        """The words in lower case, without code."""
        return _WORD.findall(_CODE.sub("", self.text).lower())

    @property
    def pro_forms(self) -> list[str]:
        """The pro-forms among the words; `it's` is one as `it` is."""
        return [word for word in self.words if word.strip("'").partition("'")[0] in PRO_FORMS]

    @property
    def share(self) -> float:
        """Pro-forms as a share of the words, 0 to 1."""
        return len(self.pro_forms) / max(1, len(self.words))


@dataclass(frozen=True, slots=True)
class ProForms:
    """Pro-forms among the words of many docstrings."""

    docstrings: int
    words: int
    pro_forms: int

    @property
    def share(self) -> float:
        """Pro-forms as a share of the words, 0 to 1."""
        return self.pro_forms / max(1, self.words)


def docstrings(sources: Iterable[Source], attributes: bool = False) -> tuple[Docstring, ...]:
    """Docstrings of modules, classes and functions, and on demand of attributes and constants."""
    found: list[Docstring] = []
    for source in sources:
        found += _of_definitions(source)
        if attributes:
            found += _of_attributes(source)
    return tuple(found)


def pro_forms(found: Iterable[Docstring]) -> ProForms:
    """Sums over docstrings."""
    counts = [(len(docstring.words), len(docstring.pro_forms)) for docstring in found]
    return ProForms(len(counts), sum(words for words, _ in counts), sum(hits for _, hits in counts))


def hardest(found: Iterable[Docstring], share: float = HARD_SHARE, words: int = HARD_WORDS) -> tuple[Docstring, ...]:
    """Docstrings of at least so many words and a larger share of pro-forms, the hardest first."""
    hard = [docstring for docstring in found if len(docstring.words) >= words and docstring.share > share]
    return tuple(sorted(hard, key=lambda docstring: (-docstring.share, docstring.path, docstring.line)))


def _of_definitions(source: Source) -> Iterator[Docstring]:
    for node in ast.walk(source.tree):
        if isinstance(node, _Documented) and (text := ast.get_docstring(node)):
            yield Docstring(source.path, getattr(node, "lineno", 1), getattr(node, "name", source.module), text)


def _of_attributes(source: Source) -> Iterator[Docstring]:
    for node in ast.walk(source.tree):
        for statement, following in pairwise(_body(node)):
            if isinstance(statement, ast.Assign | ast.AnnAssign) and (text := _string(following)):
                yield Docstring(source.path, statement.lineno, _target(statement), text, of_attribute=True)


def _body(node: ast.AST) -> list[ast.stmt]:
    body = getattr(node, "body", [])
    return body if isinstance(body, list) else []  # that of a lambda or of `a if b else c` is an expression


def _string(statement: ast.stmt) -> str | None:
    """The string that is all of a statement."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return statement.value.value if isinstance(statement.value.value, str) else None
    return None


def _target(assignment: ast.Assign | ast.AnnAssign) -> str:
    return ast.unparse(assignment.targets[0] if isinstance(assignment, ast.Assign) else assignment.target)
