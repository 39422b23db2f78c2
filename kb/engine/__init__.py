"""A query tree to scored articles, on the arrays of segments."""
