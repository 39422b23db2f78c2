"""`kb search` prints hits for a person, or the answer of the API."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from kb.commands import search
from tests.storage.damaged_states import POINTERS, STATES

from .conftest import Run


def test_hits_are_numbered_with_their_snippets(run: Run, sample_index: Path) -> None:
    done = run(search.command, "magnesium", "--index", sample_index, "--limit", "1")
    assert done.exit_code == 0
    assert "  1. Why Magnesium Is Not a Sleeping Pill" in done.output


def test_json_is_the_answer_of_the_api(run: Run, sample_index: Path) -> None:
    page = json.loads(run(search.command, "magnesium", "--index", sample_index, "--json").output)
    assert page["query"]["text"] == "magnesium"
    assert set(page["hits"][0]["snippets"][0]) == {"html", "text", "start", "end", "marks", "url"}


def test_an_explanation_is_for_staff(run: Run, sample_index: Path) -> None:
    done = run(search.command, "tea", "--explain", "--index", sample_index)
    assert (done.exit_code, "expected --staff together with it" in done.output) == (2, True)
    explained = run(search.command, "tea", "--staff", "--explain", "--limit", "1", "--index", sample_index)
    assert "idf" in explained.output


@pytest.mark.parametrize("state", ["CURRENT is garbage", "the manifest is missing"])
def test_a_damaged_index_is_searched_with_one_line_of_warning(
    run_kb: Callable[..., CompletedProcess[str]], corpus: Path, state: str
) -> None:
    run_kb("index", corpus)
    (corpus / "new.txt").write_text("New\n\nNew words of a nap.\n")
    run_kb("index", corpus)
    STATES[state](corpus.parent / "index")
    done = run_kb("search", "nap")
    served = "gen-2" if state in POINTERS else "gen-1"
    assert done.returncode == 0
    assert "Short naps" in done.stdout
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.endswith(f"; answering from {served} instead\n")


def test_without_an_index_there_is_one_line_and_exit_code_1(run: Run) -> None:
    done = run(search.command, "tea")
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    assert len(done.output.splitlines()) == 1
