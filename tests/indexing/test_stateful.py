"""Any order of changes, failures, rebuilds and rollbacks: the index holds what a dict would."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kb.errors import BuildRefused
from kb.indexing.builder import Builder
from kb.indexing.verification import check
from kb.storage.generations import Generations
from kb.storage.rollback import rollback
from kb.text.tokens import Analyzer

from .fakes import FakeCorpus, texts_of

ANALYZER = Analyzer()
PATHS = st.sampled_from(["a.md", "b.md", "c/d.md", "e.md"])
LISTS = st.sampled_from(["0.jsonl", "x.jsonl", "y.jsonl"])
WORDS = st.sampled_from(["apple stone", "bread", "cheese and bread", "stone"])


class IndexMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp()) / "index"
        self.builder = Builder(self.folder, ANALYZER)
        self.corpus = FakeCorpus({})
        self.generations = Generations(self.folder)
        self.published: dict[int, dict[str, str]] = {}
        self.current: dict[str, str] = {}
        self.built: dict[str, str] = {}
        self.held: dict[str, str] | None = None

    def teardown(self) -> None:
        shutil.rmtree(self.folder.parent)

    @rule(path=PATHS, text=WORDS)
    def put(self, path: str, text: str) -> None:
        self.corpus.put(path, text)

    @rule(path=LISTS, lines=st.dictionaries(st.sampled_from("123"), WORDS, max_size=3))
    def put_lines(self, path: str, lines: dict[str, str]) -> None:
        self.corpus.put(path, "\n".join(f"{key}={text}" for key, text in lines.items()))

    @rule(path=st.sampled_from(["a.md", "x.jsonl"]))
    def touch(self, path: str) -> None:
        self.corpus.touch(path)

    @rule(path=PATHS | LISTS)
    def remove(self, path: str) -> None:
        if path in self.corpus.texts:
            self.corpus.remove(path)

    @rule(path=PATHS, reason=st.sampled_from(["no text", "draft"]))
    def break_file(self, path: str, reason: str) -> None:
        self.corpus.break_file(path, reason)

    @rule()
    def change_the_rules(self) -> None:
        self.corpus.fingerprint += "+"

    @rule()
    def build(self) -> None:
        if self.held == self.corpus.texts:
            report = self.builder.build(self.corpus)
            assert (report.published, report.held_from != "") == (False, True)
            return
        expected = self._expected()
        lost = [article_id for article_id in self.current if article_id not in expected]
        unmoved = [article_id for article_id in lost if self.current[article_id] not in expected.values()]
        try:
            report = self.builder.build(self.corpus)
        except BuildRefused:
            assert 2 * len(lost) > len(self.current)
            report = self.builder.build(self.corpus, allow_shrink=True)
        else:
            assert 2 * len(unmoved) <= len(self.current)
        assert report.articles == len(expected)
        assert report.added + report.changed + report.unchanged + report.kept == len(expected)
        self.current = expected
        self.held, self.built = None, dict(self.corpus.texts)
        self.published[self.generations.current().number] = expected
        assert not self.builder.build(self.corpus, allow_shrink=True).published

    @precondition(lambda self: len(self.generations.older()) > 0)
    @rule()
    def roll_back(self) -> None:
        self.current = self.published[rollback(self.folder).number]
        self.held = self.built

    @precondition(lambda self: self.published)
    @invariant()
    def the_index_holds_what_the_model_holds(self) -> None:
        current = self.generations.current()
        assert texts_of(current) == self.current
        assert check(current) == []

    def _expected(self) -> dict[str, str]:
        expected = {}
        for path, text in sorted(self.corpus.texts.items()):
            if path.endswith(".jsonl"):
                expected |= dict(line.split("=") for line in text.split("\n") if line)
            elif not self.corpus.reasons[path]:
                expected[path] = text
            elif self.corpus.reasons[path] != ("draft",) and path in self.current:
                expected[path] = self.current[path]
        return expected


TestIndex = IndexMachine.TestCase
TestIndex.settings = settings(
    max_examples=40, stateful_step_count=15, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
