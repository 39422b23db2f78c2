"""Counts for the rules of the house: how the code of kb/ is laid out, named and told.

    python -m bench.house [ROOT]

A test that pins limits takes all counts from `measure(root)`, or one count from the sources of a folder:

    share = pro_forms(docstrings(read_sources(root, "kb"))).share
"""

from bench.house.measure import House, measure

__all__ = ["House", "measure"]
