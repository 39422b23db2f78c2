"""A file of arrays gives back what was written, and says so where it was damaged."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from kb.errors import IndexDamaged
from kb.segments.arrays import ALIGNMENT, MAGIC, open_arrays, pack_strings, unpack_string, write_arrays
from kb.segments.versions import LAYOUT_VERSION

dtypes = st.sampled_from(["<i4", "<i8", "<u2", "<u4", "<u8", "u1", "?", "<f4", "<f8"])
some_arrays = st.dictionaries(
    st.text(alphabet="abc_é", min_size=1, max_size=8),
    dtypes.flatmap(lambda dtype: arrays_of.arrays(dtype, arrays_of.array_shapes(min_dims=1, max_dims=2, min_side=0))),
    max_size=5,
)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(arrays=some_arrays)
def test_arrays_come_back_as_they_were(arrays: dict[str, np.ndarray]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.arrays"
        write_arrays(path, arrays)
        opened = open_arrays(path)
        assert list(opened) == list(arrays)
        for name, array in arrays.items():
            assert (opened[name].dtype, opened[name].shape) == (array.dtype, array.shape)
            assert opened[name].tobytes() == array.tobytes()
            assert not opened[name].flags.writeable
            assert not opened[name].size or opened[name].ctypes.data % ALIGNMENT == 0


def test_an_array_that_is_not_contiguous_is_written_in_its_order(tmp_path: Path) -> None:
    whole = np.arange(24, dtype=np.int32).reshape(4, 6)
    write_arrays(tmp_path / "x", {"columns": whole[:, ::2], "turned": whole.T})
    opened = open_arrays(tmp_path / "x")
    assert opened["columns"].tolist() == whole[:, ::2].tolist()
    assert opened["turned"].tolist() == whole.T.tolist()


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    write_arrays(tmp_path / "x", {"a": np.arange(3)})
    with pytest.raises(FileExistsError):
        write_arrays(tmp_path / "x", {})
    assert open_arrays(tmp_path / "x")["a"].tolist() == [0, 1, 2]


def test_names_too_long_for_the_header_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="too long"):
        write_arrays(tmp_path / "x", {"n" * 400: np.arange(3)})
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("content", [b"", b"x", MAGIC[:6], b"kbarrow4" + bytes(100), b"PK\3\4" + bytes(100)])
def test_another_kind_of_file_is_said_to_be_one(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(IndexDamaged, match=str(tmp_path / "x")):
        open_arrays(tmp_path / "x")


@pytest.mark.parametrize("version", [b"", b"1", b"3", b"9"])
def test_a_file_of_another_version_is_said_to_be_one(tmp_path: Path, version: bytes) -> None:
    write_arrays(tmp_path / "now", {"a": np.arange(3)})
    content = (tmp_path / "now").read_bytes()
    assert content[:8] == MAGIC == b"kbarray%d" % LAYOUT_VERSION
    (tmp_path / "x").write_bytes(content[:7] + version + content[8:] * bool(version))
    with pytest.raises(IndexDamaged, match="x was made by an older kb; make the index anew with: kb index"):
        open_arrays(tmp_path / "x")


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged, match=str(tmp_path / "x")):
        open_arrays(tmp_path / "x")


@pytest.mark.parametrize(
    "header",
    [
        {"a": {"dtype": "<i4", "shape": [10**6], "offset": 128}},
        {"a": {"dtype": "<i4", "shape": [2], "offset": 10**6}},
        {"a": {"dtype": "<i4", "shape": [2], "offset": -64}},
        {"a": {"dtype": "<i4", "shape": [-1], "offset": 128}},
        {"a": {"dtype": "<i4", "shape": [2**40, 2**40], "offset": 128}},
        {"a": {"dtype": "<i4", "shape": [2**62], "offset": 128}},
        {"a": {"dtype": "<i4", "shape": [2**63 - 1, 2**63 - 1], "offset": 2**63 - 1}},
        {"a": {"dtype": "<i4", "shape": "2", "offset": 128}},
        {"a": {"dtype": "O", "shape": [2], "offset": 128}},
        {"a": {"dtype": "a4", "shape": [2], "offset": 128}},
        {"a": {"dtype": "<U99999999999", "shape": [2], "offset": 128}},
        {"a": {"dtype": "i4,(", "shape": [2], "offset": 128}},
        {"a": {"dtype": "no such type", "shape": [2], "offset": 128}},
        {"a": {"shape": [2], "offset": 128}},
        {"a": 5},
        [],
        None,
    ],
)
def test_a_header_that_lies_is_found_out(tmp_path: Path, header: Any) -> None:
    encoded = msgspec.json.encode(header)
    content = MAGIC + len(encoded).to_bytes(8, "little") + encoded
    (tmp_path / "x").write_bytes(content.ljust(128) + bytes(64))
    with pytest.raises(IndexDamaged, match="cannot be found"):
        open_arrays(tmp_path / "x")


@pytest.mark.parametrize("length", [0, 3, 2**31, 2**63, 2**64 - 1])
def test_a_header_of_another_length_than_it_says_is_found_out(tmp_path: Path, length: int) -> None:
    write_arrays(tmp_path / "x", {"a": np.arange(3)})
    content = bytearray((tmp_path / "x").read_bytes())
    content[8:16] = length.to_bytes(8, "little")
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(IndexDamaged):
        open_arrays(tmp_path / "x")


def test_whatever_is_cut_off_or_changed_the_file_opens_or_is_said_to_be_damaged(tmp_path: Path) -> None:
    write_arrays(tmp_path / "whole", {"a": np.arange(9, dtype=np.int32), "b": np.ones((2, 3), dtype=np.float32)})
    whole = (tmp_path / "whole").read_bytes()
    header = 16 + int.from_bytes(whole[8:16], "little")
    path = tmp_path / "harmed"
    for length in range(0, len(whole), 3):
        path.write_bytes(whole[:length])
        try:
            opened = open_arrays(path)
        except IndexDamaged:
            continue
        assert length > header
        assert opened["a"].tolist() == list(range(9))
        assert opened["b"].tolist() == [[1, 1, 1], [1, 1, 1]]
    for index in range(header):
        for bit in (1, 128):
            path.write_bytes(whole[:index] + bytes([whole[index] ^ bit]) + whole[index + 1 :])
            try:
                open_arrays(path)
            except IndexDamaged:
                continue
            assert index >= 8


@settings(max_examples=100, deadline=None, derandomize=True)
@given(strings=st.lists(st.text(alphabet=st.characters(categories=None), max_size=6), max_size=6))
def test_packed_strings_come_back_one_by_one(strings: list[str]) -> None:
    content, bounds = pack_strings(strings)
    assert (content.dtype, bounds.dtype, len(bounds)) == (np.uint8, np.int64, len(strings) + 1)
    assert [unpack_string(content, bounds, index) for index in range(len(strings))] == strings
