"""Characters, words and sentences of a text."""
