"""Sizes as a person reads them."""

from __future__ import annotations


def over_limit(size: int, limit: int) -> str:
    """The reason for a file that is too large: `52.4 MB, the limit is 10 MB`."""
    shown, bound = _megabytes(size, limit), limit_text(limit)
    if shown == bound:
        return f"{size:,} bytes, the limit is {limit:,} bytes"
    return f"{shown}, the limit is {bound}"


def limit_text(limit: int) -> str:
    """A limit in megabytes, in the kind of megabyte that it was given in."""
    return _megabytes(limit, limit)


def _megabytes(size: int, limit: int) -> str:
    if limit < 10**6:
        return f"{size:,} bytes"
    unit = 1 << 20 if limit % (1 << 20) == 0 else 10**6
    return f"{size / unit:.1f}".removesuffix(".0") + " MB"
