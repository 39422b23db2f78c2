"""Snippets: passages of an article around the matches of a query."""
