"""The page of results: searcher, reopening, hits, suggestions, warm-up."""
