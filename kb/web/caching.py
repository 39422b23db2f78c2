"""HTTP caching (RFC 9111) and conditional requests (RFC 9110): freshness and weak entity tags.

An entity tag is a digest of the request and of the identity of answers (`search/identity.py`), hence of all that the
answer is made of: a conditional request costs a hash and no search.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import falcon

SHORT_LIVED = ("public",)
"""For every cache, for as long as the settings say: `Lifetime` adds how long."""

IMMUTABLE = ("public", "max-age=31536000", "immutable")
"""For addresses with a digest of the content (RFC 8246)."""


class Lifetime:
    """Middleware that adds to `SHORT_LIVED` how long an answer may be shown after the index has changed.

    Three quarters of the time an answer is fresh; in the last quarter caches show it while they ask again (RFC 5861).
    """

    def __init__(self, seconds: int) -> None:
        fresh = seconds * 3 // 4
        rest = f"max-age={fresh}", f"stale-while-revalidate={seconds - fresh}"
        self._directives = (*SHORT_LIVED, *(rest if seconds else ("no-cache",)))

    def process_response(self, _req: falcon.Request, resp: falcon.Response, _resource: Any, _succeeded: bool) -> None:
        if resp.get_header("Cache-Control") == ", ".join(SHORT_LIVED):
            resp.cache_control = self._directives


def entity_tag(identity: str, kind: str, parameters: Mapping[str, str]) -> str:
    """Weak entity tag of a kind of answer to canonical parameters, from a searcher of this identity."""
    digest = blake2b(digest_size=12)
    for part in (identity, kind, *(part for pair in sorted(parameters.items()) for part in pair)):
        encoded = part.encode("utf-8", "surrogatepass")
        # The length before each part makes the encoding of a list of parts unambiguous.
        digest.update(b"%d:" % len(encoded) + encoded)
    return f'W/"{digest.hexdigest()}"'


def make_cacheable(resp: falcon.Response, generation: str, tag: str) -> None:
    """Set generation, entity tag and freshness lifetime of a response."""
    resp.set_header("KB-Generation", generation)
    resp.etag = tag
    resp.cache_control = SHORT_LIVED


def is_not_modified(req: falcon.Request, resp: falcon.Response, tag: str) -> bool:
    """Evaluate `If-None-Match` by weak comparison; set the status to 304 on a match."""
    if not any(given == "*" or f'"{given}"' == tag.removeprefix("W/") for given in req.if_none_match or ()):
        return False
    resp.status = falcon.HTTP_304
    return True


def forbid_storing(resp: falcon.Response) -> None:
    """Undo `make_cacheable` for an incomplete answer: no validator, `no-store`."""
    resp.delete_header("ETag")
    resp.cache_control = ["no-store"]
