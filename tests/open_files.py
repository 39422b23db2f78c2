"""What this process has open or mapped, as the kernel lists it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

needs_lists = pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="open files and maps are listed there")
"""For tests that look at what is open."""


def open_files(folder: Path) -> list[str]:
    """Every descriptor and every map of a file below a folder; the names of removed files end with `(deleted)`."""
    descriptors = [str(path.readlink()) for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
    maps = [line.split(maxsplit=5)[-1] for line in Path("/proc/self/maps").read_text().splitlines()]
    return sorted(name for name in [*descriptors, *maps] if name.startswith(f"{folder}/"))


@contextmanager
def no_collector() -> Iterator[None]:
    """Leaves garbage in cycles where it is."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
