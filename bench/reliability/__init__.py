"""Trials of what the program promises about failures, with real processes, disks and sockets.

`python -m bench.reliability` runs them; each trial is a module with a function that gives back an Outcome.
"""
