"""Trials of what the program promises about failures.

    python -m bench.reliability [--only NAME,...] [--short] [--minutes N] [--write docs/reliability.md]

Every trial makes its own small corpus and index in a temporary folder, and uses real processes and sockets. The last
line says whether a promise was broken; the exit code is 1 if one was. --write replaces the tables of the trials that
were run, and the overview if all were.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from bench.reliability.outcome import Outcome, Row, Scale
from bench.reliability.page import closing_line, overview, replace_section, section
from bench.reliability.programs import prepare
from bench.reliability.trials import LIMIT_S, LIMITS, TRIALS


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parse(arguments)
    scale = Scale(options.short, options.minutes)
    prepare()
    outcomes = {}
    for name in options.only:
        outcomes[name] = _run(name, scale)
        _tell_failures(outcomes[name])
        print(section(name, outcomes[name], scale.short), end="\n\n", flush=True)
        if options.write:
            _write(options.write, name, section(name, outcomes[name], scale.short))
    if options.write and len(outcomes) == len(TRIALS):
        _write(options.write, "overview", overview(outcomes))
    print(overview(outcomes), closing_line(outcomes), sep="\n\n", flush=True)
    return 1 if any(outcome.failed for outcome in outcomes.values()) else 0


def _write(page: Path, name: str, content: str) -> None:
    page.write_text(replace_section(page.read_text(encoding="utf-8"), name, content), encoding="utf-8")


def _run(name: str, scale: Scale) -> Outcome:
    """The outcome of a trial; one that raises an error or does not end is a failure of its own."""
    print(f"{time.strftime('%H:%M:%S')} {name}", file=sys.stderr, flush=True)
    signal.signal(signal.SIGALRM, _hangs)
    signal.alarm(int(LIMITS.get(name, LIMIT_S) + 60 * scale.minutes))
    try:
        with tempfile.TemporaryDirectory(prefix=f"kb-{name}-", ignore_cleanup_errors=True) as folder:
            return TRIALS[name](scale, Path(folder))
    except Exception as error:
        traceback.print_exc()
        return Outcome((Row("the trial itself", 1, 1, f"{type(error).__name__}: {error}".replace("\n", " ")),))
    finally:
        signal.alarm(0)


def _tell_failures(outcome: Outcome) -> None:
    """Every failure in full, to the one who runs the trials."""
    for row in outcome.rows:
        for problem in (row.worst, *row.others) if row.failed else ():
            print(f"  {row.case}: {problem}", file=sys.stderr, flush=True)


def _hangs(*_: object) -> None:
    raise TimeoutError("the trial does not end")


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.reliability", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", type=_names, default=list(TRIALS), metavar="NAME,...", help=f"of {', '.join(TRIALS)}")
    parser.add_argument("--short", action="store_true", help="a quick look: fewer attempts, a load of one minute")
    parser.add_argument("--minutes", type=float, metavar="N", help="length of the load; 10, or 1 with --short")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="a page with markers for the tables")
    options = parser.parse_args(arguments)
    if options.minutes is None:
        options.minutes = 1.0 if options.short else 10.0
    return options


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in TRIALS]:
        raise argparse.ArgumentTypeError(f"not a trial: {', '.join(unknown)}; the trials are {', '.join(TRIALS)}")
    return names


if __name__ == "__main__":
    sys.exit(main())
