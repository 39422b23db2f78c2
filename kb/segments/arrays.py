"""A file of named arrays that is opened by mapping it, so that nothing is read before it is used.

    bytes 0-7     magic: b"kbarray1"; the digit is the version of this container
    bytes 8-15    length of the header, little-endian
    header        JSON: {name: {"dtype": "<i4", "shape": [n], "offset": o}}, offsets from the beginning of the file
    arrays        each at a multiple of 64 bytes, in the order of the header

Versions: 1, the first.
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

MAGIC = b"kbarray1"
ALIGNMENT = 64

Arrays = dict[str, np.ndarray]

_DTYPES = {np.dtype(code).newbyteorder("<").str for code in np.typecodes["AllInteger"] + "?efd"}


class _Place(msgspec.Struct, frozen=True):
    dtype: str
    shape: tuple[int, ...]
    offset: int


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write a new file that holds the arrays, in C order."""
    sizes = {name: array.nbytes for name, array in arrays.items()}
    # The header's own length moves the offsets in it: room for it is left by guessing high once.
    begin = _aligned(16 + 128 * (len(arrays) + 1))
    places: dict[str, _Place] = {}
    offset = begin
    for name, array in arrays.items():
        places[name] = _Place(array.dtype.str, array.shape, offset)
        offset = _aligned(offset + sizes[name])
    header = msgspec.json.encode(places)
    if 16 + len(header) > begin:
        raise ValueError(f"the names of the arrays in {path} are too long")
    with path.open("xb") as file:
        file.write(MAGIC + len(header).to_bytes(8, "little") + header)
        for name, array in arrays.items():
            file.seek(places[name].offset)
            file.write(np.ascontiguousarray(array).data)
        file.truncate(max(offset, begin))


def open_arrays(path: Path) -> Arrays:
    """The arrays of a file, mapped and read-only; raises IndexDamaged if it is not there or not such a file."""
    try:
        with path.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except ValueError as error:
        raise IndexDamaged(f"{path} is empty") from error
    except OSError as error:
        raise IndexDamaged(f"{path} cannot be opened: {error.strerror}") from error
    if content[:8] != MAGIC:
        raise IndexDamaged(f"{path} is not a file of arrays that this version reads")
    try:
        header = content[16 : 16 + int.from_bytes(content[8:16], "little")]
        places = msgspec.json.decode(header, type=dict[str, _Place])
        return {name: _mapped(content, place) for name, place in places.items()}
    except (msgspec.DecodeError, ValueError, TypeError, OverflowError) as error:
        raise IndexDamaged(f"the arrays in {path} cannot be found: {error}") from error


def pack_strings(strings: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Strings as one array of UTF-8 bytes and the bounds of each in it: uint8 and int64, shape (n + 1,)."""
    encoded = [string.encode("utf-8", "surrogatepass") for string in strings]
    return np.frombuffer(b"".join(encoded), dtype=np.uint8), bounds_of([len(part) for part in encoded])


def unpack_string(content: np.ndarray, bounds: np.ndarray, number: int) -> str:
    """One of the strings that `pack_strings` packed."""
    return content[bounds[number] : bounds[number + 1]].tobytes().decode("utf-8", "surrogatepass")


def _mapped(content: mmap.mmap, place: _Place) -> np.ndarray:
    if place.dtype not in _DTYPES or min(place.shape, default=0) < 0:
        raise ValueError(f"{place.dtype} {place.shape} is no array")
    dtype = np.dtype(place.dtype)
    count = prod(place.shape)
    return np.frombuffer(content, dtype=dtype, count=count, offset=place.offset).reshape(place.shape)


def _aligned(offset: int) -> int:
    return -(-offset // ALIGNMENT) * ALIGNMENT
