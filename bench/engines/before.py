"""kb as another checkout has it, to see what a change costs: the folder is named by the variable BENCH_BEFORE.

The other checkout's own adapter drives its own code, in the engine's process alone.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from bench.articles import Article
from bench.engines import NotInstalled

VARIABLE = "BENCH_BEFORE"


class Engine:
    """The other checkout's adapter over one index folder."""

    label = "kb before"
    counts_all = True

    def __init__(self, folder: Path) -> None:
        if VARIABLE not in os.environ:
            raise NotInstalled(f"no checkout is named by {VARIABLE}")
        self._checkout = Path(os.environ[VARIABLE]).resolve()
        if not self._adapter.is_file():
            raise NotInstalled(f"{self._checkout} is no checkout of kb")
        self._folder = folder
        self._engine: Any = None

    @property
    def _adapter(self) -> Path:
        return self._checkout / "bench" / "engines" / "ours.py"

    def start(self) -> None:
        """Import the other checkout's code: in a process that has imported no code of kb yet."""
        sys.path.insert(0, str(self._checkout))
        spec = spec_from_file_location("bench_before", self._adapter)
        assert spec
        assert spec.loader
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        sys.path.remove(str(self._checkout))
        self._engine = module.Engine(self._folder)

    def version(self) -> str:
        return f"kb before: {self._checkout}"

    def build(self, articles: Sequence[Article]) -> None:
        self._engine.build(articles)

    def open(self) -> None:
        self._engine.open()

    def search(self, query: str) -> list[str]:
        found: list[str] = self._engine.search(query)
        return found

    def search_with_snippets(self, query: str) -> list[str]:
        texts: list[str] = self._engine.search_with_snippets(query)
        return texts

    def close(self) -> None:
        self._engine.close()
