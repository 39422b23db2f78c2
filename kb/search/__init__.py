"""Query text to a page of results: syntax, evaluation, ranking, snippets."""
