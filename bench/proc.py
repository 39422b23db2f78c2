"""What Linux tells of processes in /proc: children, memory, open files, maps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple


class Memory(NamedTuple):
    """Memory of a process in bytes.

    pss      pages of its own, and of each page shared by n processes one n-th
    private  pages of its own
    """

    pss: int
    private: int


class Holdings(NamedTuple):
    """Open descriptors and mapped files of a process, and how many files of a folder it holds that are deleted."""

    descriptors: int
    maps: int
    deleted: int


def memory_of(process: int | str = "self") -> Memory:
    """The memory of a process; raises OSError if it has ended."""
    return parse_memory(Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii"))


def parse_memory(text: str) -> Memory:
    """The memory in the text of `smaps_rollup`, which counts in units of 1,024 bytes."""
    sizes = [line.split()[:2] for line in text.splitlines() if line.endswith(" kB")]
    kilobytes = {name.rstrip(":"): int(size) for name, size in sizes}
    private = sum(size for name, size in kilobytes.items() if name.startswith("Private_"))
    return Memory(1024 * kilobytes["Pss"], 1024 * private)


def holdings_of(process: int | str = "self", below: Path | None = None) -> Holdings:
    """Descriptors and maps of a process, and deleted files below a folder; raises OSError if it has ended."""
    mapped = mapped_files(Path(f"/proc/{process}/maps").read_text(encoding="utf-8", errors="replace"))
    opened = []
    for descriptor in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):
            opened.append(str(descriptor.readlink()))
    deleted = {name for name in (*mapped, *opened) if name.endswith(" (deleted)") and name.startswith(f"{below}/")}
    return Holdings(len(opened), len(mapped), len(deleted))


def mapped_files(text: str) -> set[str]:
    """Names of the mapped files in the text of `maps`; the kernel adds ` (deleted)` to the name of a deleted one."""
    return {line.split(maxsplit=5)[5] for line in text.splitlines() if "/" in line}


def children_of(process: int) -> list[int]:
    """Processes that a process started and that still run; none if it has ended."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            found += map(int, (task / "children").read_text(encoding="ascii").split())
    return found


def family_of(process: int) -> Iterator[int]:
    """A process and all processes below it."""
    yield process
    for child in children_of(process):
        yield from family_of(child)


def arguments_of(process: int) -> list[str]:
    """The command line of a process; empty if it has ended."""
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_text(encoding="utf-8", errors="replace").split("\0")[:-1]
    return []
