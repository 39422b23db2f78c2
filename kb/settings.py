"""Settings: one flat table, read once from `kb.toml` and `KB_*` variables, frozen afterwards.

A variable beats the file, the file beats the default, and an option of the command line beats them all. Variables of
service links (`service_links.py`) are no settings, whatever their names.
"""

from __future__ import annotations

import dataclasses
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kb.errors import SettingError
from kb.service_links import is_service_link


def _setting(default: Any, meaning: str, low: int | None = None, high: int | None = None) -> Any:
    return field(default=default, metadata={"meaning": meaning, "low": low, "high": high})


@dataclass(frozen=True)
class Settings:
    """Every setting with its default and meaning; `rows()` lists them for the docs."""

    corpus: str = _setting("corpus", "folder of the articles")
    index: str = _setting("index", "folder of the index")
    site_name: str = _setting("Knowledge base", "name shown on the search page and to browsers")
    base_url: str = _setting(
        "", "public address, e.g. https://search.example.org; empty: that of the request, see allowed_hosts"
    )
    allowed_hosts: str = _setting(
        "", "names that absolute addresses may be made of without base_url; empty: this machine's"
    )
    cache_seconds: int = _setting(
        40, "seconds that browsers and shared caches may show an answer after a change; 0: none", 0, 86_400
    )
    language: str = _setting("english", "Snowball name of the articles' language, for stemming")
    host: str = _setting("127.0.0.1", "address to listen on")
    port: int = _setting(8000, "port to listen on", 0, 65535)
    workers: int = _setting(0, "worker processes; 0: one for each core", 0, 256)
    threads: int = _setting(4, "threads in each worker", 1, 64)
    request_seconds: int = _setting(10, "a worker with a request older than this is replaced", 1, 600)
    answer_cache_mb: int = _setting(
        16, "answers and pages of articles that a worker keeps to give again, in megabytes; 0: none", 0, 10_000
    )
    query_chars: int = _setting(512, "longest query, in characters", 16, 4000)
    query_terms: int = _setting(64, "words of a query that are searched for; the rest is dropped and named", 1, 1024)
    query_expansions: int = _setting(64, "words that a prefix, a wildcard or a fuzzy word stands for at most", 1, 1024)
    query_ms: int = _setting(1000, "time allowed for a search; then it answers with what it has", 10, 60000)
    max_depth: int = _setting(1000, "deepest result that can be paged to", 10, 100000)
    max_article_mb: int = _setting(10, "largest article file that is read, in megabytes", 1, 1000)
    index_processes: int = _setting(0, "processes that read articles; 0: one for each core; 1: none besides", 0, 256)
    index_memory_mb: int = _setting(512, "articles held before they are written, in megabytes", 16, 1_000_000)
    keep_generations: int = _setting(3, "published generations kept for rollback, the current one included", 1, 100)

    @classmethod
    def load(cls, folder: Path | None = None, environ: Mapping[str, str] | None = None, **given: Any) -> Settings:
        """The settings from `kb.toml` in `folder`, from variables and from options.

        folder   None: the working folder
        environ  variables; None: those of the process
        given    options by name of the setting, None for an option not given

        Raises SettingError, which names the setting, its value and its origin.
        """
        rows = {f.name: f for f in dataclasses.fields(cls)}
        values: dict[str, Any] = {}
        path = (folder or Path()) / "kb.toml"
        for name, value in _table(path).items():
            values[name] = _checked(_row(rows, name, str(path)), value, str(path))
        for name, text in (os.environ if environ is None else environ).items():
            if name.startswith("KB_") and not is_service_link(name, text):
                row = _row(rows, name.removeprefix("KB_").lower(), f"variable {name}")
                values[row.name] = _checked(row, text, f"variable {name}")
        for name, value in given.items():
            if value is not None:
                values[name] = _checked(rows[name], value, f"option --{name.replace('_', '-')}")
        return cls(**values)

    @classmethod
    def rows(cls) -> list[tuple[str, Any, str]]:
        """Name, default and meaning of every setting, in the order of the table."""
        return [(f.name, f.default, f.metadata["meaning"]) for f in dataclasses.fields(cls)]


ANSWER_SETTINGS = frozenset(
    {
        "site_name",
        "base_url",
        "allowed_hosts",
        "language",
        "query_chars",
        "query_terms",
        "query_expansions",
        "query_ms",
        "max_depth",
    }
)
"""Settings that shape answers: with another value, a request may be answered otherwise from the same index."""


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingError(f"{path} cannot be read as TOML: {error}") from error


def _row(rows: dict[str, Any], name: str, origin: str) -> Any:
    if name not in rows:
        raise SettingError(f"{origin}: {name} is not a setting; the settings are: {', '.join(rows)}")
    return rows[name]


def _checked(row: Any, value: Any, origin: str) -> Any:
    wrong = SettingError(f"{origin}: {row.name} is {value!r}; expected {_expectation(row)}")
    if isinstance(row.default, str):
        if not isinstance(value, str | Path):
            raise wrong
        return str(value)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise wrong
    try:
        number = int(value)
    except ValueError:
        raise wrong from None
    if not row.metadata["low"] <= number <= row.metadata["high"]:
        raise wrong
    return number


def _expectation(row: Any) -> str:
    if isinstance(row.default, str):
        return "a text"
    return f"a whole number from {row.metadata['low']} to {row.metadata['high']}"
