"""Every error that kb raises on purpose.

    KbError
    ├── SettingError          a setting that cannot be used; names the setting and its origin
    ├── ArticleError          a file that cannot be read as an article; becomes a reason in the build report
    │   └── ArticleWithdrawn  a readable article that is not to be published
    ├── CorpusError           the corpus folder itself cannot be used
    ├── IndexFailure          something about the index folder
    │   ├── NoIndex           nothing has been published yet
    │   ├── IndexDamaged      a generation is not what its manifest says
    │   ├── SearcherClosed    a searcher was called after it was closed
    │   └── BuildRefused      a build that would lose articles, or that another build forbids
    ├── RequestError          a search request that cannot be answered as asked
    │   └── QuerySyntaxError  a staff query that does not parse; carries the position
    ├── ArticleNotFound       no article of that id in the generation
    └── PreparationFailed     machine code that cannot be made or kept

Each carries a stable `code`, the same in the log, on the command line and in HTTP answers.
"""

from __future__ import annotations


class KbError(Exception):
    """The root of the tree; its text is one sentence for the person who can act on it."""

    code = "error"


class SettingError(KbError):
    code = "bad_setting"


class ArticleError(KbError):
    code = "unreadable_article"


class ArticleWithdrawn(ArticleError):
    """A draft: a readable article, not to be published; carries the id."""

    code = "withdrawn"

    def __init__(self, article_id: str) -> None:
        super().__init__("draft")
        self.article_id = article_id


class CorpusError(KbError):
    code = "bad_corpus"


class IndexFailure(KbError):
    code = "index_failure"


class NoIndex(IndexFailure):
    code = "no_index"


class IndexDamaged(IndexFailure):
    code = "index_damaged"


class SearcherClosed(IndexFailure):
    code = "searcher_closed"


class BuildRefused(IndexFailure):
    code = "build_refused"


class RequestError(KbError):
    """A request that cannot be answered as asked; `parameter` names the part that is wrong."""

    code = "bad_request"

    def __init__(self, parameter: str, detail: str, code: str | None = None) -> None:
        super().__init__(f"{parameter}: {detail}")
        self.parameter = parameter
        self.detail = detail
        self.code = code or type(self).code


class QuerySyntaxError(RequestError):
    """A staff query that does not parse; `position` is an offset in code points, `expected` names the missing part."""

    code = "query_syntax"

    def __init__(self, position: int, expected: str) -> None:
        super().__init__("q", f"at position {position}: expected {expected}")
        self.position = position
        self.expected = expected


class ArticleNotFound(KbError):
    code = "article_not_found"


class PreparationFailed(KbError):
    """Machine code cannot be made or kept; says why, and what to do."""

    code = "preparation_failed"
