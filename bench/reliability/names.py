"""Trial: answers and their names (entity tags, cached answers) after an index was replaced or an article withdrawn."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from functools import partial
from http.client import HTTPException
from pathlib import Path

import kb
from bench.reliability.outcome import Outcome, Row, Scale, count_failures, seconds
from bench.reliability.programs import build_index, environment
from bench.reliability.service import Service, serving, wait_until
from bench.reliability.texts import write_article, write_corpus

WITHDRAWN_S = 2.0
"""Seconds after its publication within which no worker may show a withdrawn article any more."""

SEEN_S = 20.0
"""Seconds within which a change of the corpus is published."""

LOOKS = 12
"""Requests for each page: so many that each worker has some of them."""

SECRET = "/v1/search?q=secret+stone&match=all"
PAGES = (
    SECRET,
    "/v1/suggest?q=secr",
    "/v1/articles/secret.txt",
    "/articles/secret.txt",
    "/?q=secret+stone",
)
"""Everything that shows the article of the trial."""


def run_names(scale: Scale, folder: Path) -> Outcome:
    """Rows of answers that no longer hold: asked again, by tag too, after each kind of change."""
    corpus, index = folder / "corpus", folder / "index"
    write_corpus(corpus, 60)
    _publish_secret(corpus)
    build_index(corpus, index)
    rounds = scale.pick(20, 3)
    rows = [*_replaced(folder, corpus, index, scale.pick(3, 2)), _settings(folder, index), _version(folder, index)]
    return Outcome((*rows, *_withdrawn(folder / "withdrawn", corpus, rounds)))


def _publish_secret(corpus: Path) -> None:
    write_article(corpus / "secret.txt", "Secret stone", "This secret stone is to be withdrawn.")


def _replaced(folder: Path, corpus: Path, index: Path, rounds: int) -> list[Row]:
    """Rows of an index folder replaced, while it is served, by one without the article and with the same names."""
    other = folder / "without"
    (corpus / "secret.txt").unlink()
    build_index(corpus, other)
    _publish_secret(corpus)
    shown: list[str] = []
    by_tag: list[str] = []
    for _ in range(rounds):
        served = folder / "served"
        shutil.copytree(index, served)
        with serving(folder / "service", "--index", served, "--workers", "2") as service:
            tags = {page: service.ask(page).headers.get("etag", "") for page in PAGES for _ in range(LOOKS)}
            served.rename(folder / "removed")
            # A copy keeps the times of the original: CURRENT may come again with everything but its inode.
            shutil.copytree(other, served)
            wait_until(partial(_hides, service, SECRET), 5)
            for page in PAGES:
                shown.append(_shown(service, page))
                by_tag.append(_confirmed(service, page, tags[page]))
        shutil.rmtree(served)
        shutil.rmtree(folder / "removed")
    return [
        count_failures("index replaced under the same names: withdrawn article gone", shown),
        count_failures("index replaced under the same names: no 304 to its tags", by_tag),
    ]


def _shows(service: Service, page: str) -> bool:
    """Whether a page shows the article; the page of a search names what was asked, so the id counts."""
    answer = service.ask(page)
    return answer.status == 200 and (
        b"secret.txt" in answer.body or (b"suggest" in page.encode() and b"Secret" in answer.body)
    )


def _hides(service: Service, page: str) -> bool:
    """Whether no worker shows the article any more."""
    return not any(_shows(service, page) for _ in range(LOOKS))


def _is_replaced(file: Path, before: int) -> bool:
    return file.stat().st_mtime_ns != before


def _shown(service: Service, page: str) -> str:
    with suppress(OSError, HTTPException):
        return f"{page} shows it" if any(_shows(service, page) for _ in range(LOOKS)) else ""
    return f"{page} is not answered"


def _confirmed(service: Service, page: str, tag: str) -> str:
    """What is wrong with answers to a tag of before: 304 says that nothing has changed."""
    if not tag:
        return ""
    statuses = {service.ask(page, If_None_Match=tag).status for _ in range(LOOKS)}
    return f"{page}: 304" if 304 in statuses else ""


def _settings(folder: Path, index: Path) -> Row:
    """The row of settings that change an answer, whose tags have to differ from those without the setting."""
    page = "/v1/search?q=stone+water+sleep+light"
    changed = {
        "KB_QUERY_TERMS": "1",
        "KB_QUERY_EXPANSIONS": "1",
        "KB_MAX_DEPTH": "10",
        "KB_BASE_URL": "https://kb.example",
    }
    # Prefixes that many words of the corpus begin with, and an answer with absolute addresses.
    special = {
        "KB_QUERY_EXPANSIONS": "/v1/search?q=di*+fo*&mode=staff",
        "KB_BASE_URL": "/v1/suggest?q=st&format=opensearch",
    }
    pages = dict.fromkeys(changed, page) | special
    with serving(folder / "service", "--index", index, "--workers", "1") as service:
        before = {name: _tag_and_body(service, pages[name]) for name in changed}
    problems = []
    for name, value in changed.items():
        with serving(folder / "service", "--index", index, "--workers", "1", **{name: value}) as service:
            tag, body = _tag_and_body(service, pages[name])
        problems.append(other_tag_problem(f"{name}={value}", before[name], (tag, body)))
    return count_failures("settings that change answers: other tags", problems)


def other_tag_problem(name: str, before: tuple[str, bytes], after: tuple[str, bytes]) -> str:
    """What is wrong with tag and body before and after a change that has to show in both; empty if nothing is."""
    if content_of(before[1]) == content_of(after[1]):
        return f"{name} changes no answer"
    return f"{name}: the same tag for another answer" if before[0] == after[0] else ""


def content_of(body: bytes) -> bytes:
    """A body without what differs between answers of the same content: the time taken and the `query_id`."""
    return re.sub(rb'"took_ms":[0-9.]+|"query_id":"\w+"|<span class="took">[^<]*', b"", body)


def _version(folder: Path, index: Path) -> Row:
    """The row of another version of kb on the same index, of which a template differs: its pages have other tags."""
    page = "/?q=stone"
    other = folder / "other"
    shutil.copytree(Path(kb.__file__).parent, other / "kb")
    for template in (other / "kb" / "web" / "templates").glob("*.html"):
        text = template.read_text(encoding="utf-8")
        template.write_text(text.replace("</body>", "<p>Another version.</p></body>"), encoding="utf-8")
    with serving(folder / "service", "--index", index, "--workers", "1") as service:
        tag, body = _tag_and_body(service, page)
    path = os.pathsep.join([str(other), environment()["PYTHONPATH"]])
    with serving(folder / "service", "--index", index, "--workers", "1", PYTHONPATH=path) as service:
        other_tag, other_body = _tag_and_body(service, page)
    if b"Another version." not in other_body:
        problem = "the other version did not answer"
    else:
        problem = other_tag_problem("another template", (tag, body), (other_tag, other_body))
    return count_failures("another version of kb: other tags", [problem])


def _tag_and_body(service: Service, page: str) -> tuple[str, bytes]:
    answer = service.ask(page)
    return answer.headers.get("etag", ""), answer.body


def _withdrawn(folder: Path, corpus: Path, rounds: int) -> list[Row]:
    """Rows of an article withdrawn while it is served with a watcher: gone in time, from all pages of all workers."""
    own, index = Path(shutil.copytree(corpus, folder / "corpus")), folder / "index"
    build_index(own, index)
    late: list[str] = []
    shown: list[str] = []
    slowest = 0.0
    with serving(folder, own, "--index", index, "--workers", "2") as service:
        for _ in range(rounds):
            _publish_secret(own)
            wait_until(lambda: all(_shows(service, SECRET) for _ in range(LOOKS)), SEEN_S)
            before = (index / "CURRENT").stat().st_mtime_ns
            (own / "secret.txt").unlink()
            if wait_until(partial(_is_replaced, index / "CURRENT", before), SEEN_S) is None:
                late.append("not published")
                continue
            gone = wait_until(
                lambda: not any(_shows(service, page) for page in PAGES for _ in range(LOOKS)), WITHDRAWN_S
            )
            late.append("" if gone is not None else f"still there after {WITHDRAWN_S:.0f} s")
            slowest = max(slowest, gone or 0.0)
            shown += [_shown(service, page) for page in PAGES]
    return [
        count_failures("withdrawn article: gone from every worker", late, f"after {seconds(slowest)}"),
        count_failures("withdrawn article: not on any page afterwards", shown),
    ]
