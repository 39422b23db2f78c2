"""OpenSearch 1.1: the description by which a browser adds a search engine, and the format of suggestions."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urljoin

import falcon

from kb.results import Suggestion
from kb.settings import Settings
from kb.web.caching import SHORT_LIVED
from kb.web.hosts import PublicAddress
from kb.web.rendering import Templates


class OpenSearchDescription:
    """`/opensearch.xml`: address templates for searches and suggestions."""

    def __init__(self, templates: Templates, settings: Settings, address: PublicAddress) -> None:
        self._templates = templates
        self._settings = settings
        self._address = address

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        # The specification limits the names to 16 and 48 characters.
        name = self._settings.site_name
        resp.text = self._templates.render(
            "opensearch.xml", short_name=name[:16].rstrip(), long_name=name[:48], base=self._address.required_of(req)
        )
        resp.content_type = "application/opensearchdescription+xml"
        resp.cache_control = SHORT_LIVED
        self._address.keep_private(resp)

    on_head = on_get


def suggestions_array(q: str, suggestions: Sequence[Suggestion], base: str | None) -> list[object]:
    """OpenSearch Suggestions 1.1: the query, then parallel lists of completions, descriptions and addresses.

    base  public address of the service; None: without addresses
    """
    completions: list[object] = [
        q,
        [suggestion.text for suggestion in suggestions],
        ["Article" if suggestion.kind == "title" else "" for suggestion in suggestions],
    ]
    if base is not None:
        completions.append([urljoin(base + "/", suggestion.url) for suggestion in suggestions])
    return completions
