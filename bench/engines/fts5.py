"""SQLite's FTS5: in every Python."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.articles import Article, plain_words
from bench.engines import HITS, SNIPPET_CHARS, NotInstalled, read_ids, write_ids

WEIGHTS = (2.0, 1.0)
"""Of title and body in bm25()."""

SNIPPET_WORDS = SNIPPET_CHARS // 6
"""snippet() counts in words; an English one takes six characters with its space."""

_SEARCH = "SELECT rowid FROM articles WHERE articles MATCH ? ORDER BY rank LIMIT ?"
_SNIPPETS = (
    f"SELECT rowid, snippet(articles, 1, '<b>', '</b>', '…', {SNIPPET_WORDS}) "
    "FROM articles WHERE articles MATCH ? ORDER BY rank LIMIT ?"
)


class Engine:
    """FTS5 in one database file."""

    label = "SQLite FTS5"
    counts_all = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ids: list[str] = []
        self._database: Any = None
        with closing(sqlite3.connect(":memory:")) as database:
            if not database.execute("SELECT sqlite_compileoption_used('ENABLE_FTS5')").fetchone()[0]:
                raise NotInstalled("not installed: this SQLite was built without FTS5")

    def version(self) -> str:
        return f"SQLite {sqlite3.sqlite_version}"

    def build(self, articles: Sequence[Article]) -> None:
        write_ids(self._folder, articles)
        self._folder.mkdir()
        database = self._connect()
        database.execute("CREATE VIRTUAL TABLE articles USING fts5(title, body, tokenize='porter unicode61')")
        # Ordering by the column `rank` is documented as faster than by a call of bm25() with the same weights.
        database.execute(
            "INSERT INTO articles(articles, rank) VALUES ('rank', ?)", (f"bm25({', '.join(map(str, WEIGHTS))})",)
        )
        rows = ((number, article.title, article.text) for number, article in enumerate(articles))
        database.executemany("INSERT INTO articles(rowid, title, body) VALUES (?, ?, ?)", rows)
        database.execute("INSERT INTO articles(articles) VALUES ('optimize')")
        database.commit()
        database.close()

    def open(self) -> None:
        self._ids = read_ids(self._folder)
        self._database = self._connect()

    def search(self, query: str) -> list[str]:
        return [self._ids[number] for (number,) in self._database.execute(_SEARCH, (_any_of(query), HITS))]

    def search_with_snippets(self, query: str) -> list[str]:
        return [snippet for _, snippet in self._database.execute(_SNIPPETS, (_any_of(query), HITS))]

    def close(self) -> None:
        self._database.close()

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._folder / "articles.db")


def _any_of(query: str) -> str:
    return " OR ".join(f'"{word}"' for word in plain_words(query)) or '""'
