"""Middleware: limits of every request, and security headers of every response."""

from __future__ import annotations

from typing import Any

import falcon

MAX_BODY_BYTES = 64 * 1024
"""Larger bodies are refused before they are received; no resource reads a body."""

METHODS = ("GET", "HEAD", "OPTIONS")
"""Methods of every resource, for the `Allow` header."""

PAGE_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
"""Content Security Policy of pages: own styles and images, no script."""

DATA_CSP = "default-src 'none'; frame-ancestors 'none'"
"""Content Security Policy of JSON, static files and errors."""

DENIED_FEATURES = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # The address of a page contains the query: other sites get the origin at most.
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in DENIED_FEATURES),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers of every response; the API's is open to other origins."""

DATA_HEADERS = {"Content-Security-Policy": DATA_CSP, **HEADERS}
"""Headers of a response that is no page."""


class RequestLimits:
    """Refuse oversized bodies and unknown methods."""

    def process_request(self, req: falcon.Request, _resp: falcon.Response) -> None:
        if req.method not in falcon.HTTP_METHODS and req.method not in falcon.WEBDAV_METHODS:
            raise falcon.HTTPMethodNotAllowed(METHODS)
        if (req.content_length or 0) > MAX_BODY_BYTES:
            raise falcon.HTTPContentTooLarge(
                description=f"Nothing here takes a body of more than {MAX_BODY_BYTES // 1024} KB."
            )


class SecurityHeaders:
    """Set Content Security Policy and the other security headers, and CORS headers for the API."""

    def process_response(self, req: falcon.Request, resp: falcon.Response, _resource: Any, _succeeded: bool) -> None:
        # The headers of a 304 update the stored response, and the policy of a stored page must stay.
        if falcon.http_status_to_code(resp.status) != 304:
            is_page = (resp.content_type or "").startswith("text/html")
            resp.set_header("Content-Security-Policy", PAGE_CSP if is_page else DATA_CSP)
        resp.set_headers(HEADERS)
        if req.path.startswith("/v1/"):
            resp.set_header("Cross-Origin-Resource-Policy", "cross-origin")
            resp.set_header("Access-Control-Allow-Origin", "*")
            resp.set_header("Access-Control-Expose-Headers", "ETag, KB-Generation, Retry-After")
            if req.method == "OPTIONS":
                resp.set_header("Access-Control-Allow-Methods", "GET, HEAD")
                resp.set_header("Access-Control-Allow-Headers", "Accept, If-None-Match")
                resp.set_header("Access-Control-Max-Age", "86400")
