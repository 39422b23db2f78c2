"""A file of named arrays, opened by mapping: the disk is read on use.

    bytes 0-7     magic: b"kbarray4"; the digit is the version
    bytes 8-15    length of the header, little-endian
    header        JSON: {name: {"dtype": "<i4", "shape": [n], "offset": o}}, offsets from the beginning of the file
    arrays        each at a multiple of 64 bytes, in the order of the header

The version covers this container and the arrays of `layout.py`; its history is there.
"""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from math import prod
from pathlib import Path

import msgspec
import numpy as np

from kb.errors import IndexDamaged
from kb.segments.bounds import bounds_of
from kb.segments.versions import LAYOUT_VERSION, MADE_BY_OLDER_KB

_KIND = b"kbarray"
MAGIC = _KIND + b"%d" % LAYOUT_VERSION
"""First eight bytes of a file."""

ALIGNMENT = 64
"""Every offset of an array is a multiple of this many bytes."""

Arrays = dict[str, np.ndarray]
"""Arrays by name, in the order of the file."""

_DTYPES = {np.dtype(code).newbyteorder("<").str for code in np.typecodes["AllInteger"] + "?efd"}


class _Entry(msgspec.Struct, frozen=True):
    """Header entry of an array; `offset` in bytes."""

    dtype: str
    shape: tuple[int, ...]
    offset: int


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write a new file that holds the arrays, in C order."""
    # The header's own length moves the offsets in it: room for it is left by guessing high once.
    begin = _aligned(16 + 128 * (len(arrays) + 1))
    entries: dict[str, _Entry] = {}
    offset = begin
    for name, array in arrays.items():
        entries[name] = _Entry(array.dtype.str, array.shape, offset)
        offset = _aligned(offset + array.nbytes)
    header = msgspec.json.encode(entries)
    if 16 + len(header) > begin:
        raise ValueError(f"the names of the arrays in {path} are too long")
    with path.open("xb") as file:
        file.write(MAGIC + len(header).to_bytes(8, "little") + header)
        for name, array in arrays.items():
            file.seek(entries[name].offset)
            file.write(np.ascontiguousarray(array).data)
        file.truncate(max(offset, begin))


def open_arrays(path: Path) -> Arrays:
    """The arrays of a file, mapped and read-only; raises IndexDamaged for a missing, older or damaged file."""
    try:
        with path.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except ValueError as error:
        raise IndexDamaged(f"{path} is empty") from error
    except OSError as error:
        raise IndexDamaged(f"{path} cannot be opened: {error.strerror}") from error
    if content[:8] != MAGIC:
        is_of_another_version = content[: len(_KIND)] == _KIND
        problem = MADE_BY_OLDER_KB if is_of_another_version else "is not a file of arrays that this version reads"
        raise IndexDamaged(f"{path} {problem}")
    try:
        header = content[16 : 16 + int.from_bytes(content[8:16], "little")]
        entries = msgspec.json.decode(header, type=dict[str, _Entry])
        return {name: _mapped(content, entry) for name, entry in entries.items()}
    except (msgspec.DecodeError, ValueError, TypeError, OverflowError) as error:
        raise IndexDamaged(f"the arrays in {path} cannot be found: {error}") from error


def pack_strings(strings: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Strings end to end as UTF-8 bytes (uint8), and their bounds in bytes: int64, shape (n + 1,)."""
    encoded = [string.encode("utf-8", "surrogatepass") for string in strings]
    return np.frombuffer(b"".join(encoded), dtype=np.uint8), bounds_of([len(part) for part in encoded])


def unpack_string(content: np.ndarray, bounds: np.ndarray, index: int) -> str:
    """The string at an index of `pack_strings`."""
    return content[bounds[index] : bounds[index + 1]].tobytes().decode("utf-8", "surrogatepass")


def _mapped(content: mmap.mmap, entry: _Entry) -> np.ndarray:
    if entry.dtype not in _DTYPES or min(entry.shape, default=0) < 0:
        raise ValueError(f"{entry.dtype} {entry.shape} is no array")
    dtype = np.dtype(entry.dtype)
    count = prod(entry.shape)
    return np.frombuffer(content, dtype=dtype, count=count, offset=entry.offset).reshape(entry.shape)


def _aligned(offset: int) -> int:
    return -(-offset // ALIGNMENT) * ALIGNMENT
