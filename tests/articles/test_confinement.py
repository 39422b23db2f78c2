"""Nothing is opened out of the corpus, whatever becomes a link after the look at the folder."""

import errno
import os
import shutil
from pathlib import Path

import pytest

from kb.article import SourceFile
from kb.articles.confinement import OUTSIDE, open_file, open_folder, resolve_inside
from kb.articles.corpus import FolderCorpus

LEADS_OUT = ("a link that leads out of the corpus",)


@pytest.fixture
def outside(tmp_path):
    """A folder beside the corpus, with files of the names that the corpus has."""
    folder = tmp_path / "outside"
    (folder / "deep").mkdir(parents=True)
    for path in ("a.txt", "b.txt", "deep/a.txt"):
        (folder / path).write_text("A secret")
    return folder


def content(root, path):
    descriptor = open_file(root, path)
    with os.fdopen(descriptor) as file:
        return file.read()


def read_after(desk, change):
    """What is read of the files that the scan found, after a change of the folder."""
    sources = [source for source in desk.corpus.scan() if isinstance(source, SourceFile)]
    change()
    return {source.path: desk.corpus.read(source) for source in sources}


def test_a_file_that_became_a_link_is_not_followed_out(desk, outside):
    desk.put("a.txt", "Rest")
    desk.put("b.txt", "Sleep\n\nearly")

    def change():
        (desk.root / "a.txt").unlink()
        (desk.root / "a.txt").symlink_to(outside / "a.txt")

    read = read_after(desk, change)
    assert (read["a.txt"].articles, read["a.txt"].skipped) == ((), LEADS_OUT)
    assert read["b.txt"].articles[0].text == "early"


@pytest.mark.parametrize("replaced", ["x", "x/deep"])
def test_a_folder_that_became_a_link_is_not_followed_out(desk, outside, replaced):
    desk.put("x/deep/a.txt", "Rest")

    def change():
        shutil.rmtree(desk.root / replaced)
        (desk.root / replaced).symlink_to(outside if replaced == "x" else outside / "deep")

    read = read_after(desk, change)
    assert (read["x/deep/a.txt"].articles, read["x/deep/a.txt"].skipped) == ((), LEADS_OUT)


def test_a_folder_that_becomes_a_link_during_the_scan_is_not_listed(desk, outside, monkeypatch):
    desk.put("x/a.txt", "Rest")
    listing = os.scandir

    def change_after_listing(folder):
        entries = listing(folder)
        if not (desk.root / "x").is_symlink():
            (desk.root / "x").rename(outside / "away")
            (desk.root / "x").symlink_to(outside)
        return entries

    monkeypatch.setattr(os, "scandir", change_after_listing)
    found = desk.scan()
    assert all(isinstance(entry, tuple) for entry in found)
    assert not any("a.txt" in str(entry) or "b.txt" in str(entry) for entry in found)


def test_a_link_that_turns_elsewhere_within_the_corpus_is_followed(desk):
    desk.put("store/v1/b.txt", "Old\n\nold")
    desk.put("store/v2/b.txt", "New\n\nnew")
    (desk.root / "current").symlink_to("store/v1")

    def change():
        (desk.root / "current").unlink()
        (desk.root / "current").symlink_to(desk.root / "store" / "v2")

    assert FolderCorpus(desk.root, max_bytes=100).read(SourceFile("current/b.txt", 1, 1)).articles[0].text == "old"
    change()
    assert FolderCorpus(desk.root, max_bytes=100).read(SourceFile("current/b.txt", 1, 1)).articles[0].text == "new"


@pytest.mark.parametrize("target", ["a.txt", "../root/a.txt", "x/../a.txt", "one", "x/up/a.txt"])
def test_links_within_the_root_are_followed_however_they_are_written(tmp_path, target):
    root = tmp_path / "root"
    (root / "x").mkdir(parents=True)
    (root / "a.txt").write_text("inside")
    (root / "one").symlink_to("two")
    (root / "two").symlink_to(root / "a.txt")
    (root / "x" / "up").symlink_to("..")
    (root / "link").symlink_to(target)
    assert content(root, "link") == "inside"


def test_the_root_itself_may_be_a_link(tmp_path, outside):
    (tmp_path / "root").symlink_to(outside)
    (outside / "link").symlink_to("a.txt")
    assert content(tmp_path / "root", "deep/a.txt") == content(tmp_path / "root", "link") == "A secret"
    assert resolve_inside(tmp_path / "root", "link") == "a.txt"
    os.close(open_folder(tmp_path / "root", ""))


@pytest.mark.parametrize("target", ["..", "../outside", "/", "../root-2/a.txt"])
def test_a_link_out_of_the_root_is_an_error_for_every_way_to_open(tmp_path, outside, target):
    root = tmp_path / "root"
    (tmp_path / "root-2").mkdir()
    (tmp_path / "root-2" / "a.txt").write_text("A secret")
    root.mkdir()
    (root / "link").symlink_to(target)
    for function, path in (
        (open_file, "link"),
        (open_folder, "link"),
        (open_file, "link/a.txt"),
        (resolve_inside, "link"),
    ):
        with pytest.raises(OSError, match=r"link|a\.txt") as caught:
            function(root, path)
        assert caught.value.errno in (OUTSIDE, errno.ENOENT, errno.ENOTDIR)
        assert path != "link" or caught.value.errno == OUTSIDE


def test_no_descriptor_stays_open(desk, outside):
    desk.put("x/y/a.txt", "Rest")
    (desk.root / "out").symlink_to(outside)
    before = len(list(Path("/dev/fd").iterdir()))
    for path in ("x/y/a.txt", "x/y/none", "x/none/a.txt", "out/a.txt", "x/y/a.txt/a"):
        desk.corpus.read(SourceFile(path, 1, 1))
    desk.scan()
    assert len(list(Path("/dev/fd").iterdir())) == before
