"""The archive's own article, and real queries on real articles. Wants TEST_DATA."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import kb
from tests.conftest import SAMPLES


def test_the_archives_article_is_found_without_its_footer(test_data: Path, tmp_path: Path) -> None:
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    shutil.copytree(SAMPLES, corpus)
    seed = next((test_data / "seed").glob("*.txt"))
    shutil.copy(seed, corpus)
    subprocess.run([sys.executable, "-m", "kb", "index", corpus, "--index", index], check=True, capture_output=True)
    searcher = kb.open_index(index)

    hit = searcher.search("valium muscle relaxer", snippets=5).hits[0]

    assert (hit.id, hit.site, hit.published) == (seed.name, "Positive fitness", "2024")
    assert all("Copyright" not in snippet.text for snippet in hit.snippets)
    assert "Rights Reserved" not in searcher.article(seed.name).text
    footer = searcher.search('"All Rights Reserved"', snippets=5)
    assert footer.total.value == 0
    searcher.close()
