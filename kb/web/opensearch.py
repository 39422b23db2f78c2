"""What lets a browser add the site to its search box: the OpenSearch description and its suggestions."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urljoin

import falcon

from kb.results import Suggestion
from kb.settings import Settings
from kb.web.caching import SHARED
from kb.web.rendering import Templates


class Description:
    """`/opensearch.xml`: where to search and to ask for suggestions."""

    def __init__(self, templates: Templates, settings: Settings) -> None:
        self._templates = templates
        self._settings = settings

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        # The specification allows 16 and 48 characters for the names.
        name = self._settings.site_name
        resp.text = self._templates.render(
            "opensearch.xml", short_name=name[:16].rstrip(), long_name=name[:48], base=base_address(req, self._settings)
        )
        resp.content_type = "application/opensearchdescription+xml"
        resp.cache_control = SHARED

    on_head = on_get


def base_address(req: falcon.Request, settings: Settings) -> str:
    """The public address of the service without a slash at the end: that of the settings, or the request's own."""
    return (settings.base_url or req.prefix).rstrip("/")


def suggestions_array(q: str, suggestions: Sequence[Suggestion], base: str) -> list[object]:
    """The four lists of OpenSearch Suggestions 1.1: the query, and completions, descriptions and addresses in step."""
    return [
        q,
        [suggestion.text for suggestion in suggestions],
        ["Article" if suggestion.kind == "title" else "" for suggestion in suggestions],
        [urljoin(base + "/", suggestion.url) for suggestion in suggestions],
    ]
