"""A corpus in a fresh folder, written by the test that reads it."""

from pathlib import Path

import pytest

from kb.article import Article, Reading, SourceFile
from kb.articles.corpus import FolderCorpus

LIMIT = 1_000_000


class Desk:
    """A folder to put files in, and the corpus that it is."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.corpus = FolderCorpus(root, max_bytes=LIMIT)

    def put(self, path: str, content: str | bytes) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    def scan(self) -> list[str | tuple[str, str]]:
        """Paths of the article files, and what was passed over."""
        return [entry.path if isinstance(entry, SourceFile) else entry for entry in self.corpus.scan()]

    def read(self, path: str, content: str | bytes) -> Reading:
        """What a file of that name and content gives."""
        status = self.put(path, content).stat()
        return self.corpus.read(SourceFile(path, status.st_size, status.st_mtime_ns))

    def article(self, path: str, content: str | bytes) -> Article:
        """The only article of a file in which nothing was skipped."""
        reading = self.read(path, content)
        assert reading.skipped == ()
        [article] = reading.articles
        return article

    def reason(self, path: str, content: str | bytes) -> str:
        """Why a file gave no article."""
        reading = self.read(path, content)
        assert reading.articles == ()
        [reason] = reading.skipped
        return reason


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    root = tmp_path / "corpus"
    root.mkdir()
    return Desk(root)
