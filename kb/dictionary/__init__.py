"""The term dictionary and the titles of a generation: words and titles by prefix, pattern or edit distance."""
