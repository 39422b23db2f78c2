"""Addresses of articles in this service."""

from __future__ import annotations

from urllib.parse import quote

from kb.model import Article


def article_path(article_id: str) -> str:
    """Where the service shows an article."""
    return f"/articles/{quote(article_id)}"


def reading_url(article: Article) -> str:
    """Where an article is read: its own address, else the service's page of it."""
    return article.url or article_path(article.id)
