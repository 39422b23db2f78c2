"""Apache Lucene: Java, the library behind Solr, Elasticsearch and OpenSearch.

`python -m bench.engines.lucene` builds the Java half, `lucene/LuceneEngine.java`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.articles import Article, plain_words
from bench.engines import HITS, SNIPPET_CHARS, NotInstalled, read_ids, write_ids
from bench.engines.java import Program, build, newest_jdk

PROJECT = Path(__file__).with_name("lucene")

CLASSES = PROJECT / "target" / "classes"
_LIBRARIES = PROJECT / "target" / "lib"
_COMMANDS = {"search": "search", "search_with_snippets": "snippets"}


class Engine:
    """Lucene over one index folder, in a Java process."""

    label = "Lucene"
    counts_all = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ids: list[str] = []
        self._program: Program | None = None
        newest_jdk()
        if not _is_built():
            raise NotInstalled("not built: `python -m bench.engines.lucene` does it, with Maven")

    def version(self) -> str:
        core = next(_LIBRARIES.glob("lucene-core-*.jar"))
        return f"Lucene {core.stem.removeprefix('lucene-core-')} on Java {newest_jdk().version}"

    def start(self) -> None:
        self._program = Program([CLASSES, _LIBRARIES / "*"], "LuceneEngine", HITS, SNIPPET_CHARS)

    def hand_over(self, articles: Sequence[Article]) -> None:
        write_ids(self._folder, articles)
        self._ask("take", *(text for article in articles for text in (article.title, article.text)))

    def build(self, articles: Sequence[Article]) -> None:
        """Write the index of the articles that were handed over."""
        self._ask("build", str(self._folder))

    def open(self) -> None:
        self._ids = read_ids(self._folder)
        self._ask("open", str(self._folder))

    def search(self, query: str) -> list[str]:
        return [self._ids[int(position)] for position in self._ask("search", _words_of(query))]

    def search_with_snippets(self, query: str) -> list[str]:
        return self._ask("snippets", _words_of(query))

    def times(self, method: str, queries: Sequence[str]) -> list[int]:
        return [int(nanoseconds) for nanoseconds in self._ask("time", _COMMANDS[method], *map(_words_of, queries))]

    def close(self) -> None:
        if self._program:
            self._program.close()

    def _ask(self, *request: str) -> list[str]:
        if self._program is None:
            raise RuntimeError("not started")
        return self._program.ask(*request)


def _words_of(query: str) -> str:
    return " ".join(plain_words(query))


def _is_built() -> bool:
    """Whether the classes are as new as the source they are compiled from."""
    compiled = CLASSES / "LuceneEngine.class"
    sources = PROJECT / "LuceneEngine.java", PROJECT / "pom.xml"
    return compiled.exists() and compiled.stat().st_mtime >= max(source.stat().st_mtime for source in sources)


def main() -> None:
    build(PROJECT)
    print(Engine(PROJECT).version(), "is ready.")


if __name__ == "__main__":
    main()
