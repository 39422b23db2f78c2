"""Which files of the corpus a build has to read, decided from their records and a look at the folder alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from kb.article import SourceFile
from kb.indexing.records import ArticleRecord, FileRecord, owners

_COARSE_NS = 1_000_000_000
_GRANULE_NS = 50_000_000
_COARSE_GRANULE_NS = 2 * _COARSE_NS
# Two changes of a file closer together than this may leave the same mtime: kernels count in ticks of up to 10 ms, some
# file systems in seconds (whole-second times give them away), FAT in two.


@dataclass(frozen=True)
class Plan:
    """What is to be done with the files of a corpus."""

    read: tuple[SourceFile, ...]
    """In the order of reading: the path that sorts last first, so that the first version of an id met is the one that
    counts."""
    unread: dict[str, FileRecord]
    """What is taken to be as it was, by path."""
    anew: frozenset[str]
    """Paths whose articles count as new although the file's content may be as it was."""
    passed_over: tuple[tuple[str, str], ...]
    """Path and reason of what the look at the folder passed over."""


def make_plan(
    known: Mapping[str, FileRecord],
    found: Iterable[SourceFile | tuple[str, str]],
    *,
    everything: bool,
) -> Plan:
    """The plan for what a scan found, given the records of the files; `everything`: trust none of them."""
    sources: dict[str, SourceFile] = {}
    passed: dict[str, str] = {}
    for entry in found:
        if not isinstance(entry, SourceFile):
            passed[_printable(entry[0])] = entry[1]
        elif (name := _printable(entry.path)) != entry.path:
            passed[name] = "its name is not valid UTF-8"
        else:
            sources[entry.path] = entry
    unread = _held(known, sources.keys(), passed)
    read = set(sources)
    anew = set(sources)
    if not everything:
        same = {path for path in sources if path in known and _same(known[path], sources[path])}
        anew = _contested(known, same) & read
        read -= same - anew
        unread |= {path: known[path] for path in same - anew}
    ordered = sorted((sources[path] for path in read), key=lambda source: source.path, reverse=True)
    return Plan(tuple(ordered), unread, frozenset(anew), tuple(sorted(passed.items())))


def trusted_mtime(source: SourceFile, read_at_ns: int) -> int | None:
    """The mtime to record for a file that was read at that moment; None if a later change might leave the same one."""
    granule = _GRANULE_NS if source.mtime_ns % _COARSE_NS else _COARSE_GRANULE_NS
    return None if abs(read_at_ns - source.mtime_ns) < granule else source.mtime_ns


def _same(file: FileRecord, source: SourceFile) -> bool:
    return file.mtime_ns == source.mtime_ns and file.size == source.size


def _contested(known: Mapping[str, FileRecord], same: set[str]) -> set[str]:
    """The files that give an id which another file gives too, where one of the two is not as it was.

    Only the version that counts is in the index; if that goes, the other file has to be read for its own.
    """
    givers = Counter(a.id for file in known.values() for a in file.articles)
    shaken = {a.id for path, file in known.items() if path not in same for a in file.articles if givers[a.id] > 1}
    return {path for path, file in known.items() if any(a.id in shaken for a in file.articles)} if shaken else set()


def _under(path: str, passed: Mapping[str, str]) -> str | None:
    """The path or the folder above it that was passed over, if one was: then the file is not known to be gone."""
    while path:
        if path in passed:
            return path
        path = path.rpartition("/")[0]
    return None


def _held(known: Mapping[str, FileRecord], sources: Set[str], passed: Mapping[str, str]) -> dict[str, FileRecord]:
    """The records of files that were passed over and are not known to be gone: what the index has of theirs is kept."""
    owned = owners(known.values())
    held: dict[str, FileRecord] = {}
    for path, file in known.items():
        place = _under(path, passed) if path not in sources else None
        if place:
            own = [a for a in file.articles if owned[a.id].path == path]
            kept = tuple(ArticleRecord(a.id, a.digest, kept=True) for a in own)
            held[path] = FileRecord(path, file.size, None, "", kept, (passed[place],))
    return held


def _printable(path: str) -> str:
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
