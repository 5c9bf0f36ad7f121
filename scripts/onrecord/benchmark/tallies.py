"""Counts added up by story, so that scores can be computed again on resampled stories."""

from array import array
from typing import Any, Final

from onrecord.benchmark.measures import Counts, Sums

MAX_UNITS: Final = 4096
"""Beyond this many, stories share a row, in turn: groups of stories are as independent of each
other as stories are, and memory and time of resampling stay bounded."""

WIDTH: Final = 3
"""The most numbers that a count has; those with fewer are filled up with 0."""

Columns = list[tuple[str, str]]
"""Task and name of counts."""

Matrix = Any
"""A numpy array of floats; the first axis is units (stories) or resamples."""


class Tally:
    """The counts of several tasks, by unit."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._places: dict[str, dict[str, int]] = {}
        self._width = 0
        self._sums: list[array[float]] = []

    @property
    def units(self) -> int:
        """How many independent units there are."""
        return len(self._sums)

    def add(self, unit: str, task: str, counts: Counts) -> None:
        """Add what one article counts in one task."""
        row = self._rows.setdefault(unit, len(self._rows) % MAX_UNITS)
        if row == len(self._sums):
            self._sums.append(array("d"))
        sums, places = self._sums[row], self._places.setdefault(task, {})
        for name, values in counts.items():
            if not any(values):
                continue
            place = places.get(name)
            if place is None:
                place = places[name] = self._width
                self._width += WIDTH
            if place >= len(sums):
                sums.frombytes(bytes(sums.itemsize * (place + WIDTH - len(sums))))
            for value in values:
                if value:
                    sums[place] += value
                place += 1

    @property
    def columns(self) -> Columns:
        """The counts that are not 0 everywhere, in order."""
        return sorted((task, name) for task, places in self._places.items() for name in places)

    def matrix(self, columns: Columns) -> Matrix:
        """The numbers of counts by unit: an array of units, counts and `WIDTH`."""
        import numpy as np

        matrix = np.zeros((len(self._sums), len(columns), WIDTH))
        for number, (task, name) in enumerate(columns):
            place = self._places.get(task, {}).get(name)
            if place is not None:
                for row, sums in enumerate(self._sums):
                    if place < len(sums):
                        matrix[row, number] = sums[place : place + WIDTH]
        return matrix


def sums_of(task: str, columns: Columns, totals: Matrix) -> Sums:
    """The sums of one task out of totals, whose last axes are `columns` and `WIDTH`."""
    return {
        name: [totals[..., number, place] for place in range(WIDTH)]
        for number, (owner, name) in enumerate(columns)
        if owner == task
    }
