"""Every error raised on purpose.

    KbError
    ├── SettingError          an unusable setting; names setting and origin
    ├── ArticleError          a file unreadable as an article; becomes a reason in the build report
    │   └── ArticleWithdrawn  a readable article, not to be published
    ├── CorpusError           the corpus folder itself cannot be used
    ├── IndexFailure          something about the index folder
    │   ├── NoIndex           nothing has been published yet
    │   ├── IndexDamaged      a generation differs from the manifest
    │   ├── SearcherClosed    a searcher was called after `close`
    │   └── BuildRefused      a build at the cost of most articles, or beside a second build
    │       └── IndexLocked   a second builder is at work
    ├── RequestError          a search request without a possible answer
    │   └── QuerySyntaxError  a staff query with an error of syntax; carries the position
    ├── ArticleNotFound       an id without an article in the generation
    ├── WornOut               a watch after builds have failed again and again
    └── PreparationFailed     machine code cannot be made or kept

Each carries a stable `code`, the same in the log, on the command line and in HTTP answers.
"""

from __future__ import annotations


class KbError(Exception):
    """The root of the tree; the text is a sentence for the person with the power to act."""

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


class IndexLocked(BuildRefused):
    code = "index_locked"


class RequestError(KbError):
    """A request without a possible answer; `parameter` names the wrong part."""

    code = "bad_request"

    def __init__(self, parameter: str, detail: str, code: str | None = None) -> None:
        super().__init__(f"{parameter}: {detail}")
        self.parameter = parameter
        self.detail = detail
        self.code = code or type(self).code


class QuerySyntaxError(RequestError):
    """A malformed staff query; `position` is an offset in code points, `expected` names the missing part."""

    code = "query_syntax"

    def __init__(self, position: int, expected: str) -> None:
        super().__init__("q", f"at position {position}: expected {expected}")
        self.position = position
        self.expected = expected


class ArticleNotFound(KbError):
    code = "article_not_found"


class WornOut(KbError):
    """A watch after builds have failed again and again, perhaps for want of a new process."""

    code = "worn_out"


class PreparationFailed(KbError):
    """Machine code cannot be made or kept; says why, and what to do."""

    code = "preparation_failed"
