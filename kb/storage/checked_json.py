"""Checksummed JSON files: `{"format": 1, "sha256": "...", "content": {...}}`.

The digest covers the bytes of `content` as written, and the content is parsed only after verification. The digest is
the seal of the content: two files with one seal have one content.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

import msgspec

from kb.errors import IndexDamaged
from kb.storage.regular_files import read_regular

Content = TypeVar("Content")

_HEAD_BYTES = 128
"""Bytes at the beginning of a file that hold the format and the digest."""


class Sealed(NamedTuple, Generic[Content]):
    """The content of a file with its seal, a SHA-256 in hexadecimal digits."""

    content: Content
    seal: str


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: int
    sha256: str
    content: msgspec.Raw


def encode_checked(content: msgspec.Struct, version: int) -> bytes:
    """Bytes of a checksummed JSON file in the given format version."""
    raw = msgspec.json.encode(content)
    return msgspec.json.encode(_Envelope(version, hashlib.sha256(raw).hexdigest(), msgspec.Raw(raw)))


def seal_bytes(path: Path) -> bytes:
    """The beginning of a checksummed JSON file, another for any other content; empty if the file cannot be read."""
    try:
        return read_regular(path, _HEAD_BYTES)
    except (OSError, IndexDamaged):
        return b""


def read_checked(path: Path, content: type[Content], newest: int) -> Content:
    """Content of a checksummed JSON file, of format `newest` or older; raises IndexDamaged, see `read_sealed`."""
    return read_sealed(path, content, newest).content


def read_sealed(path: Path, content: type[Content], newest: int) -> Sealed[Content]:
    """Content and seal of a checksummed JSON file, of format `newest` or older.

    Raises IndexDamaged, with file and problem, if the file is unreadable, damaged or of a newer format, and OSError
    for a want of the moment.
    """
    try:
        data = read_regular(path)
    except FileNotFoundError as error:
        raise IndexDamaged(f"{path} cannot be read: {error.strerror}") from error
    try:
        envelope = msgspec.json.decode(data, type=_Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise IndexDamaged(f"{path} is damaged: {error}") from error
    if envelope.format > newest:
        raise IndexDamaged(f"{path} has format {envelope.format}, made by a newer kb; this one reads up to {newest}")
    if envelope.format < 1 or hashlib.sha256(envelope.content).hexdigest() != envelope.sha256:
        raise IndexDamaged(f"{path} is damaged: its content does not fit its checksum")
    try:
        return Sealed(msgspec.json.decode(envelope.content, type=content), envelope.sha256)
    except msgspec.DecodeError as error:
        raise IndexDamaged(f"{path} is damaged: {error}") from error
