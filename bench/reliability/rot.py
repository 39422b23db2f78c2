"""Kinds of damage that a disk does to the files of a generation: the time of change stays as it was."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from kb.segments.arrays import open_arrays

Kind: TypeAlias = Literal["bit", "noise", "zeros", "cut", "swap"]
"""A flipped bit; a run of random bytes; a page of zeros; a file cut off; two files in each other's place."""

KINDS: Mapping[Kind, int] = {"bit": 5, "noise": 2, "zeros": 2, "cut": 1, "swap": 1}
"""Every kind, with the odds of being drawn."""

WHILE_OPEN: tuple[Kind, ...] = ("bit", "noise", "zeros")
"""Kinds for a file that is mapped: to read beyond the end of a file cut off meanwhile ends any process by SIGBUS."""

_PAGE = 4096
_LONGEST_NOISE = 1024


class Damage(NamedTuple):
    """Contents of files before and after, by path."""

    kind: Kind
    before: Mapping[Path, bytes]
    after: Mapping[Path, bytes]

    def do(self) -> None:
        """Write the damaged contents, into the same files."""
        _write(self.after)

    def undo(self) -> None:
        """Write the contents as they were, into the same files."""
        _write(self.before)


def draw_damage(chance: random.Random, folder: Path, kinds: Mapping[Kind, int] = KINDS) -> Damage:
    """Some damage to a folder of files that changes a content."""
    while True:
        (kind,) = chance.choices(list(kinds), list(kinds.values()))
        damage = _draw(chance, folder, kind)
        if damage.before != damage.after:
            return damage


def _draw(chance: random.Random, folder: Path, kind: Kind) -> Damage:
    path = _choose(chance, sorted(folder.iterdir()))
    whole = path.read_bytes()
    if kind == "swap":
        other = _choose(chance, sorted(folder.iterdir()))
        return Damage(kind, {path: whole, other: other.read_bytes()}, {path: other.read_bytes(), other: whole})
    changed = bytearray(whole)
    if kind == "cut":
        del changed[chance.randrange(len(whole)) :]
    elif kind == "zeros":
        begin = _offset(chance, path, len(whole)) // _PAGE * _PAGE
        changed[begin : begin + _PAGE] = bytes(len(changed[begin : begin + _PAGE]))
    elif kind == "noise":
        begin = _offset(chance, path, len(whole))
        end = min(len(whole), begin + chance.randrange(1, _LONGEST_NOISE))
        changed[begin:end] = chance.randbytes(end - begin)
    else:
        changed[_offset(chance, path, len(whole))] ^= 1 << chance.randrange(8)
    return Damage(kind, {path: whole}, {path: bytes(changed)})


def _choose(chance: random.Random, paths: list[Path]) -> Path:
    """Mostly a file of arrays, which is not hashed at every opening."""
    large = [path for path in paths if path.suffix in (".arrays", ".impacts")]
    return chance.choice(large if chance.random() < 0.8 else paths)


def _offset(chance: random.Random, path: Path, size: int) -> int:
    """Offset of a byte; in a file of arrays every array is as likely, and so is the header."""
    if path.suffix not in (".arrays", ".impacts"):
        return chance.randrange(size)
    whole = path.read_bytes()
    header = 16 + int.from_bytes(whole[8:16], "little")
    arrays = [array for array in open_arrays(path).values() if array.nbytes]
    index = chance.randrange(len(arrays) + 1)
    if index == len(arrays):
        return chance.randrange(header)
    # The arrays lie in the file in the order of the header, each at a multiple of 64 bytes.
    ends = [0]
    begins = []
    for array in arrays:
        begins.append(whole.index(array.tobytes(), max(header, ends[-1])))
        ends.append(begins[-1] + array.nbytes)
    return chance.randrange(begins[index], begins[index] + arrays[index].nbytes)


def _write(contents: Mapping[Path, bytes]) -> None:
    for path, content in contents.items():
        before = path.stat()
        with path.open("r+b") as file:
            file.write(content)
            file.truncate()
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
