"""The last step of a draft before it is published: it gets its records and its manifest, and is on the disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from kb.errors import IndexFailure
from kb.indexing.checksums import measure
from kb.indexing.draft import Draft
from kb.indexing.durability import sync
from kb.indexing.generations import Generation
from kb.indexing.manifest import MANIFEST, IndexFile, Manifest, write_manifest
from kb.indexing.records import FileRecord, write_records


def seal_draft(
    draft: Draft,
    *,
    number: int,
    base: Generation | None,
    fingerprint: Mapping[str, str],
    records: Sequence[FileRecord],
    articles: int,
) -> None:
    """Afterwards the draft's folder is, to the last byte, generation `number`, and outlasts a power failure."""
    write_records(draft.folder, records)
    shared = draft.shared()
    manifest = Manifest(
        number=number,
        created=datetime.now(UTC).isoformat(timespec="milliseconds"),
        parent=base.number if base else None,
        fingerprint=dict(fingerprint),
        articles=articles,
        index_files={path.name: _measured(path, shared) for path in sorted(draft.folder.iterdir())},
    )
    write_manifest(draft.folder, manifest)
    for name in [name for name in manifest.index_files if name not in shared]:
        sync(draft.folder / name)
    sync(draft.folder / MANIFEST)
    sync(draft.folder)


def _measured(path: Path, shared: Mapping[str, IndexFile]) -> IndexFile:
    """The file as it is; one that is shared must be as the base has it, or damage would be published as sound."""
    measured = measure(path)
    if path.name in shared and shared[path.name].sha256 != measured.sha256:
        raise IndexFailure(f"{path} was changed while it was built upon")
    return measured
