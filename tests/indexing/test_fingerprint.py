"""The versions that an index was made by, and what their changes mean."""

from __future__ import annotations

import msgspec
import pytest

from kb.indexing.fingerprint import changed_parts, index_fingerprint, layout_problem
from kb.segments.layout import LAYOUT_VERSION
from kb.text.tokens import Analyzer

from .fakes import FakeCorpus
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


@pytest.mark.parametrize(
    ("fingerprint", "maker"),
    [({"layout": "3"}, "layout 3, made by an older kb"), ({}, "an older kb"), ({"layout": "999"}, "a newer kb")],
)
def test_a_layout_of_another_version_is_a_problem(fingerprint: dict[str, str], maker: str) -> None:
    problem = layout_problem(msgspec.structs.replace(MANIFEST, fingerprint=fingerprint)) or ""
    assert problem.startswith("gen-3 has layout ")
    assert maker in problem
    assert problem.endswith(f"this one reads layout {LAYOUT_VERSION}: make the index anew with kb index")


def test_the_own_layout_is_none() -> None:
    assert layout_problem(msgspec.structs.replace(MANIFEST, fingerprint={"layout": str(LAYOUT_VERSION)})) is None
