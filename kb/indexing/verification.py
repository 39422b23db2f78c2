"""Whether an index holds the articles that it should: before it is published, and whenever somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from pathlib import Path

from kb.errors import IndexDamaged, IndexFailure
from kb.indexing.checksums import file_problems
from kb.indexing.contents import Contents
from kb.indexing.generations import Generation
from kb.indexing.records import Owned, owners
from kb.segments.batch import Batch, PackedArticle, article_of
from kb.text.characters import ENCODINGS
from kb.text.tokens import Analyzer

_PROBES = 8
_PROBED = 2000
"""How many probes there are, and in how much of an article's text their words are looked for."""


class Written:
    """What was given to the writer of a draft, remembered in a few bytes an article."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self.prints: dict[str, int] = {}
        self.probes: dict[str, tuple[str, str]] = {}
        """Id of an article, and a field and a term of it that must find it; of a few articles only."""

    def add(self, ids: Sequence[str], batch: Batch) -> None:
        """Remembers the articles of a batch, which have these ids, and words of some of them."""
        rows = zip(ids, map(PackedArticle, batch.records, batch.texts, batch.widths.tolist()), strict=True)
        for article_id, packed in rows:
            self.prints[article_id] = _fingerprint(packed)
            # Numbers 1, 2, 4, 8, ...: some of every part of a large build; the oldest probe makes room.
            if len(self.prints) & (len(self.prints) - 1) == 0:
                self._probe(article_id, packed)

    def _probe(self, article_id: str, packed: PackedArticle) -> None:
        text = packed.text[: packed.width * _PROBED].decode(ENCODINGS[packed.width])
        words = self._analyzer.tokens(text).words
        if words:
            self.probes[article_id] = ("text", self._analyzer.stem(max(words, key=len)))
            if len(self.probes) > _PROBES:
                del self.probes[next(iter(self.probes))]


def verify_draft(
    folder: Path,
    expected: Mapping[str, Owned],
    written: Written,
    unchanged_segments: Set[str],
    progress: Callable[[int], None],
) -> None:
    """Nothing if the index in the folder, opened afresh, is right; else raises IndexFailure.

    Right is: as many documents as expected ids; every article in a segment that is new is expected there and is, to
    the letter, what was written; a word of some of them finds them.
    """
    try:
        with Contents(folder) as contents:
            problem = next(_draft_problems(contents, expected, written, unchanged_segments, progress), None)
    except OSError:
        raise
    except Exception as error:
        raise IndexFailure(f"the new index in {folder} cannot be read back: {error!r}") from error
    if problem:
        raise IndexFailure(f"the new index in {folder} is wrong and was not published: {problem}")


def check(generation: Generation) -> list[str]:
    """One sentence for everything that is wrong with a generation; empty if it is whole.

    Every file is hashed; only if all are right is Whoosh let near them, and every article is read.
    """
    if problems := file_problems(generation):
        return problems
    try:
        with Contents(generation.path) as contents:
            return list(_content_problems(contents, owners(generation.records)))
    except IndexDamaged as error:
        return [str(error)]
    except Exception as error:
        return [f"{generation.path} cannot be read by Whoosh: {error!r}"]


def _draft_problems(
    contents: Contents,
    expected: Mapping[str, Owned],
    written: Written,
    unchanged_segments: Set[str],
    progress: Callable[[int], None],
) -> Iterator[str]:
    if len(contents) != len(expected):
        yield f"{len(contents)} documents instead of {len(expected)}"
    read_back: set[str] = set()
    for number, (id_, packed) in enumerate(contents.packed(without=unchanged_segments), start=1):
        if id_ in read_back:
            yield f"{id_} is there twice"
        read_back.add(id_)
        article = article_of(packed.record)
        if id_ not in expected or article.id != id_ or article.digest != expected[id_].digest:
            yield f"{id_} is not the version that was to be there"
        if id_ in written.prints and written.prints[id_] != _fingerprint(packed):
            yield f"{id_} is not what was written"
        progress(number)
    for id_ in written.prints.keys() - read_back:
        yield f"{id_} was written but is not there"
    for id_, (field, term) in written.probes.items():
        if not contents.finds(field, term, id_):
            yield f"{id_} is not found by {field}:{term}"


def _content_problems(contents: Contents, expected: Mapping[str, Owned]) -> Iterator[str]:
    seen: set[str] = set()
    if len(contents) != len(expected):
        yield f"{len(contents)} documents instead of {len(expected)}"
    for id_, article in contents.articles():
        if id_ in seen:
            yield f"{id_} is there twice"
        elif id_ not in expected:
            yield f"{id_} is not in the manifest"
        elif article.digest != expected[id_].digest:
            yield f"{id_} is another version than the manifest says"
        seen.add(id_)
    yield from (f"{id_} is missing" for id_ in sorted(expected.keys() - seen))


def _fingerprint(packed: PackedArticle) -> int:
    # For this process alone, and against mistakes: whoever could forge it could write the index. What the disk does to
    # the files, their checksums tell.
    return hash(packed)
