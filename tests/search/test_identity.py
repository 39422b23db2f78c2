"""Answers are told apart by the content of the index, the program and the settings, not by the name of a generation."""

from __future__ import annotations

import dataclasses
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from kb.search import identity as identity_module
from kb.search.identity import identity_of_answers
from kb.search.live import open_index
from kb.settings import ANSWER_SETTINGS, Settings
from kb.storage.generations import Generations
from kb.storage.rollback import rollback
from tests.corpora import Archive, MakeArchive, article

OTHER_SETTINGS = {
    *("corpus", "index", "host", "port", "workers", "threads", "request_seconds", "answer_cache_mb"),
    *("max_article_mb", "index_processes", "index_memory_mb", "keep_generations", "cache_seconds", "scrub_minutes"),
}
"""Settings that do not change what is answered from a given index."""


def with_another(name: str) -> Settings:
    """The defaults, one setting changed."""
    default = getattr(Settings(), name)
    return dataclasses.replace(Settings(), **{name: default + (1 if isinstance(default, int) else "x")})


def query_id(folder: Path, **settings: Any) -> str:
    with closing(open_index(folder, Settings(**settings))) as searcher:
        return searcher.search("tea").query_id


def test_every_setting_is_known_to_shape_answers_or_not_to() -> None:
    assert {name for name, _, _ in Settings.rows()} == ANSWER_SETTINGS | OTHER_SETTINGS
    assert not ANSWER_SETTINGS & OTHER_SETTINGS


def test_each_setting_that_shapes_answers_changes_the_identity_and_no_other_does() -> None:
    usual = identity_of_answers("seal", Settings())
    assert {identity_of_answers("seal", with_another(name)) for name in OTHER_SETTINGS} == {usual}
    others = {identity_of_answers("seal", with_another(name)) for name in ANSWER_SETTINGS}
    assert len(others | {usual, identity_of_answers("other", Settings())}) == len(ANSWER_SETTINGS) + 2


def test_another_program_has_another_identity() -> None:
    usual = identity_of_answers("seal", Settings())
    with patch.object(identity_module, "running_program", lambda: "the next version"):
        assert identity_of_answers("seal", Settings()) != usual


@pytest.fixture
def made(archive: MakeArchive) -> Archive:
    return archive(article("a", "Tea", "tea"), article("b", "Tea", "tea"))


def test_the_id_of_a_query_is_that_of_content_and_settings(made: Archive, tmp_path: Path) -> None:
    first = query_id(made.folder)
    assert query_id(made.folder) == query_id(made.folder, answer_cache_mb=1) == first
    assert query_id(made.folder, query_terms=1) != first
    shutil.copytree(made.folder, tmp_path / "copy")
    assert query_id(tmp_path / "copy") == first
    made.put(article("c", "Tea", "tea"))
    assert query_id(made.folder) != first
    rollback(made.folder)
    assert query_id(made.folder) == first


def test_an_index_made_anew_has_the_old_names_and_other_ids(made: Archive) -> None:
    first = query_id(made.folder)
    shutil.rmtree(made.folder)
    Archive(made.folder, article("a", "Tea", "tea"))
    assert Generations(made.folder).current().name == "gen-1"
    assert query_id(made.folder) != first
