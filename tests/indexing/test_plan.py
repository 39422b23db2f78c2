"""Which files a build reads, told by their records and a look at the folder."""

from __future__ import annotations

from kb.article import SourceFile
from kb.indexing.plan import make_plan, trusted_mtime
from kb.storage.records import ArticleRecord, FileRecord

MTIME = 1_600_000_000_123_456_789


def record(path: str, *ids: str, mtime_ns: int | None = MTIME) -> FileRecord:
    return FileRecord(path, 5, mtime_ns, "digest", tuple(ArticleRecord(id_, "d") for id_ in ids or (path,)))


def known(*records: FileRecord) -> dict[str, FileRecord]:
    return {file.path: file for file in records}


def source(path: str, size: int = 5, mtime_ns: int = MTIME) -> SourceFile:
    return SourceFile(path, size, mtime_ns)


def test_new_and_changed_files_are_read_the_last_path_first() -> None:
    before = known(record("a"), record("b"), record("c"), record("d", mtime_ns=None), record("gone"))
    scanned = [source("a"), source("b", size=6), source("c", mtime_ns=MTIME + 1), source("d"), source("e")]
    plan = make_plan(before, scanned, everything=False)
    assert [file.path for file in plan.read] == ["e", "d", "c", "b"]
    assert plan.unread == {"a": before["a"]}
    assert plan.anew == frozenset()


def test_everything_is_read_and_counts_as_new_where_no_record_is_trusted() -> None:
    plan = make_plan(known(record("a")), [source("a"), source("b")], everything=True)
    assert [file.path for file in plan.read] == ["b", "a"]
    assert plan.anew == {"a", "b"}


def test_a_file_that_shares_an_id_with_a_changed_one_is_read_too() -> None:
    before = known(record("x", "1", "7"), record("y", "1"), record("z", "2"))
    plan = make_plan(before, [source("x"), source("y", size=6), source("z")], everything=False)
    assert [file.path for file in plan.read] == ["y", "x"]
    assert plan.anew == {"x", "y"}
    assert list(make_plan(before, map(source, "xyz"), everything=False).read) == []


def test_what_is_passed_over_keeps_the_articles_that_it_owns() -> None:
    before = known(record("shelf/a", "1", "2"), record("z", "2"))
    plan = make_plan(before, [source("z"), ("shelf", "permission denied")], everything=False)
    assert plan.passed_over == (("shelf", "permission denied"),)
    assert plan.unread["shelf/a"].articles == (ArticleRecord("1", "d", kept=True),)
    assert plan.unread["shelf/a"].mtime_ns is None


def test_a_name_that_is_no_utf_8_is_passed_over() -> None:
    plan = make_plan({}, [source("\udcff.md"), ("\udcfe", "a link that leads nowhere")], everything=False)
    assert plan.read == ()
    assert plan.passed_over == (("\ufffd", "a link that leads nowhere"), ("\ufffd.md", "its name is not valid UTF-8"))


def test_a_time_of_change_is_trusted_once_a_later_change_would_leave_another() -> None:
    whole_second = MTIME - MTIME % 10**9
    assert trusted_mtime(source("a"), MTIME + 60_000_000) == MTIME
    assert trusted_mtime(source("a"), MTIME + 40_000_000) is None
    assert trusted_mtime(source("a"), MTIME - 40_000_000) is None
    assert trusted_mtime(source("a", mtime_ns=whole_second), whole_second + 10**9) is None
    assert trusted_mtime(source("a", mtime_ns=whole_second), whole_second + 3 * 10**9) == whole_second
