"""The index folder: immutable generations, published by a rename, and whether they are whole."""
