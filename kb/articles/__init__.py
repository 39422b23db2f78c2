"""Corpus to articles: readers for files of every format and encoding."""
