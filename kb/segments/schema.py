"""The fields of the index as Whoosh sees them; what they hold is described in `columnar/leaves.py`.

| field | for |
|---|---|
| `text` | stems of title and text, scored together: ordinary words |
| `title`, `body` | stems of the title alone, of the text alone |
| `word`, `title_word`, `body_word` | the same of words as written: quotes, `exact`, prefixes, wildcards, suggestions |
| `title_key` | all stems of the title as one term: the article whose title is the query comes first |
| `site`, `author`, `tag`, `language` | names, as `Analyzer.keyword` compares them |
| `published` | day number (`date.toordinal`), a column; 0: unknown |
| `id`, `record` | the article |
"""

from __future__ import annotations

from whoosh import analysis, fields

SCHEMA_VERSION = 3
"""Part of the index's fingerprint: raise it with any change of the fields, of what they hold, or of where
sentences end.

Versions: 1, Whoosh's stock codec; 2, arrays; 3, with sentences.
"""


STEM_FIELDS = ("text", "title", "body")
WORD_FIELDS = ("word", "title_word", "body_word")
TEXT_FIELDS = (*STEM_FIELDS, *WORD_FIELDS)
NAME_FIELDS = ("site", "author", "tag", "language")
FACET_FIELDS = (*NAME_FIELDS, "year")

QUERY_STEM_FIELDS = {None: "text", "title": "title", "body": "body"}
QUERY_WORD_FIELDS = {None: "word", "title": "title_word", "body": "body_word"}
"""The field of the index in which stems, or words as written, are looked for: anywhere, in the title, in the text."""

READ_IN = {
    "text": ("title", "body"),
    "word": ("title", "body"),
    "title": ("title",),
    "title_word": ("title",),
    "body": ("body",),
    "body_word": ("body",),
}
"""Where the terms of each field are read: in the title, in the text, in both."""


def make_schema() -> fields.Schema:
    """The Whoosh schema of every generation."""
    terms = analysis.SpaceSeparatedTokenizer()
    text = fields.TEXT(analyzer=terms, phrase=True)
    name = fields.KEYWORD(commas=True)
    return fields.Schema(
        id=fields.ID(unique=True, stored=True),
        text=text,
        title=fields.TEXT(analyzer=terms, phrase=True, stored=True),
        body=fields.TEXT(analyzer=terms, phrase=True, stored=True),
        word=text,
        title_word=text,
        body_word=text,
        title_key=fields.ID(),
        site=name,
        author=name,
        tag=name,
        language=name,
        published=fields.NUMERIC(int, signed=True, sortable=True, default=0),
        record=fields.STORED(),
    )
