"""Small corpora of made-up articles: the same for the same seed."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

_SYLLABLES = ("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "zo")

COMMON = ("stone", "water", "sleep", "light", "sugar")
"""Words of every article."""

MARKERS = 6
"""Articles in a file of markers, which all change at once."""

MARKER_WORD = "touchstone"


def write_corpus(folder: Path, count: int, seed: int = 1) -> None:
    """Write articles `0000.txt` to a folder, of some hundred words each."""
    draw = random.Random(seed)
    words = [_word(draw) for _ in range(2000)]
    for number in range(count):
        write_article(folder / f"{number % 10}" / f"{number:04}.txt", f"Page {number}", _text(draw, words))


def write_article(path: Path, title: str, text: str) -> None:
    """Write an article by renaming, so that no reader sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, f"{title}\n\n{text}\n")


def write_markers(folder: Path, version: int) -> None:
    """Write all markers in one file: any generation holds markers of one version only."""
    lines = [
        json.dumps({"id": f"marker/{number}", "title": f"Marker {number}", "text": marker_text(version)})
        for number in range(MARKERS)
    ]
    _replace(folder / "markers.jsonl", "\n".join(lines) + "\n")


def marker_text(version: int) -> str:
    """Text of every marker of a version."""
    return f"The {MARKER_WORD} has version {version}."


def versions_in(texts: Sequence[str]) -> set[int]:
    """Versions named by the snippets of markers."""
    return {int(text.rpartition("version ")[2].rstrip(". …")) for text in texts}


def _text(draw: random.Random, words: Sequence[str]) -> str:
    sentences = []
    for _ in range(draw.randint(8, 24)):
        # Squaring makes some words common and most rare, as in any language.
        chosen = [words[int(len(words) * draw.random() ** 2)] for _ in range(draw.randint(6, 14))]
        chosen.insert(draw.randrange(len(chosen)), draw.choice(COMMON))
        sentences.append(" ".join(chosen).capitalize() + ".")
    return " ".join(sentences)


def _word(draw: random.Random) -> str:
    return "".join(draw.choice(_SYLLABLES) for _ in range(draw.randint(2, 4)))


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
