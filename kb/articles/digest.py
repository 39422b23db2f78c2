"""Digests of files and of articles: 128 bits of BLAKE2b in hex."""

from __future__ import annotations

import hashlib

import msgspec

from kb.article import Article


def digest_of(data: bytes) -> str:
    """The hex digest of `data`."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def with_digest(article: Article) -> Article:
    """`article` with the digest of all its fields but `digest` (msgpack)."""
    content = msgspec.msgpack.encode(msgspec.structs.replace(article, digest=""))
    return msgspec.structs.replace(article, digest=digest_of(content))
