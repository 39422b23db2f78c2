"""The versions that an index was made by, and what their changes mean."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from kb.segments.versions import LAYOUT_VERSION
from kb.storage.fingerprint import changed_parts, index_fingerprint, layout_problem
from kb.storage.generations import Generation
from kb.text.tokens import Analyzer
from tests.indexing.fakes import FakeCorpus

from .test_manifest import MANIFEST


def test_every_part_names_a_version(analyzer: Analyzer, corpus: FakeCorpus) -> None:
    fingerprint = index_fingerprint(analyzer, corpus)
    assert list(fingerprint) == ["schema", "analysis", "articles", "layout", "format"]
    assert (fingerprint["articles"], fingerprint["layout"]) == ("articles/1", str(LAYOUT_VERSION))


def test_changed_new_and_lost_parts_are_named() -> None:
    assert changed_parts({"a": "1", "b": "1", "c": "1"}, {"a": "1", "b": "2", "d": "1"}) == [
        "b changed from 1 to 2",
        "d changed from nothing to 1",
        "c changed from 1 to nothing",
    ]


def generation(fingerprint: dict[str, str]) -> Generation:
    made = Generation(Path("index/gen-3"))
    vars(made)["manifest"] = msgspec.structs.replace(MANIFEST, fingerprint=fingerprint)
    return made


@pytest.mark.parametrize(
    ("layout", "problem"),
    [
        ({"layout": "3"}, "index/gen-3 was made by an older kb; make the index anew with: kb index"),
        ({}, "index/gen-3 was made by an older kb; make the index anew with: kb index"),
        (
            {"layout": "999"},
            f"index/gen-3 was made by a newer kb: it has layout 999, and this kb reads {LAYOUT_VERSION}",
        ),
        ({"layout": str(LAYOUT_VERSION)}, None),
    ],
)
def test_a_layout_of_another_version_is_a_problem(layout: dict[str, str], problem: str | None) -> None:
    assert layout_problem(generation(layout)) == problem
