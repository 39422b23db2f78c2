"""Waiting for another builder: how long, and what a person is told meanwhile."""

from __future__ import annotations

import click

LOCK_WAIT_S = 600.0
"""Seconds of waiting for another builder to end; then the command gives up."""


def say_who_builds(process: int) -> None:
    """Say on standard error that another builder is waited for."""
    click.echo(f"another build is at work (process {process}); waiting for it to end", err=True)
