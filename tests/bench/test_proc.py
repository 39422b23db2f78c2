"""What Linux tells of processes is read right."""

from __future__ import annotations

import mmap
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.proc import Memory, arguments_of, children_of, family_of, holdings_of, mapped_files, memory_of, parse_memory

linux = pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="the system does not tell")

ROLLUP = """\
55d0e0a00000-7ffd5a9fe000 ---p 00000000 00:00 0                          [rollup]
Rss:               10000 kB
Pss:                4000 kB
Pss_Dirty:          3000 kB
Shared_Clean:       7000 kB
Private_Clean:       500 kB
Private_Dirty:      2500 kB
"""

MAPS = """\
55d0e0a00000-55d0e0a01000 r--p 00000000 08:01 131 /usr/bin/python3.11
7f0000000000-7f0000001000 r--s 00000000 08:01 132 /index/gen-1/a file.arrays
7f0000001000-7f0000002000 r--s 00001000 08:01 132 /index/gen-1/a file.arrays
7f0000002000-7f0000003000 r--s 00000000 08:01 133 /index/gen-0/words (deleted)
7f0000003000-7f0000004000 rw-p 00000000 00:00 0
7ffd5a9dd000-7ffd5a9fe000 rw-p 00000000 00:00 0 [stack]
"""


def test_memory_is_read_in_bytes() -> None:
    assert parse_memory(ROLLUP) == Memory(pss=4000 * 1024, private=3000 * 1024)


def test_a_file_is_a_map_once_and_stacks_are_none() -> None:
    assert mapped_files(MAPS) == {
        "/usr/bin/python3.11",
        "/index/gen-1/a file.arrays",
        "/index/gen-0/words (deleted)",
    }


@linux
def test_memory_of_a_process_grows_with_what_it_fills() -> None:
    before = memory_of().private
    filled = bytearray(os.urandom(1 << 20) * 16)
    assert memory_of().private - before > 8e6
    assert len(filled) == 1 << 24


@linux
def test_deleted_files_of_a_folder_that_are_held_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"a" * 4096)
    before = holdings_of(below=tmp_path)
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ):
        held = holdings_of(below=tmp_path)
        assert held.descriptors > before.descriptors
        assert (held.maps, held.deleted) == (before.maps + 1, 0)
        file.unlink()
        assert holdings_of(below=tmp_path).deleted == 1
        assert holdings_of(below=tmp_path / "elsewhere").deleted == 0
    assert holdings_of(below=tmp_path) == before


@linux
def test_a_family_is_a_process_with_those_below_it() -> None:
    program = "print(1, flush=True); input()"
    below = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert below.stdout
        assert below.stdout.readline() == b"1\n"
        assert below.pid in children_of(os.getpid())
        assert {os.getpid(), below.pid} <= set(family_of(os.getpid()))
        assert arguments_of(below.pid)[1:] == ["-c", program]
    finally:
        below.communicate(b"\n")
    assert children_of(below.pid) == []
    assert arguments_of(below.pid) == []
