"""Sizes in words for people."""

from __future__ import annotations


def over_limit(size: int, limit: int) -> str:
    """Reason for skipping a file over the size limit: `52.4 MB, the limit is 10 MB`."""
    shown, bound = _megabytes(size, limit), limit_text(limit)
    if shown == bound:
        return f"{size:,} bytes, the limit is {limit:,} bytes"
    return f"{shown}, the limit is {bound}"


def limit_text(limit: int) -> str:
    """A limit in megabytes: of 2^20 bytes for a multiple of 2^20, else of 10^6 bytes."""
    return _megabytes(limit, limit)


def _megabytes(size: int, limit: int) -> str:
    if limit < 10**6:
        return f"{size:,} bytes"
    unit = 1 << 20 if limit % (1 << 20) == 0 else 10**6
    return f"{size / unit:.1f}".removesuffix(".0") + " MB"
