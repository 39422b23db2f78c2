"""The versions of a segment on the disk: apart from the code of segments, so that a look at them loads no NumPy."""

from __future__ import annotations

LAYOUT_VERSION = 4
"""Part of the index's fingerprint, and the last digit of the magic of a file of arrays: raised with any change of the
container in `arrays.py` or of the table in `layout.py`."""

SCHEMA_VERSION = 3
"""Part of the index's fingerprint: raised with any change of the fields, of their terms, or of where sentences end.

Versions: 1, Whoosh's stock codec; 2, arrays; 3, with sentences.
"""

MADE_BY_OLDER_KB = "was made by an older kb; make the index anew with: kb index"
"""End of the message of IndexDamaged for files of another version."""
