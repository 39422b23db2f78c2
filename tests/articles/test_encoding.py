"""Bytes to text in the encodings of real archives."""

import pytest

from kb.articles.encoding import declared_charset, decode
from kb.errors import ArticleError


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"]
)
def test_text_is_read_in_the_encoding_it_is_in(encoding):
    text = "Crème fraîche for Ménière\n" * 3

    assert decode(text.encode(encoding)) == text


def test_windows_quotes_and_dashes_are_what_they_were_typed_as():
    assert decode(b"\x93Rest\x94 \x96 it\x92s free\x85") == "“Rest” – it’s free…"


def test_a_byte_that_windows_leaves_open_is_latin_1():
    assert decode(b"caf\xe9 \x81") == "café \x81"


def test_one_damaged_character_does_not_make_a_utf_8_text_a_windows_text():
    assert decode("crème brûlée, café".encode() + b"\xe9") == "crème brûlée, caféé"


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"a\0b", b"\x01\x02\x03 text", b"PK\x03\x04\x05\x06\x07\x08 abcdef"]
)
def test_binary_data_is_refused(data):
    with pytest.raises(ArticleError, match=r"^binary data$"):
        decode(data)


def test_half_a_character_at_the_end_of_utf_16_does_not_spoil_the_text():
    assert decode("Rest and sleep".encode("utf-16") + b"x").startswith("Rest and sleep")


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ('<meta charset="windows-1251">Отдых'.encode("cp1251"), "Отдых"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">Отдых'.encode("koi8-r"), "Отдых"),
        ('<?xml version="1.0" encoding="shift_jis"?>休息'.encode("shift_jis"), "休息"),
        ('<meta charset="iso-8859-1">café – “rest”'.encode("cp1252"), "café – “rest”"),
        ('<meta charset="iso-8859-1">café'.encode(), "café"),
        ('<meta charset="utf-8">café'.encode("latin-1"), "café"),
        (b'<meta charset="windows-1251">' + b"\x98 caf\xe9", "˜ café"),
        ('<meta charset="no-such-charset">café'.encode(), "café"),
        (b'<meta charset="unicode_escape">caf\\u00e9', "caf\\u00e9"),
    ],
)
def test_a_page_is_read_in_the_encoding_it_declares_where_that_can_be_true(page, text):
    assert decode(page, declared_charset(page)).endswith(text)
