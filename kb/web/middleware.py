"""What is true of every request: what is refused before it is looked at, and headers that every answer carries."""

from __future__ import annotations

from typing import Any

import falcon

LARGEST_BODY = 64 * 1024
"""Nothing here reads a body; a larger one is refused before it is received."""

METHODS = ("GET", "HEAD", "OPTIONS")

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"


class RequestLimits:
    """Refuses bodies that are too large, and methods that no route has."""

    def process_request(self, req: falcon.Request, _resp: falcon.Response) -> None:
        if req.method not in falcon.HTTP_METHODS and req.method not in falcon.WEBDAV_METHODS:
            raise falcon.HTTPMethodNotAllowed(METHODS)
        if (req.content_length or 0) > LARGEST_BODY:
            raise falcon.HTTPContentTooLarge(
                description=f"Nothing here takes a body of more than {LARGEST_BODY // 1024} KB."
            )


class PublicHeaders:
    """Tells browsers what an answer may do, and other sites that they may read the API."""

    def process_response(self, req: falcon.Request, resp: falcon.Response, _resource: Any, _succeeded: bool) -> None:
        # The headers of a 304 replace those of the page that the client has kept, whose policy must stay.
        if falcon.http_status_to_code(resp.status) != 304:
            is_page = (resp.content_type or "").startswith("text/html")
            resp.set_header("Content-Security-Policy", PAGE_POLICY if is_page else DATA_POLICY)
        resp.set_header("X-Content-Type-Options", "nosniff")
        # The page's address holds what somebody searched for: other sites learn our name at most.
        resp.set_header("Referrer-Policy", "strict-origin-when-cross-origin")
        if req.path.startswith("/v1/"):
            resp.set_header("Access-Control-Allow-Origin", "*")
            resp.set_header("Access-Control-Expose-Headers", "ETag, KB-Generation, Retry-After")
            if req.method == "OPTIONS":
                resp.set_header("Access-Control-Allow-Methods", "GET, HEAD")
                resp.set_header("Access-Control-Allow-Headers", "Accept, If-None-Match")
                resp.set_header("Access-Control-Max-Age", "86400")
