"""The service as a WSGI application, built from its collaborators: `gunicorn 'kb.web.app:get_app()'`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import falcon

from kb.search.live import LiveSearcher
from kb.settings import Settings
from kb.text.tokens import Analyzer
from kb.web.articles_api import Articles
from kb.web.health import Alive, Ready
from kb.web.middleware import PublicHeaders, RequestLimits
from kb.web.opensearch import Description
from kb.web.page_resources import ArticlePage, Robots, SearchPage
from kb.web.problems import Problems
from kb.web.rendering import Assets, Templates
from kb.web.search_api import Search, Suggest
from kb.web.turns import Turns
from kb.web.watchdog import Watchdog


def get_app() -> falcon.App[Any, Any]:
    """The service as `kb.toml` and the environment describe it."""
    return open_app(Settings.load())


def open_app(settings: Settings) -> falcon.App[Any, Any]:
    """The service over the index of the settings, which is opened by the first request."""
    live = LiveSearcher(Path(settings.index), settings, Analyzer(settings.language))
    return create_app(live, settings, Watchdog(settings.request_seconds))


def create_app(live: LiveSearcher, settings: Settings, watchdog: Watchdog | None = None) -> falcon.App[Any, Any]:
    """The service over a searcher; with a watchdog, a stuck request ends the process."""
    assets = Assets()
    templates = Templates(settings, assets)
    turns = Turns()
    middleware: list[Any] = [*([watchdog] if watchdog else []), RequestLimits(), PublicHeaders()]
    app = falcon.App(middleware=middleware)
    Problems(templates).install(app)

    app.add_route("/v1/search", Search(live, settings, turns))
    app.add_route("/v1/suggest", Suggest(live, settings))
    app.add_route("/v1/articles/{article_id:path}", Articles(live, settings))
    app.add_route("/healthz", Alive())
    app.add_route("/readyz", Ready(live))
    app.add_route("/opensearch.xml", Description(templates, settings))
    app.add_route("/", SearchPage(live, settings, templates, turns))
    app.add_route("/articles/{article_id:path}", ArticlePage(live, settings, templates))
    app.add_route("/static/{name}", assets)
    app.add_route("/favicon.svg", assets)
    app.add_route("/robots.txt", Robots())
    return app
