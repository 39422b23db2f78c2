"""A searchable knowledge base: a folder of articles, a Whoosh index, and search with honest answers.

import kb

searcher = kb.open_index("index")
page = searcher.search("muscle relaxer", limit=5)
print([hit.title for hit in page.hits])
"""

from kb.search.live import open_index

__all__ = ["open_index"]
