"""Waiting for another builder: the limit, and a notice for the person at the terminal."""

from __future__ import annotations

from kb.terminal import say

LOCK_WAIT_S = 600.0
"""Seconds of waiting for another builder to end; then the command gives up."""


def say_who_builds(process: int) -> None:
    """Print the process id of another builder to standard error."""
    say(f"another build is at work (process {process}); waiting for it to end", "stderr")
