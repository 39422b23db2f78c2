"""The fields of the index: one table, from which every list of field names and Whoosh's schema are derived.

| field | form | terms |
|---|---|---|
| `text` | stem | stems of title and text, scored together: ordinary words |
| `title`, `body` | stem | stems of the title alone, of the text alone |
| `word`, `title_word`, `body_word` | word | words as written: quotes, `exact`, prefixes, wildcards, suggestions |
| `title_key` | title | all stems of the title joined by spaces: the article whose title is the query comes first |
| `site`, `author`, `tag`, `language` | name | names, as `Analyzer.keyword` compares them |
| `published` | day | day number (`date.toordinal`), a column; 0: unknown |
| `id`, `record` | id, record | the article |
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

from whoosh import analysis, fields

Form: TypeAlias = Literal["stem", "word", "title", "name", "day", "id", "record"]
"""Kind of a field's terms."""

Part: TypeAlias = Literal["title", "body"]
"""Part of an article: the title, or the text below."""


class Field(NamedTuple):
    """A field of the index; `in_title` and `in_body` name the parts of an article that its terms are read from."""

    name: str
    form: Form
    in_title: bool = False
    in_body: bool = False
    stored: bool = False
    """Whether Whoosh lists the field as stored."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts that the terms are read from, in reading order."""
        parts: tuple[Part, ...] = ("title", "body")
        return tuple([part for part, is_read in zip(parts, (self.in_title, self.in_body), strict=True) if is_read])


_TABLE = (
    Field("text", "stem", in_title=True, in_body=True),
    Field("title", "stem", in_title=True, stored=True),
    Field("body", "stem", in_body=True, stored=True),
    Field("word", "word", in_title=True, in_body=True),
    Field("title_word", "word", in_title=True),
    Field("body_word", "word", in_body=True),
    Field("title_key", "title", in_title=True),
    Field("site", "name"),
    Field("author", "name"),
    Field("tag", "name"),
    Field("language", "name"),
    Field("published", "day"),
    Field("id", "id", stored=True),
    Field("record", "record", stored=True),
)

FIELDS = {field.name: field for field in _TABLE}
"""Every field by its name."""


def _names(*forms: Form) -> tuple[str, ...]:
    return tuple([field.name for field in _TABLE if field.form in forms])


STEM_FIELDS = _names("stem")
WORD_FIELDS = _names("word")
TEXT_FIELDS = _names("stem", "word")
NAME_FIELDS = _names("name")
"""Names of the fields of stems, of words as written, of both, and of names."""

FACET_FIELDS = (*NAME_FIELDS, "year")
"""Facets and filters: the name fields, and the year of `published`."""

TEXT_FIELD: dict[tuple[str, str | None], str] = {
    (field.form, field.parts[0] if len(field.parts) == 1 else None): field.name
    for field in _TABLE
    if field.form in ("stem", "word")
}
"""Name of the text field of a form ("stem" or "word") and a part of the article; None: anywhere in it."""


def make_schema() -> fields.Schema:
    """The Whoosh schema of every generation."""
    return fields.Schema(**{field.name: _whoosh_field(field) for field in _TABLE})


def _whoosh_field(field: Field) -> Any:
    if field.form in ("stem", "word"):
        return fields.TEXT(analyzer=analysis.SpaceSeparatedTokenizer(), phrase=True, stored=field.stored)
    if field.form == "day":
        return fields.NUMERIC(int, signed=True, sortable=True, default=0)
    if field.form == "name":
        return fields.KEYWORD(commas=True)
    if field.form == "record":
        return fields.STORED()
    return fields.ID(unique=field.form == "id", stored=field.stored)
