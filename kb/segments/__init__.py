"""Segments as arrays: their layout, how they are written, merged and opened, and Whoosh's view of them."""
