"""JSON lines, plain and under gzip."""

import gzip
import json
import os

import pytest

from kb.articles.digest import digest_of
from kb.articles.jsonlines import decompress, read_json_lines


def line(**fields) -> str:
    return json.dumps({"title": "Rest", "text": "Sleep early.", **fields}, ensure_ascii=False) + "\n"


def test_each_line_is_an_article_with_its_own_id_or_number(desk):
    reading = desk.read("all.jsonl", line(id="rest") + "\n" + line(id=7) + line(id=None) + line())

    assert [a.id for a in reading.articles] == ["all.jsonl/rest", "all.jsonl/7", "all.jsonl/4", "all.jsonl/5"]
    assert reading.skipped == ()


def test_a_line_gives_every_field(desk):
    article = desk.article(
        "all.jsonl",
        line(
            id="rest", url="https://example.org/rest", published="2024-05-03T01:02:03Z", author="Ann Lee",
            source="Nightly", tags=["sleep", 7], language="en", summary="About rest.",
        ),
    )  # fmt: skip

    assert (article.title, article.text, article.format) == ("Rest", "Sleep early.", "jsonl")
    assert (article.url, article.published) == ("https://example.org/rest", "2024-05-03")
    assert (article.author, article.site, article.tags) == ("Ann Lee", "Nightly", ("sleep", "7"))
    assert (article.language, article.summary) == ("en", "About rest.")


def test_a_bad_line_is_a_reason_and_the_others_are_read(desk):
    lines = [line(id="a"), "{\n", "[1]\n", '{"title": "Rest"}\n', line(draft=True), "[" * 5000 + "\n", line(id="b")]
    reading = desk.read("all.jsonl", "".join(lines))

    assert [a.id for a in reading.articles] == ["all.jsonl/a", "all.jsonl/b"]
    assert [reason.partition(": ")[0] for reason in reading.skipped] == [f"line {n}" for n in range(2, 7)]
    assert "line 3: not a JSON object" in reading.skipped
    assert "line 4: no text" in reading.skipped
    assert "line 5: draft" in reading.skipped
    assert all("not JSON" in reading.skipped[i] for i in (0, 4))


def test_of_two_lines_with_the_same_id_the_last_wins(desk):
    reading = desk.read("all.jsonl", line(id="a", text="Old.") + line(id="b") + line(id="a", text="New."))

    assert [(a.id, a.text) for a in reading.articles] == [
        ("all.jsonl/b", "Sleep early."),
        ("all.jsonl/a", "New."),
    ]
    assert reading.skipped == ("line 1: replaced by line 3, which has the same id",)


def test_many_bad_lines_are_counted_and_not_all_named(desk):
    reading = desk.read("all.jsonl", "x\n" * 250)

    assert len(reading.skipped) == 101
    assert reading.skipped[-1] == "150 more lines for such reasons"


def test_a_line_without_a_title_is_called_by_its_first_words(desk):
    assert desk.article("all.jsonl", line(title="")).title == "Sleep early."


def test_a_line_separator_within_a_string_does_not_end_the_line(desk):
    assert desk.article("all.jsonl", line(text="a\u2028b\x85c")).text == "a\nb\nc"


def test_a_line_in_another_encoding_does_not_spoil_the_others(desk):
    data = line(id="a", text="café").encode() + line(id="b", text="café").encode("latin-1")

    assert [a.text for a in desk.read("all.jsonl", data).articles] == ["café", "café"]


def test_utf_16_lines_are_read(desk):
    assert desk.article("all.jsonl", line(text="café").encode("utf-16")).text == "café"


def test_gzip_is_read_as_the_lines_in_it(desk):
    data = gzip.compress(line(id="a").encode()) + gzip.compress(line(id="b").encode())
    reading = desk.read("all.jsonl.gz", data)

    assert [a.id for a in reading.articles] == ["all.jsonl.gz/a", "all.jsonl.gz/b"]
    assert (reading.skipped, reading.digest) == ((), digest_of(data))


def test_what_a_truncated_gzip_holds_is_read(desk):
    noise = [line(id=n, text=os.urandom(64).hex()) for n in range(2000)]
    data = gzip.compress("".join(noise).encode())
    reading = desk.read("all.jsonl.gz", data[: len(data) // 2])

    assert 500 < len(reading.articles) < 1500
    assert reading.skipped == ("gzip data ends too early; the rest could not be read",)


def test_a_gzip_that_expands_beyond_the_limit_is_read_up_to_it(desk):
    data = gzip.compress(line(id="a").encode() + b" " * 50_000_000 + b"\n" + line(id="b").encode())
    reading = desk.read("all.jsonl.gz", data)

    assert [a.id for a in reading.articles] == ["all.jsonl.gz/a"]
    assert reading.skipped == ("expands to more than 1 MB, which is the limit; the rest was not read",)


def test_data_that_is_not_gzip_is_named_so(desk):
    assert desk.reason("all.jsonl.gz", line()) == "not gzip data"


def test_a_file_of_empty_lines_is_empty(desk):
    assert desk.reason("all.jsonl", "\n\n") == "empty"
    assert desk.reason("all.jsonl.gz", gzip.compress(b"\n\n")) == "empty"


@pytest.mark.parametrize("limit", [0, 3, 4, 9, 10])
def test_what_is_over_the_limit_ends_with_the_last_whole_line_within_it(limit):
    content = b"one\ntwo\nthree\n"
    whole, reason = decompress(gzip.compress(content), limit)

    assert whole == content[: content.rfind(b"\n", 0, limit) + 1]
    assert "which is the limit" in reason


def test_what_is_within_the_limit_is_all_read():
    assert decompress(gzip.compress(b"one\ntwo"), 7) == (b"one\ntwo", None)


def test_damaged_gzip_gives_whole_lines_and_a_reason():
    data = bytearray(gzip.compress(b"".join(digest_of(b"%d" % i).encode() + b"\n" for i in range(9_000))))
    data[-20_000:-19_900] = bytes(100)
    lines, reason = decompress(bytes(data), 10**6)

    assert reason == "damaged gzip data; the rest could not be read"
    assert lines.endswith(b"\n")
    assert lines.startswith(digest_of(b"0").encode())


def test_a_line_counts_from_the_first_of_the_file_whatever_ends_it():
    reading = read_json_lines(b"\n\r\n" + line().encode() + b"\r" + line().encode(), "all.jsonl")

    assert [article.id for article in reading.articles] == ["all.jsonl/3", "all.jsonl/5"]
