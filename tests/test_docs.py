"""The docs name everything that can be set, called or asked for, and their examples run."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import click
import pytest

from kb.cli import COMMANDS, main
from kb.query.request import MATCHES, MODES, PARAMETERS, SORTS
from kb.query.trees import PART_OF_FIELD
from kb.segments.schema import FACET_FIELDS, NAME_FIELDS
from kb.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
API = (ROOT / "docs" / "http-api.md").read_text(encoding="utf-8")
LANGUAGE = (ROOT / "docs" / "query-language.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "default", "meaning"), Settings.rows())
def test_every_setting_is_in_the_readme(name: str, default: object, meaning: str) -> None:
    shown = repr(default) if default == "" else default

    assert f"| `{name}` | {shown} | {meaning} |" in README


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_in_the_readme(name: str) -> None:
    command = main.get_command(click.Context(main), name)

    assert command
    assert f"kb {name}" in README
    assert str(command.help).split("\n")[0] == COMMANDS[name]
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert parameter.opts[0] in README


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_of_a_search_is_in_the_docs(name: str) -> None:
    assert f"`{name}`" in API


@pytest.mark.parametrize("value", [*SORTS, *MATCHES, *MODES, *FACET_FIELDS])
def test_every_choice_is_in_the_docs(value: str) -> None:
    assert f"`{value}`" in API


@pytest.mark.parametrize("field", [*NAME_FIELDS, *(name for name in PART_OF_FIELD if name != "text")])
def test_every_field_of_the_staffs_language_is_in_the_docs(field: str) -> None:
    assert f"`{field}:" in LANGUAGE


def test_every_route_is_in_the_docs() -> None:
    source = (ROOT / "kb" / "web" / "app.py").read_text(encoding="utf-8")
    routes = re.findall(r'add_route\("([^"]+)"', source)

    assert routes
    for route in routes:
        shown = re.sub(r"\{name\}", "", re.sub(r"\{article_id:path\}", "{id}", route))
        assert f"{shown}`" in API or f"{shown}?" in API


def test_links_between_the_docs_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_python_example_of_the_readme_runs(sample_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sample_index.parent)
    example = doctest.DocTestParser().get_doctest(README, {}, "README.md", "README.md", 0)
    runner = doctest.DocTestRunner()
    runner.run(example)

    assert runner.tries >= 5
    assert runner.failures == 0
