"""Functions: how many parameters and lines each has."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from bench.house.sources import Source

MOST_PARAMETERS = 7
MOST_LINES = 50

COMPILED = frozenset({"compiled", "inner"})
"""Decorators of `kb.compiled`: for loops called by Python, and for loops called by compiled loops only."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function or method, by the line of its name."""

    path: PurePosixPath
    line: int
    name: str
    lines: int
    parameters: int
    """Without `self` and `cls`, and without `*rest` and `**options`."""
    compiled: str | None
    """The decorator for machine code, if any."""


def functions(sources: Iterable[Source]) -> tuple[Function, ...]:
    """All functions, at any depth, in the order of the files and their lines."""
    found = [
        _function(source, node)
        for source in sources
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return tuple(sorted(found, key=lambda function: (function.path, function.line)))


def crowded(found: Iterable[Function], most: int = MOST_PARAMETERS) -> tuple[Function, ...]:
    """Functions with more parameters than `most`, in descending order."""
    return tuple(
        sorted(
            (function for function in found if function.parameters > most), key=lambda function: -function.parameters
        )
    )


def long_functions(found: Iterable[Function], most: int = MOST_LINES) -> tuple[Function, ...]:
    """Functions of more lines than `most`, the longest first; decorators are not counted."""
    return tuple(
        sorted((function for function in found if function.lines > most), key=lambda function: -function.lines)
    )


def _function(source: Source, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Function:
    return Function(
        path=source.path,
        line=node.lineno,
        name=node.name,
        lines=(node.end_lineno or node.lineno) - node.lineno + 1,
        parameters=_parameters(node.args),
        compiled=next((name for name in map(_decorator, node.decorator_list) if name in COMPILED), None),
    )


def _parameters(arguments: ast.arguments) -> int:
    named = arguments.posonlyargs + arguments.args + arguments.kwonlyargs
    return sum(argument.arg not in {"self", "cls"} for argument in named)


def _decorator(expression: ast.expr) -> str:
    """The last part of a decorator's name: `compiled` for `@kb.compiled` and for `@compiled(...)`."""
    called = expression.func if isinstance(expression, ast.Call) else expression
    return ast.unparse(called).rpartition(".")[2]
