"""Characters, tokens and sentences of a text."""
