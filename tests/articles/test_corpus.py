"""The folder: what is found in it, under which names, and what is passed over for which reason."""

import os
import shutil
import socket
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.article import Corpus, SourceFile
from kb.articles.corpus import FolderCorpus
from kb.articles.reader import FORMATS
from kb.errors import CorpusError

NOBODY = 65534


def test_every_article_file_is_found_in_the_order_of_paths(desk):
    for path in ("b/z.md", "b.txt", "a b/é.html", "b-c.jsonl", "B.JSONL.GZ", "b/README.markdown", "index.htm"):
        desk.put(path, "x")

    assert desk.scan() == ["B.JSONL.GZ", "a b/é.html", "b-c.jsonl", "b.txt", "b/README.markdown", "b/z.md", "index.htm"]


def test_hidden_and_other_files_are_no_articles(desk):
    for path in (".hidden.txt", ".git/a.txt", "a.pdf", "notes", "a.txt.bak", "a.txt~", "a.gz"):
        desk.put(path, "x")

    assert desk.scan() == []


def test_a_file_is_found_with_its_size_and_time(desk):
    os.utime(desk.put("a.txt", "Rest"), ns=(1, 123456789))

    assert list(desk.corpus.scan()) == [SourceFile("a.txt", 4, 123456789)]


def test_it_is_the_corpus_that_everything_else_is_built_on(desk):
    corpus: Corpus = desk.corpus

    assert corpus.root == desk.root
    assert corpus.fingerprint.startswith("articles/")


def test_a_corpus_that_is_missing_or_a_file_is_an_error(tmp_path):
    (tmp_path / "file").write_text("x")

    with pytest.raises(CorpusError, match="missing"):
        FolderCorpus(tmp_path / "none", max_bytes=1)
    with pytest.raises(CorpusError, match="not a folder"):
        FolderCorpus(tmp_path / "file", max_bytes=1)


def test_a_corpus_that_goes_away_is_an_error_and_not_an_empty_corpus(desk):
    shutil.rmtree(desk.root)

    with pytest.raises(CorpusError, match="vanished"):
        desk.scan()


def test_an_id_is_the_path_in_composed_characters_with_other_bytes_percent_encoded(desk):
    decomposed = unicodedata.normalize("NFD", "ménière.txt")
    undecodable = os.fsdecode(b"a/caf\xe9.txt")

    assert desk.article(decomposed, "Rest\n\nwell").id == "ménière.txt"
    assert desk.article(undecodable, "Rest\n\nwell").id == "a/caf%E9.txt"


def test_of_two_files_with_the_same_id_the_second_is_passed_over(desk):
    names = sorted(unicodedata.normalize(form, "ménière.txt") for form in ("NFC", "NFD"))
    for name in names:
        desk.put(name, "x")

    reason = "another file has the same name in other Unicode characters: ménière.txt"
    assert desk.scan() == [names[0], (names[1], reason)]


def test_links_within_the_corpus_are_followed_and_others_are_not(desk, tmp_path):
    desk.put("a.txt", "x")
    desk.put(".store/new/b.txt", "x")
    (tmp_path / "outside.txt").write_text("secret")
    (desk.root / "also-a.txt").symlink_to("a.txt")
    (desk.root / "shown").symlink_to(".store/new")
    (desk.root / "out.txt").symlink_to(tmp_path / "outside.txt")
    (desk.root / "up").symlink_to("..")

    assert desk.scan() == [
        "a.txt",
        "also-a.txt",
        ("out.txt", "a link that leads out of the corpus"),
        "shown/b.txt",
        ("up", "a link that leads out of the corpus"),
    ]


def test_a_folder_is_visited_once_whatever_links_lead_to_it(desk):
    desk.put("z/a.txt", "x")
    (desk.root / "a-link").symlink_to("z")
    (desk.root / "z/loop").symlink_to("..")

    assert desk.scan() == [
        ("a-link", "a link to a folder that is read as z"),
        "z/a.txt",
        ("z/loop", "a link to a folder that is read as the corpus itself"),
    ]


