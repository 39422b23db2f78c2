"""Checksummed JSON files: `{"format": 1, "sha256": "...", "content": {...}}`.

The digest covers the bytes of `content` as written, and the content is parsed only after verification.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TypeVar

import msgspec

from kb.errors import IndexDamaged

Content = TypeVar("Content")


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: int
    sha256: str
    content: msgspec.Raw


def encode_checked(content: msgspec.Struct, version: int) -> bytes:
    """Bytes of a checksummed JSON file in the given format version."""
    raw = msgspec.json.encode(content)
    return msgspec.json.encode(_Envelope(version, hashlib.sha256(raw).hexdigest(), msgspec.Raw(raw)))


def read_checked(path: Path, content: type[Content], newest: int) -> Content:
    """Content of a checksummed JSON file, of format `newest` or older.

    Raises IndexDamaged, with file and problem, if the file is unreadable, damaged or of a newer format.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
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
        return msgspec.json.decode(envelope.content, type=content)
    except msgspec.DecodeError as error:
        raise IndexDamaged(f"{path} is damaged: {error}") from error
