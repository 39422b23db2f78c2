"""Articles to a new generation of the index."""
