"""What the last look at the corpus told about files is remembered for one generation."""

from __future__ import annotations

import msgspec

from kb.storage.generations import Generations
from kb.storage.manifest import write_manifest
from kb.storage.records import FileRecord, write_records
from kb.storage.seen import known_files, remember
from tests.storage.test_manifest import MANIFEST


def record(path: str, size: int = 1) -> FileRecord:
    return FileRecord(path, size, 5, "digest")


def by_path(*records: FileRecord) -> dict[str, FileRecord]:
    return {file.path: file for file in records}


def test_changed_new_and_lost_records_are_remembered_for_one_generation(generations: Generations) -> None:
    for number in (3, 4):
        building = generations.folder / f"building-{number}"
        building.mkdir(parents=True)
        write_records(building, [record("a"), record("b")])
        write_manifest(building, msgspec.structs.replace(MANIFEST, number=number, index_files={"records.json": FILE}))
        generations.publish(building, number)
    fourth, third = generations.all()
    assert known_files(generations.folder, fourth) == by_path(record("a"), record("b"))
    remember(generations.folder, fourth, by_path(record("b", 2), record("c")))
    assert known_files(generations.folder, fourth) == by_path(record("b", 2), record("c"))
    assert known_files(generations.folder, third) == by_path(record("a"), record("b"))
    (generations.folder / "seen.json").write_bytes(b"damaged")
    assert known_files(generations.folder, fourth) == by_path(record("a"), record("b"))


FILE = MANIFEST.index_files["a.arrays"]
