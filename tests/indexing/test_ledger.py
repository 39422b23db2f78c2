"""What a build decides about each file that it reads; `test_builder.py` has the whole stories."""

from __future__ import annotations

from kb.article import Reading, SourceFile
from kb.indexing.ledger import Counts, Ledger
from kb.indexing.plan import make_plan
from kb.storage.records import ArticleRecord, FileRecord, Owned

from .fakes import article
from .test_plan import MTIME, known, source

LATER = MTIME + 10**9


def reading(*texts: tuple[str, str], digest: str = "new", unreadable: bool = False) -> Reading:
    return Reading(tuple(article(*text) for text in texts), digest=digest, unreadable=unreadable)


def before(path: str, *texts: tuple[str, str]) -> FileRecord:
    articles = tuple(ArticleRecord(id_, article(id_, text).digest) for id_, text in texts)
    return FileRecord(path, 4, MTIME, "old", articles)


def ledger_for(records: dict[str, FileRecord], *sources: SourceFile, rewrite: bool = False) -> Ledger:
    return Ledger(records, make_plan(records, sources, everything=rewrite), rewrite=rewrite)


def ids(ledger: Ledger, path: str, given: Reading) -> list[str]:
    return [written.id for written in ledger.take(source(path), given, LATER)]


def test_new_and_changed_articles_are_written_and_the_rest_is_left_alone() -> None:
    ledger = ledger_for(known(before("x", ("1", "one"), ("2", "two"), ("3", "three"))), source("x"))
    assert ids(ledger, "x", reading(("1", "one"), ("2", "zwei"), ("4", "four"))) == ["2", "4"]
    assert ledger.removed() == ["3"]
    assert ledger.counts() == Counts(added=1, changed=1, removed=1, unchanged=1, kept=0)
    assert [ledger.is_replacement(id_) for id_ in "24"] == [True, False]


def test_the_first_file_taken_and_the_last_of_its_versions_win() -> None:
    ledger = ledger_for({}, source("a"), source("z"))
    written = ledger.take(source("z"), reading(("1", "early"), ("1", "late")), LATER)
    assert [found.text for found in written] == ["late"]
    assert ids(ledger, "a", reading(("1", "other"))) == []
    assert ledger.now() == {"1": Owned("z", article("1", "late").digest, kept=False)}
    assert list(ledger.files()) == ["a", "z"]


def test_what_an_unreadable_file_had_is_kept_until_it_is_dropped() -> None:
    ledger = ledger_for(known(before("x", ("1", "one"), ("2", "two"))), source("x"))
    assert ids(ledger, "x", reading(("1", "one"), unreadable=True)) == []
    assert ledger.counts() == Counts(added=0, changed=0, removed=0, unchanged=1, kept=1)
    ledger.drop("2", "2: lost")
    assert ledger.counts() == Counts(added=0, changed=0, removed=1, unchanged=1, kept=0)
    assert ledger.skipped() == [("x", "2: lost")]


def test_a_file_with_the_same_bytes_is_only_recorded_with_its_new_time() -> None:
    records = known(before("x", ("1", "one")))
    ledger = ledger_for(records, source("x"))
    assert ids(ledger, "x", reading(("1", "one"), digest="old")) == []
    assert ledger.files()["x"] == FileRecord("x", 5, MTIME, "old", records["x"].articles)


def test_a_rewrite_writes_what_has_not_changed_and_replaces_nothing() -> None:
    ledger = ledger_for(known(before("x", ("1", "one"))), source("x"), rewrite=True)
    assert ids(ledger, "x", reading(("1", "one"))) == ["1"]
    assert not ledger.is_replacement("1")
    assert ledger.counts() == Counts(added=0, changed=0, removed=0, unchanged=1, kept=0)
