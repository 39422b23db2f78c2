"""Side-by-side measurements: how well kb ranks, and how fast it is, against other engines."""
