"""Verification of an index by reading the articles back: before publishing, and for `kb check`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from pathlib import Path

from kb.errors import IndexDamaged, IndexFailure
from kb.indexing.contents import Contents
from kb.segments.batch import Batch, PackedArticle, article_of
from kb.storage.checksums import file_problems
from kb.storage.fingerprint import layout_problem
from kb.storage.generations import Generation
from kb.storage.records import Owned, owners
from kb.text.characters import ENCODINGS
from kb.text.tokens import Analyzer

_PROBES = 8
"""Probes of a build at most."""

_PROBED = 2000
"""Characters at the beginning of an article to choose the word of a probe from."""


class Written:
    """Fingerprints of the articles given to a draft, a few bytes an article."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self.prints: dict[str, int] = {}
        """Fingerprint of each article, by id."""
        self.probes: dict[str, tuple[str, str]] = {}
        """(field, term) of a search required to find an article, by id; for a few articles only."""

    def add(self, ids: Sequence[str], batch: Batch) -> None:
        """Remember the articles of a batch, and a word of a few articles."""
        rows = zip(ids, map(PackedArticle, batch.records, batch.texts, batch.widths.tolist()), strict=True)
        for article_id, packed in rows:
            self.prints[article_id] = _fingerprint(packed)
            # Article 1, 2, 4, 8, ...: every part of a large build is probed; the newest probes stay.
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
    shared_segments: Set[str],
    progress: Callable[[int], None],
) -> None:
    """Open and verify the index in the folder; raises IndexFailure with the first problem.

    Verified: there are as many documents as expected ids; every article in a new segment is expected and equals
    the article written; a search for the word of each probe finds the article.
    """
    try:
        with Contents(folder) as contents:
            problem = next(_draft_problems(contents, expected, written, shared_segments, progress), None)
    except OSError:
        raise
    except Exception as error:
        raise IndexFailure(f"the new index in {folder} cannot be read back: {error!r}") from error
    if problem:
        raise IndexFailure(f"the new index in {folder} is wrong and was not published: {problem}")


def check(generation: Generation) -> list[str]:
    """A sentence for each problem of a generation; empty if the generation is whole.

    Every file is hashed; only if all hashes are right does Whoosh open the files and is every article read.
    """
    if problems := file_problems(generation):
        return problems
    if problem := layout_problem(generation):
        return [problem]
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
    shared_segments: Set[str],
    progress: Callable[[int], None],
) -> Iterator[str]:
    if len(contents) != len(expected):
        yield f"{len(contents)} documents instead of {len(expected)}"
    read_back: set[str] = set()
    for count, (id_, packed) in enumerate(contents.packed(without=shared_segments), start=1):
        if id_ in read_back:
            yield f"{id_} is there twice"
        read_back.add(id_)
        article = article_of(packed.record)
        if id_ not in expected or article.id != id_ or article.digest != expected[id_].digest:
            yield f"{id_} is not the version that was to be there"
        if id_ in written.prints and written.prints[id_] != _fingerprint(packed):
            yield f"{id_} is not what was written"
        progress(count)
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
    # Valid in this process alone, and good against mistakes: a forger of hashes could write the index as well. Damage
    # of the files on the disk is found by their checksums.
    return hash(packed)
