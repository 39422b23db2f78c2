"""No visitor writes a line of the log."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from kb.web.logs import FORMAT, LineFormatter, ServiceLogger, indent, set_up_logging

FORGED = "/x\n2026-01-01 [1] [CRITICAL] forged\r\x1b[2J\u2028\x85forged\u202e"


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def log(stream: io.StringIO) -> Iterator[logging.Logger]:
    log = logging.getLogger("kb.web.test-logs")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter(FORMAT))
    log.addHandler(handler)
    yield log
    log.removeHandler(handler)


def own_lines(text: str) -> list[str]:
    """Lines at the margin."""
    return [line for line in text.splitlines() if not line.startswith("    ")]


def test_a_message_is_one_line_whatever_is_in_it(log: logging.Logger, stream: io.StringIO) -> None:
    log.warning("%s %s: an error", "GET", FORGED)
    assert len(stream.getvalue().splitlines()) == 1
    assert r"GET /x\n2026-01-01 [1] [CRITICAL] forged\r\x1b[2J\u2028" in stream.getvalue()


def test_a_traceback_keeps_its_lines_below_the_message(log: logging.Logger, stream: io.StringIO) -> None:
    try:
        raise ValueError(FORGED)
    except ValueError:
        log.exception("error at %s", FORGED)
    text = stream.getvalue()
    assert len(own_lines(text)) == 1
    assert '      File "' in text
    assert "\n    Traceback (most recent call last):\n" in text
    assert "\x1b" not in text


def test_a_stack_keeps_its_lines_too(log: logging.Logger, stream: io.StringIO) -> None:
    log.handle(log.makeRecord(log.name, logging.ERROR, "", 0, "stuck", (), None, sinfo=f"a\nb {FORGED}"))
    lines = stream.getvalue().splitlines()
    assert len(own_lines(stream.getvalue())) == 1
    assert lines[1:3] == ["    a", "    b /x"]


def test_no_line_of_an_indented_text_begins_at_the_margin() -> None:
    assert own_lines(indent("a\n\nb\r\nc\x0bd\x0ce\x85f\u2028g")) == []


def test_the_servers_own_lines_are_printable(capsys: pytest.CaptureFixture[str]) -> None:
    cfg = Config()
    cfg.set("accesslog", "-")
    cfg.set("access_log_format", "%(h)s %(r)s %(s)s")
    log = ServiceLogger(cfg)
    response = SimpleNamespace(status="200 OK", headers=[], sent=3)
    environ = {
        "REMOTE_ADDR": "127.0.0.1",
        "REQUEST_METHOD": "GET",
        "RAW_URI": FORGED,
        "SERVER_PROTOCOL": "HTTP/1.1",
    }
    log.access(response, [], environ, SimpleNamespace(seconds=0, microseconds=0))
    log.error("refused: %s", FORGED)
    printed = capsys.readouterr()
    assert printed.out.startswith("127.0.0.1 GET /x\\n2026")
    assert len(printed.out.splitlines()) == len(printed.err.splitlines()) == 1
    assert printed.err.startswith("[20")
    assert "forged" in printed.err


def test_the_log_is_set_up_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.RootLogger(logging.WARNING)
    monkeypatch.setattr(logging, "root", root)
    set_up_logging()
    set_up_logging()
    assert len(root.handlers) == 1
    root.info(FORGED)
    assert len(capsys.readouterr().err.splitlines()) == 1
