"""A term dictionary without an index."""

from __future__ import annotations

from tests.engine.brute_force import PlainDictionary


def dictionary_of(text: str) -> PlainDictionary:
    """The words of a text, as frequent as in the text."""
    dictionary = PlainDictionary(())
    for word in text.split():
        dictionary.known[word] += 1
    return dictionary