def test_links_to_nothing_and_to_themselves_are_named(desk):
    (desk.root / "gone.txt").symlink_to("nothing.txt")
    (desk.root / "self.txt").symlink_to("self.txt")

    assert desk.scan() == [
        ("gone.txt", "a link that leads nowhere"),
        ("self.txt", "a link that leads back to itself"),
    ]


def test_pipes_and_sockets_are_named_and_never_opened(desk):
    os.mkfifo(desk.root / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(desk.root / "s.txt"))

    assert desk.scan() == [("pipe.txt", "a named pipe"), ("s.txt", "a socket")]


def test_a_pipe_that_replaced_a_file_does_not_block(desk):
    os.mkfifo(desk.root / "a.txt")

    assert desk.corpus.read(SourceFile("a.txt", 1, 1)).skipped == ("a named pipe",)


def test_a_file_or_folder_that_replaced_another_is_named(desk):
    desk.put("folder.txt/x.md", "x")

    assert desk.corpus.read(SourceFile("a.txt", 1, 1)).skipped == ("vanished",)
    assert desk.corpus.read(SourceFile("folder.txt", 1, 1)).skipped == ("not a file",)


@pytest.mark.parametrize(
    ("limit", "size", "reason"),
    [
        (10_000_000, 52_400_000, "52.4 MB, the limit is 10 MB"),
        (10 << 20, 15 << 20, "15 MB, the limit is 10 MB"),
        (10_000_000, 10_000_001, "10,000,001 bytes, the limit is 10,000,000 bytes"),
        (100, 101, "101 bytes, the limit is 100 bytes"),
    ],
)
def test_a_file_over_the_limit_is_named_with_both_sizes_and_not_read(desk, limit, size, reason):
    with desk.put("big.txt", "").open("wb") as file:
        file.truncate(size)  # a hole on the disk
    reading = FolderCorpus(desk.root, max_bytes=limit).read(SourceFile("big.txt", size, 1))

    assert (reading.articles, reading.skipped, reading.digest) == ((), (reason,), "")


def test_binary_and_empty_files_are_named_so(desk):
    assert desk.reason("a.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR") == "binary data"
    assert desk.reason("b.md", b"") == "empty"


def test_what_a_parser_stumbles_over_is_a_reason(desk, monkeypatch):
    def stumble(text: str) -> None:
        raise IndexError("past the end")

    monkeypatch.setitem(FORMATS, ".md", ("markdown", stumble))

    assert desk.reason("a.md", "x") == "the reader failed: IndexError: past the end"


def test_equal_bytes_have_equal_digests_and_equal_articles_too(desk):
    one, other = desk.read("a.txt", "Rest\n\nwell"), desk.read("a.txt", "Rest\r\n\r\nwell\r\n")

    assert one.digest != other.digest == desk.read("b.txt", "Rest\r\n\r\nwell\r\n").digest
    assert one.articles == other.articles
    assert one.articles[0].digest != desk.article("b.txt", "Rest\n\nwell").digest
    assert len(one.digest) == len(one.articles[0].digest) == 32


@pytest.fixture
def plain_user() -> Iterator[Path]:
    """A folder that a user without privileges can read, for a test as such a user."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    was = os.geteuid()
    if was == 0:
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if was == 0:
            os.seteuid(was)
        for path in folder.rglob("*"):
            path.chmod(0o755)
        shutil.rmtree(folder)


def test_files_and_folders_that_may_not_be_read_are_named(plain_user):
    was = os.geteuid()
    if was == NOBODY:
        os.seteuid(0)
    (plain_user / "closed").mkdir(mode=0)
    (plain_user / "a.txt").write_text("x")
    (plain_user / "a.txt").chmod(0)
    os.seteuid(was)
    corpus = FolderCorpus(plain_user, max_bytes=100)
    entries = list(corpus.scan())

    assert entries[1] == ("closed", "permission denied")
    assert isinstance(entries[0], SourceFile)
    assert corpus.read(entries[0]).skipped == ("permission denied",)
