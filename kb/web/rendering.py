"""Templates and static files, read once at the start."""

from __future__ import annotations

import mimetypes
from hashlib import blake2b
from pathlib import Path
from typing import Any

import falcon
import jinja2

from kb.settings import Settings
from kb.web.caching import IMMUTABLE, SHORT_LIVED

FOLDER = Path(__file__).parent


class Assets:
    """Static files under content-addressed URLs, which caches never revalidate."""

    def __init__(self, folder: Path = FOLDER / "static") -> None:
        self._files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
        self._digests = {name: _digest(content) for name, content in self._files.items()}
        self.version = _digest(*self._files.values())

    def url(self, name: str) -> str:
        """Address of a file, with a digest of the content."""
        return f"/static/{name}?v={self._digests[name]}"

    def on_get(self, req: falcon.Request, resp: falcon.Response, name: str = "favicon.svg") -> None:
        if name not in self._files:
            raise falcon.HTTPNotFound
        digest = self._digests[name]
        resp.etag = f'"{digest}"'
        resp.cache_control = IMMUTABLE if req.params.get("v") == digest else SHORT_LIVED
        if digest in (req.if_none_match or ()):
            resp.status = falcon.HTTP_304
            return
        resp.data = self._files[name]
        resp.content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"

    on_head = on_get


class Templates:
    """Templates of the pages; values are escaped unless marked `safe` by a template."""

    def __init__(self, settings: Settings, assets: Assets, folder: Path = FOLDER / "templates") -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folder),
            autoescape=True,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
        )
        self._environment.globals.update(
            site_name=settings.site_name, query_chars=settings.query_chars, asset=assets.url
        )
        self._environment.filters["thousands"] = lambda number: f"{number:,}"
        sources = (path.read_bytes() for path in sorted(folder.iterdir()))
        self.version = _digest(assets.version.encode(), settings.site_name.encode(), *sources)

    def render(self, name: str, **values: Any) -> str:
        """Text of a template with values filled in."""
        return self._environment.get_template(name).render(values)


def _digest(*contents: bytes) -> str:
    digest = blake2b(digest_size=8)
    for content in contents:
        digest.update(b"%d:" % len(content) + content)
    return digest.hexdigest()
