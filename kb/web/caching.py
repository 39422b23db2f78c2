"""Which answers may be kept and how they are recognised: weak entity tags from the generation and the request.

A tag needs no search, so a client that has the answer already is told so for the price of a hash.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

import falcon

SHARED = ("public", "max-age=60", "stale-while-revalidate=600")
"""A new generation is seen within a minute, and a cache may bridge the time that it takes to ask."""

FOREVER = ("public", "max-age=31536000", "immutable")
"""For addresses that contain a digest of what they give."""


def entity_tag(generation: str, kind: str, parameters: Mapping[str, str]) -> str:
    """The weak tag of an answer of one kind to canonical parameters from one generation."""
    digest = blake2b(digest_size=12)
    for part in (generation, kind, *(part for pair in sorted(parameters.items()) for part in pair)):
        encoded = part.encode("utf-8", "surrogatepass")
        # With its length before each part, no two lists of parts can look alike.
        digest.update(b"%d:" % len(encoded) + encoded)
    return f'W/"{digest.hexdigest()}"'


def announce(resp: falcon.Response, generation: str, tag: str) -> None:
    """Say which generation an answer comes from, and that it may be kept for a while."""
    resp.set_header("KB-Generation", generation)
    resp.etag = tag
    resp.cache_control = SHARED


def is_known(req: falcon.Request, resp: falcon.Response, tag: str) -> bool:
    """Whether the client has the answer with this tag already; then the answer is set to 304."""
    if not any(known == "*" or f'"{known}"' == tag.removeprefix("W/") for known in req.if_none_match or ()):
        return False
    resp.status = falcon.HTTP_304
    return True


def withhold(resp: falcon.Response) -> None:
    """Take back that an answer may be kept: it is not all that could have been said."""
    resp.delete_header("ETag")
    resp.cache_control = ["no-store"]
