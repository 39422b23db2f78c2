"""Files of the corpus for a build to read, decided by the records and a scan of the folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from kb.article import SourceFile
from kb.storage.records import ArticleRecord, FileRecord, owners

_SECOND_NS = 1_000_000_000
_GRANULE_NS = 50_000_000
"""Two changes of a file closer together than 50 ms may leave the same mtime: kernels count in ticks of up to 10 ms."""

_COARSE_GRANULE_NS = 2 * _SECOND_NS
"""The same for file systems with times in seconds, recognised by whole seconds; FAT counts in two seconds."""


@dataclass(frozen=True)
class Plan:
    """Files of a corpus by treatment in a build."""

    read: tuple[SourceFile, ...]
    """Files to read, in descending order of paths: the first version of an id owns the id."""
    unread: dict[str, FileRecord]
    """Records taken over without reading, by path."""
    anew: frozenset[str]
    """Paths of files with articles counted as new even if the content of the file is unchanged."""
    passed_over: tuple[tuple[str, str], ...]
    """(path, reason) of everything passed over by the scan."""


def make_plan(
    known: Mapping[str, FileRecord],
    scanned: Iterable[SourceFile | tuple[str, str]],
    *,
    everything: bool,
) -> Plan:
    """The plan for the results of a scan, given the records by path; `everything`: read unchanged files too."""
    sources: dict[str, SourceFile] = {}
    passed: dict[str, str] = {}
    for entry in scanned:
        if not isinstance(entry, SourceFile):
            passed[_printable(entry[0])] = entry[1]
        elif (name := _printable(entry.path)) != entry.path:
            passed[name] = "its name is not valid UTF-8"
        else:
            sources[entry.path] = entry
    unread = _passed_over(known, sources.keys(), passed)
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
    """mtime (ns) to record for a file read at `read_at_ns`; None if a later change might leave the same mtime."""
    granule = _GRANULE_NS if source.mtime_ns % _SECOND_NS else _COARSE_GRANULE_NS
    return None if abs(read_at_ns - source.mtime_ns) < granule else source.mtime_ns


def _same(file: FileRecord, source: SourceFile) -> bool:
    return file.mtime_ns == source.mtime_ns and file.size == source.size


def _contested(known: Mapping[str, FileRecord], same: set[str]) -> set[str]:
    """Paths of files with a shared id, if any file with the id is changed.

    The index has the owner's version alone; if the owner changes, all versions have to be read.
    """
    versions = Counter(a.id for file in known.values() for a in file.articles)
    disputed = {a.id for path, file in known.items() if path not in same for a in file.articles if versions[a.id] > 1}
    return {path for path, file in known.items() if any(a.id in disputed for a in file.articles)} if disputed else set()


def _under(path: str, passed: Mapping[str, str]) -> str | None:
    """The nearest of the path and the folders above that the scan passed over, or None."""
    while path:
        if path in passed:
            return path
        path = path.rpartition("/")[0]
    return None


def _passed_over(
    known: Mapping[str, FileRecord], sources: Set[str], passed: Mapping[str, str]
) -> dict[str, FileRecord]:
    """New records of known files passed over by the scan: the articles in the index are kept."""
    owned = owners(known.values())
    records: dict[str, FileRecord] = {}
    for path, file in known.items():
        covering = _under(path, passed) if path not in sources else None
        if covering:
            own = [a for a in file.articles if owned[a.id].path == path]
            kept = tuple(ArticleRecord(a.id, a.digest, kept=True) for a in own)
            records[path] = FileRecord(path, file.size, None, "", kept, (passed[covering],))
    return records


def _printable(path: str) -> str:
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
