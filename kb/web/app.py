"""The WSGI application, built from collaborators: `gunicorn 'kb.web.app:get_app()'`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import falcon

from kb.search.live import LiveSearcher
from kb.settings import Settings
from kb.text.tokens import Analyzer
from kb.web.answer_cache import AnswerCache
from kb.web.article_page import ArticlePage, PageSources
from kb.web.articles_api import Articles
from kb.web.caching import Lifetime
from kb.web.health import Liveness, Readiness
from kb.web.hosts import PublicAddress
from kb.web.logs import set_up_logging
from kb.web.middleware import RequestLimits, SecurityHeaders
from kb.web.opensearch import OpenSearchDescription
from kb.web.page_resources import Robots, SearchPage
from kb.web.problems import ErrorHandlers
from kb.web.rendering import Assets, Templates
from kb.web.search_api import Search, Suggestions
from kb.web.search_lock import SearchLock
from kb.web.watchdog import Watchdog


def get_app() -> falcon.App[Any, Any]:
    """The service, with settings from `kb.toml` and the environment. Sets up the log unless the server has."""
    set_up_logging()
    return open_app(Settings.load())


def open_app(settings: Settings) -> falcon.App[Any, Any]:
    """The service over the index of the settings; the first request opens the index."""
    live = LiveSearcher(Path(settings.index), settings, Analyzer(settings.language))
    return create_app(live, settings, Watchdog(settings.request_seconds))


def create_app(live: LiveSearcher, settings: Settings, watchdog: Watchdog | None = None) -> falcon.App[Any, Any]:
    """The service over a searcher; a watchdog ends the process on a stuck request."""
    assets = Assets()
    templates = Templates(settings, assets)
    lock = SearchLock()
    cache = AnswerCache(settings.answer_cache_mb * 1_000_000)
    address = PublicAddress(settings)
    lifetime = Lifetime(settings.cache_seconds)
    middleware: list[Any] = [*([watchdog] if watchdog else []), RequestLimits(), SecurityHeaders(), lifetime]
    app = falcon.App(middleware=middleware)
    ErrorHandlers(templates, address).install(app)

    pages = PageSources(lock, cache, address)
    app.add_route("/v1/search", Search(live, settings, lock, cache))
    app.add_route("/v1/suggest", Suggestions(live, settings, address))
    app.add_route("/v1/articles/{article_id:path}", Articles(live, settings, cache))
    app.add_route("/healthz", Liveness())
    app.add_route("/readyz", Readiness(live))
    app.add_route("/opensearch.xml", OpenSearchDescription(templates, settings, address))
    app.add_route("/", SearchPage(live, settings, templates, lock, address))
    app.add_route("/articles/{article_id:path}", ArticlePage(live, settings, templates, pages))
    app.add_route("/static/{name}", assets)
    app.add_route("/favicon.svg", assets)
    app.add_route("/robots.txt", Robots())
    return app
