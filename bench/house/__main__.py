"""`python -m bench.house`: prints the counts."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.house.measure import measure
from bench.house.report import report

PROJECT = Path(__file__).parents[2]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.house", description="Counts for the rules of the house.")
    parser.add_argument("root", type=Path, nargs="?", default=PROJECT, metavar="ROOT", help="another project's folder")
    print(report(measure(parser.parse_args(arguments).root)))


if __name__ == "__main__":
    main()
