"""Files that say what is expected, for a person to read; a run that is told to writes them anew."""

from __future__ import annotations

import os
from pathlib import Path


def updates() -> bool:
    """Whether this run writes the files: with `--update-golden`, or `UPDATE_GOLDEN=1`."""
    return bool(os.environ.get("UPDATE_GOLDEN"))


def said(path: Path, made: str) -> str:
    """What a file says; in a run that writes, that is what was made."""
    if updates():
        path.write_text(made, encoding="utf-8")
    return path.read_text(encoding="utf-8")
