"""The commands of `kb`, a module each; the table of commands is in `cli.py`."""
