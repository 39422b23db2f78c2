"""A searchable knowledge base: a folder of articles, a Whoosh index, and search with honest answers.

import kb

searcher = kb.open_index("index")
page = searcher.search("muscle relaxer", limit=5)
print([hit.title for hit in page.hits])
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kb.search.live import open_index

__all__ = ["open_index"]


def __getattr__(name: str) -> Any:
    # Loaded when it is asked for (PEP 562), so that `import kb.errors` loads neither NumPy nor Whoosh.
    if name in __all__:
        return getattr(import_module("kb.search.live"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
