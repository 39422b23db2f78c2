"""Corpus to articles: what is in a file, whatever its format and encoding."""
