"""Articles to an index on disk: immutable generations, published by a rename."""
