"""The reports of a build are plain values."""

from __future__ import annotations

import msgspec

from kb.indexing.report import BuildReport, Progress, Step

from .fakes import FakeCorpus


def test_steps_are_equal_by_value() -> None:
    assert Step("read", 1, 2) == Step("read", 1, 2) != Step("read", 2, 2)


def test_the_counts_of_a_report_make_its_sum(corpus: FakeCorpus, build: object) -> None:
    assert callable(build)
    report = build(corpus)
    assert isinstance(report, BuildReport)
    assert report.articles == report.added + report.changed + report.unchanged + report.kept == 3
    assert msgspec.json.decode(msgspec.json.encode(report), type=BuildReport) == report


def test_a_long_step_is_told_again_as_a_sign_of_life() -> None:
    told: list[Step] = []
    progress = Progress(told.append)
    progress.again()
    progress(Step("read", 1, 2))
    progress.again()
    assert told == [Step("scan", 0, 0), Step("read", 1, 2), Step("read", 1, 2)]
