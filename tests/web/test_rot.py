"""The real service goes on when the index under it rots: no worker ends, and soon every answer is right again."""

from __future__ import annotations

import json
from pathlib import Path

from kb.storage.generations import Generations
from tests.search.test_rot import rot

from .service import ARTICLES, RUN, build_index, eventually, running, write_articles

HASHING_LITTLE = f"import kb.storage.checksums\nkb.storage.checksums.ALWAYS_HASHED = 0\n{RUN}"
"""The service, for which the files of a small index are large ones, not hashed at opening."""


def test_every_worker_answers_from_the_generation_before_until_a_build(tmp_path: Path) -> None:
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    for text in ("A dose of water.", "A small dose of water."):
        write_articles(corpus, ARTICLES | {"water.md": text})
        build_index(corpus, index)
    with running(tmp_path, HASHING_LITTLE, index=str(index), workers=2, answer_cache_mb=0) as service:

        def generations() -> set[str]:
            """Generations of the answers to some requests, which both workers share; "" for a failure."""
            answers = [service.get("/v1/search?q=dose") for _ in range(12)]
            assert {status for status, _ in answers} <= {200, 500}
            return {json.loads(body)["generation"] if status == 200 else "" for status, body in answers}

        assert generations() == {"gen-2"}
        rot(Generations(index).current())
        assert "" in generations()
        eventually(lambda: generations() == {"gen-1"})
        build_index(corpus, index)
        eventually(lambda: generations() == {"gen-3"})
        log = service.log()
    assert "does not fit its checksum; answering from gen-1 instead" in log
    assert "SIG" not in log
