"""Segments as arrays: layout, writing, merging, opening, and Whoosh's view of a segment."""
