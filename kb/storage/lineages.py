"""Two lineages of files: a generation shares no file with the generation that it was built upon.

A file that did not change is taken over from the base as another copy of the same content: a hard link to the copy
that an older generation holds, else a new copy. Copies therefore alternate from generation to generation: damage to a
file on the disk spares the generation before, and the content of each file is on the disk twice at most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from kb.cores import usable_cores
from kb.errors import IndexDamaged, IndexFailure
from kb.storage.checksums import is_same_file, measure, measure_all
from kb.storage.durability import copy_file, link_or_copy
from kb.storage.generations import Generation
from kb.storage.manifest import IndexFile


class Base(NamedTuple):
    """A generation to build upon.

    path    folder
    files   manifest entries of the files, by name, as hashed for this build
    copies  path of another copy of each file, by name, as far as there are; not verified
            None: the base is removed after the build, and its very files are taken over
    """

    path: Path
    files: Mapping[str, IndexFile]
    copies: Mapping[str, Path] | None = None


def copies_in(generations: Sequence[Generation], files: Mapping[str, IndexFile]) -> dict[str, Path]:
    """Path of another copy of each of these files, by name, in the first generation with one; not verified."""
    copies: dict[str, Path] = {}
    for generation in generations:
        with suppress(IndexDamaged):
            for name, own in generation.manifest.index_files.items():
                if name in files and own.sha256 == files[name].sha256 and own.inode != files[name].inode:
                    copies.setdefault(name, generation.path / name)
    return copies


def take_over(base: Base, names: Sequence[str], folder: Path) -> dict[str, IndexFile]:
    """Put files of the base into a folder, as copies with the same content; returns their manifest entries by name.

    Raises IndexFailure for a file that is not as the base's manifest entry says.
    """
    linked = _to_link(base, names)
    for name in names:
        if name in linked:
            link_or_copy(linked[name][0], folder / name)
        else:
            copy_file(base.path / name, folder / name)
    # A link may have become a copy, where the file system has no links.
    entries = {name: entry for name, (_, entry) in linked.items() if is_same_file((folder / name).stat(), entry)}
    entries |= measure_all([folder / name for name in names if name not in entries])
    for name, entry in entries.items():
        if entry.sha256 != base.files[name].sha256:
            raise IndexFailure(f"{base.path / name} was changed while it was built upon")
    return entries


def _to_link(base: Base, names: Sequence[str]) -> dict[str, tuple[Path, IndexFile]]:
    """Path and manifest entry of the files that can be linked, by name, as hashed for this build."""
    if base.copies is None:
        return {name: (base.path / name, base.files[name]) for name in names}
    candidates = [path for name, path in base.copies.items() if name in names]
    with ThreadPoolExecutor(usable_cores(), "hashing") as pool:
        measured = list(pool.map(_measured, candidates))
    return {
        path.name: (path, entry)
        for path, entry in zip(candidates, measured, strict=True)
        if entry and entry.sha256 == base.files[path.name].sha256 and entry.inode != base.files[path.name].inode
    }


def _measured(path: Path) -> IndexFile | None:
    try:
        return measure(path)
    except OSError:
        return None
