"""Which passage of each article answers a question best: chosen for all the articles of a page at once.

A passage is chosen by the words it covers, each counted once and weighed by how rare it is, then by how close together
and how early they stand. Work grows with the number of matches, not with the length of the texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kb.search.fitting import Passage, longest_core
from kb.texts import Occurrences

CLOSENESS = 0.4
EARLINESS = 0.15
HEADING = 0.2
AGAIN = 0.3
LEAST = 0.05
"""Shares of a typical word's weight: what is lost by matches far apart, by a passage at the end of the article, by one
that begins in a heading (which would be glued to the text below it), and what is left for a word that an earlier
passage already shows; and the least weight, as a share of the greatest."""

MOST_MATCHES = 200
MOST_OF_ALL = 1600
"""Places of each unit in an article, and of all its units together, among which passages are chosen: the first ones.
All that a passage shows are marked."""


class Matches(NamedTuple):
    """Where a passage may begin, by article and place: int64, shape (m,).

    `limits` is where what may be shown with a match ends: at the next passage, or with the text.
    """

    rows: np.ndarray
    units: np.ndarray
    begins: np.ndarray
    ends: np.ndarray
    in_heading: np.ndarray
    limits: np.ndarray


class Choice:
    """The passages of the articles of one page, chosen one for each article in every round."""

    def __init__(self, occurrences: Occurrences, lengths: Sequence[int], weights: Sequence[float], chars: int) -> None:
        """`lengths` of the texts in code points, `weights` of the units: how rare each is."""
        self._chars = chars
        self._lengths = np.array(lengths, dtype=np.int64)
        self._matches = _candidates(occurrences, self._lengths, len(weights), chars)
        least = LEAST * max([1.0, *weights])
        present = np.zeros((len(lengths), len(weights)))
        present[self._matches.rows, self._matches.units] = 1.0
        self._values = present * np.array([max(weight, least) for weight in weights])
        self._typical = self._values.sum(axis=1) / np.maximum(present.sum(axis=1), 1.0)
        self._shown = np.zeros(present.shape, dtype=bool)

    def cores(self) -> list[tuple[int, int, int, int]]:
        """What a passage is made around, for each article that has matches left.

        Its row, where the best matches begin, where the first of them ends, and where all of them end.
        """
        matches = self._matches
        if not len(matches.rows):
            return []
        following, reached = _following(matches, self._values.shape[1], longest_core(self._chars))
        anchors = _best_of_each(matches.rows, self._scores(following, reached))
        if self._shown.any():
            # A heading with nothing new is not worth another passage.
            again = self._shown[matches.rows[anchors], matches.units[anchors]]
            anchors = anchors[(matches.in_heading[anchors] == 0) | ~again]
        ends = (reached[:, anchors] * matches.ends[following[:, anchors]]).max(axis=0)
        columns = matches.rows[anchors], matches.begins[anchors], matches.ends[anchors], ends
        return list(zip(*(column.tolist() for column in columns), strict=True))

    def take(self, passages: Sequence[tuple[int, Passage]]) -> None:
        """Leaves to later rounds what these passages, one for a row, do not show."""
        bounds = np.full((2, len(self._lengths)), -1, dtype=np.int64)
        for row, passage in passages:
            bounds[:, row] = passage[:2]
        rows, units, begins, ends, _, limits = self._matches
        first, last = bounds[:, rows]
        inside = (begins >= first) & (ends <= last)
        new = np.zeros(self._shown.shape, dtype=bool)
        new[rows[inside], units[inside]] = True
        self._values = np.where(new & ~self._shown, AGAIN * self._values, self._values)
        self._shown |= new
        limits = np.where(begins < first, np.minimum(limits, first), limits)
        left = ((begins >= last) | (ends <= first)) & (first >= 0)
        self._matches = Matches(*(column[left] for column in self._matches._replace(limits=limits)))

    def _scores(self, following: np.ndarray, reached: np.ndarray) -> np.ndarray:
        """For passages that begin at each match: the value of the units they show, less for how they show them."""
        rows, _, begins, _, in_heading, _ = self._matches
        values = (reached * self._values.T[:, rows]).sum(axis=0)
        apart = (reached * (begins[following] - begins)).max(axis=0)
        late = (EARLINESS / np.maximum(self._lengths, 1))[rows] * begins
        loss = (CLOSENESS / self._chars) * apart + late + HEADING * in_heading
        scores: np.ndarray = values - self._typical[rows] * loss
        return scores


def shown_end(begins: np.ndarray, ends: np.ndarray, first_ends: np.ndarray, longest: int) -> np.ndarray:
    """Where matches end, or of a phrase too long for a passage its first word, or as much of it as fits."""
    return np.where(ends - begins <= longest, ends, np.minimum(first_ends, begins + longest))


def _candidates(occurrences: Occurrences, lengths: np.ndarray, units: int, chars: int) -> Matches:
    (in_text,) = (occurrences.in_title == 0).nonzero()
    most = min(MOST_MATCHES, max(8, MOST_OF_ALL // max(units, 1)))
    if len(in_text) > most:
        in_text = in_text[_first_of_each(occurrences.rows[in_text] * units + occurrences.units[in_text], most)]
    rows, of_unit, _, begins, ends, first_ends, _, in_heading = occurrences.table[in_text].T
    ends = shown_end(begins, ends, first_ends, longest_core(chars))
    return Matches(rows, of_unit, begins, ends, in_heading, lengths[rows])


def _first_of_each(keys: np.ndarray, most: int) -> np.ndarray:
    """Indexes of the first so many of all that have equal keys, ascending."""
    order = keys.argsort(kind="stable")
    ordered = keys[order]
    rank = np.arange(len(keys)) - ordered.searchsorted(ordered)
    return np.sort(order[rank < most])


def _following(matches: Matches, units: int, core: int) -> tuple[np.ndarray, np.ndarray]:
    """For each unit and match the next match of the unit, itself included, and whether a passage from here shows it.

    Both have the shape (units, m).
    """
    rows, of_unit, begins, ends, _, limits = matches
    count = len(rows)
    numbers = np.where(of_unit == np.arange(units)[:, None], np.arange(count), count)
    following = np.minimum.accumulate(numbers[:, ::-1], axis=1)[:, ::-1]
    there = following < count
    following = following * there
    reached = there & (rows[following] == rows) & (ends[following] <= np.minimum(begins + core, limits))
    return following, reached


def _best_of_each(rows: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """The first of the best scores of each row: indexes. Rows are in order."""
    first = np.ones(len(rows), dtype=bool)
    first[1:] = rows[1:] != rows[:-1]
    (begins,) = first.nonzero()
    highest = np.maximum.reduceat(scores, begins)
    numbers = np.where(scores == highest[first.cumsum() - 1], np.arange(len(rows)), len(rows))
    best: np.ndarray = np.minimum.reduceat(numbers, begins)
    return best
