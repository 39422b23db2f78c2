"""Trial: names, titles and addresses with control characters: none may reach a terminal, a pipe or a log."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import subprocess
import time
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from bench.reliability.outcome import Outcome, Row, Scale, count_failures
from bench.reliability.programs import PATIENCE_S, environment, run_kb
from bench.reliability.raw import send_raw
from bench.reliability.service import Service, serving, wait_until
from bench.reliability.texts import write_article, write_corpus
from kb.own_process import module_command

FORGED = "FORGED all is well"
"""What begins a line of its own where a line break is let through."""

ODD = {
    "clear the screen": "\x1b[2J",
    "link": "\x1b]8;;http:evil\x1b\\",
    "title of the window": "\x1b]0;evil\x07",
    "C1 control": "\x9b31m",
    "right to left": "\u202e",
    "isolate": "\u2066",
    "new line": f"\n{FORGED}",
    "carriage return": f"\r{FORGED}",
    "line separator": f"\u2028{FORGED}",
    "backspaces": "\b\b\b\b",
}
"""Texts that a terminal or a reader of a log obeys."""

COMMANDS: Sequence[Sequence[str]] = (
    ("index", "corpus", "--all-skipped"),
    ("search", "stone"),
    ("search", "odd", "--staff"),
    ("status",),
    ("check",),
)

PATHS = (
    f"/v1/articles/x%0a{FORGED.replace(' ', '%20')}",
    f"/articles/x%0d%0a{FORGED.replace(' ', '%20')}",
    f"/v1/search?q=%0a{FORGED.replace(' ', '+')}",
    f"/x%0a{FORGED.replace(' ', '%20')}",
    "/v1/articles/%1b%5b2J",
    "/v1/articles/%c2%9b31m",
    "/static/%e2%80%ae.css",
    "/v1/search?facets=%1b%5b2J%0aFORGED",
)
"""Requests whose paths and parameters say such things in a log."""


def run_odd_names(_: Scale, folder: Path) -> Outcome:
    """Rows of commands in a pipe and on a terminal, and of the service's log without and with an index."""
    _write_odd_corpus(folder / "corpus")
    piped = [_piped(folder, command) for command in COMMANDS]
    shown = [_on_a_terminal(folder, command) for command in COMMANDS]
    return Outcome(
        (
            count_failures("commands in a pipe: no control character, no forged line", piped),
            count_failures("commands on a terminal: no sequence of a name", shown),
            *_logs(folder / "service", folder / "index"),
        )
    )


def _write_odd_corpus(corpus: Path) -> None:
    write_corpus(corpus, 20)
    for number, text in enumerate(ODD.values()):
        name = f"{number} {text}"
        write_article(corpus / f"odd{name} stone.txt", f"Title {text} odd", f"An odd stone {text} here.")
        (corpus / f"skipped{name}.txt").write_bytes(b"\x00\x01binary\x00")
        (corpus / f"broken{name}.md").write_text(f"---\ntitle: [{text}\n---\nText.\n", encoding="utf-8")
    (Path(os.fsdecode(os.fsencode(corpus) + b"/bad\xff\x1b[2Jname.txt"))).write_text(
        "A stone of bytes.", encoding="utf-8"
    )


def _piped(folder: Path, command: Sequence[str]) -> str:
    done = run_kb(folder, *command)
    text = done.stdout + done.stderr
    return next((f"kb {command[0]}: {problem}" for problem in problems_in(text)), "")


def problems_in(text: str) -> Iterator[str]:
    """What a text for people must not hold: control and format characters but line breaks, and forged lines.

    An article's text may begin a line of a snippet, which is indented.
    """
    for line in text.split("\n"):
        if line.startswith(FORGED):
            yield f"forged line {line[:60]!r}"
        odd = [character for character in line if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp")]
        if odd and odd != ["\t"] * len(odd):
            yield f"{odd[0]!r} in {line[:80]!r}"


def _on_a_terminal(folder: Path, command: Sequence[str]) -> str:
    """What is wrong with the output of a command on a terminal, where colours and progress are its own sequences."""
    text = _run_on_a_terminal(folder, command)
    if not text:
        return f"kb {command[0]}: no output"
    reached = [
        name
        for name, odd in ODD.items()
        if odd in text and odd.strip() and name not in ("carriage return", "backspaces")
    ]
    forged = [line for line in text.replace("\r", "\n").split("\n") if line.startswith(FORGED)]
    return f"kb {command[0]}: {', '.join(reached) or forged[0]}" if reached or forged else ""


def _run_on_a_terminal(folder: Path, command: Sequence[str]) -> str:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        module_command("kb", *command),
        cwd=folder,
        env=environment(TERM="xterm-256color", COLUMNS="200"),
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    received = b""
    # Reading from a terminal whose last writer has ended is an error on Linux.
    with suppress(OSError):
        while part := os.read(ours, 65536):
            received += part
    os.close(ours)
    process.wait(PATIENCE_S)
    return received.decode("utf-8", "replace")


def _logs(folder: Path, index: Path) -> list[Row]:
    """Rows of a service's log after requests that say odd things: with an index, and when it has gone."""
    with serving(folder, "--index", index, "--workers", "1") as service:
        served = [_logged(service, path) for path in PATHS]
        shutil.rmtree(index)
        # Workers that start anew find nothing to open.
        os.kill(service.process.pid, signal.SIGHUP)
        wait_until(lambda: service.ask("/readyz").status == 503, 20)
        missing = [_logged(service, path) for path in PATHS]
    return [
        count_failures("log of the service", served),
        count_failures("log of the service without an index", missing),
    ]


def _logged(service: Service, path: str) -> str:
    """What is wrong with the lines that a request adds to the log."""
    before = len(service.said())
    with suppress(OSError, ValueError):
        send_raw(service.port, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    time.sleep(0.1)
    said = service.said()[before:]
    if "GET /" not in said:
        return f"{path}: not logged"
    return next((f"{path}: {problem}" for problem in problems_in(said)), "")
