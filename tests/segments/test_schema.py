"""One table of fields, and everything that is derived from it."""

from __future__ import annotations

import pytest
from whoosh.fields import ID, KEYWORD, NUMERIC, STORED, TEXT

from kb.segments import schema
from kb.segments.schema import FIELDS, TEXT_FIELD, make_schema


def test_fields_are_listed_by_their_form() -> None:
    assert schema.STEM_FIELDS == ("text", "title", "body")
    assert schema.WORD_FIELDS == ("word", "title_word", "body_word")
    assert schema.TEXT_FIELDS == schema.STEM_FIELDS + schema.WORD_FIELDS
    assert schema.NAME_FIELDS == ("site", "author", "tag", "language")
    assert (*schema.NAME_FIELDS, "year") == schema.FACET_FIELDS
    assert all(field.name == name for name, field in FIELDS.items())


@pytest.mark.parametrize("form", ["stem", "word"])
def test_every_form_has_a_field_for_each_part_and_one_for_both(form: str) -> None:
    assert FIELDS[TEXT_FIELD[form, None]].parts == ("title", "body")
    assert FIELDS[TEXT_FIELD[form, "title"]].parts == ("title",)
    assert FIELDS[TEXT_FIELD[form, "body"]].parts == ("body",)
    assert {FIELDS[TEXT_FIELD[form, part]].form for part in (None, "title", "body")} == {form}


def test_a_query_looks_for_stems_and_for_words_in_the_fields_of_their_form() -> None:
    parts = (None, "title", "body")
    assert [schema.TEXT_FIELD["stem", part] for part in parts] == ["text", "title", "body"]
    assert [schema.TEXT_FIELD["word", part] for part in parts] == ["word", "title_word", "body_word"]


def test_whoosh_has_a_field_of_the_right_kind_for_each() -> None:
    kinds = {"stem": TEXT, "word": TEXT, "title": ID, "name": KEYWORD, "day": NUMERIC, "id": ID, "record": STORED}
    made = make_schema()
    assert sorted(made.names()) == sorted(FIELDS)
    assert all(type(made[name]) is kinds[field.form] for name, field in FIELDS.items())
    assert made.stored_names() == ["body", "id", "record", "title"]
    assert [name for name, field in made.items() if field.unique] == ["id"]
