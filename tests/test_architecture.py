"""The shape of the code: who imports whom, where third-party names may stand, and how large a piece may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(ROOT.glob("kb/**/*.py"))

MAY_IMPORT = {
    "root": {"root"},
    "machine_code": {"root"},
    "text": {"root"},
    "articles": {"root"},
    "segments": {"root", "text"},
    "dictionary": {"root", "text", "segments"},
    "interface": {"root", "segments"},
    "engine": {"root", "text", "segments", "dictionary", "interface"},
    "storage": {"root", "text", "segments"},
    "indexing": {"root", "text", "segments", "storage"},
    "query": {"root", "text", "segments", "interface"},
    "snippets": {"root", "text", "segments", "interface"},
    "search": {"root", "text", "storage", "engine", "interface", "query", "snippets"},
    "web": {"root", "text", "query", "snippets", "search"},
    "commands": {
        "root",
        "machine_code",
        "text",
        "articles",
        "storage",
        "indexing",
        "query",
        "snippets",
        "search",
        "web",
    },
}
"""What each part of the program may import besides itself; `engine/interface.py` is a part of its own."""

COMMANDS = {"kb.cli", "kb.terminal", "kb.__main__", "kb.commands"}

ONLY_IN = {
    "falcon": {"kb.web"},
    "gunicorn": {"kb.web"},
    "jinja2": {"kb.web"},
    "whoosh": {"kb.segments", "kb.indexing.contents", "kb.engine", "kb.query"},
    "trafilatura": {"kb.articles"},
    "markdown_it": {"kb.articles"},
    "yaml": {"kb.articles"},
    "Stemmer": {"kb.text.tokens"},
    "marisa_trie": {"kb.segments"},
    "numba": {"kb.machine_code.compiler"},
    "click": {"kb.cli", "kb.commands"},
    "rich": {"kb.cli", "kb.terminal"},
}

LOADED_LATE = {"kb.articles.html": {"trafilatura"}}
"""What a function may import: it takes half a second to load, and many archives do not need it."""

MOST_LINES_OF_A_FILE = 300
MOST_LINES_OF_A_FUNCTION = 50


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def part_of(module: str) -> str:
    if module in COMMANDS or module.startswith("kb.commands."):
        return "commands"
    if module == "kb.engine.interface":
        return "interface"
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in MAY_IMPORT else "root"


def imported(path: Path) -> Iterator[str]:
    """The full names of the modules that a file imports, wherever in it."""
    package = name_of(path) if path.name == "__init__.py" else name_of(path).rpartition(".")[0]
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            yield from (found if (found := f"{source}.{alias.name}") in names() else source for alias in node.names)


@cache
def names() -> frozenset[str]:
    return frozenset(map(name_of, MODULES))


every_module = pytest.mark.parametrize("path", MODULES, ids=name_of)


@every_module
def test_imports_point_one_way(path: Path) -> None:
    own = part_of(name_of(path))
    if name_of(path) == "kb":
        return  # what a Python program imports from: it reaches into kb.search on purpose
    used = {part_of(module) for module in imported(path) if module.split(".")[0] == "kb"}
    assert used <= {own} | MAY_IMPORT[own]


@every_module
def test_nothing_imports_the_package_itself_or_the_commands(path: Path) -> None:
    modules = set(imported(path))
    assert "kb" not in modules
    if part_of(name_of(path)) != "commands":
        assert "commands" not in set(map(part_of, modules))


@every_module
def test_third_party_names_stay_in_their_places(path: Path) -> None:
    module = name_of(path)
    for package in {found.split(".")[0] for found in imported(path)} & ONLY_IN.keys():
        assert any(module == place or module.startswith(f"{place}.") for place in ONLY_IN[package]), package


def test_no_module_imports_itself_by_a_detour() -> None:
    uses = {name_of(path): {found for found in imported(path) if found in names()} for path in MODULES}
    order: list[str] = []
    while ready := [module for module in uses if module not in order and uses[module] <= {*order, module}]:
        order += ready
    assert sorted(set(uses) - set(order)) == []


@every_module
def test_imports_stand_at_the_top(path: Path) -> None:
    inner = {
        found
        for function in ast.walk(tree_of(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for found in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or "."])
    }
    assert inner <= LOADED_LATE.get(name_of(path), set())


@every_module
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(tree_of(path))


@every_module
def test_files_and_functions_are_of_a_readable_size(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES_OF_A_FILE
    long = {
        node.name: lines
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    }
    assert long == {}
