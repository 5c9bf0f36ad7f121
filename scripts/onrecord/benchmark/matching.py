"""One-to-one matching of gold and predicted items by their units.

The rule: among all one-to-one assignments, the one with the greatest sum of Jaccard indices; pairs
below the threshold weigh nothing and are no match. Of assignments whose sums are less than 10^-6
apart, the one whose pairs are closer in cue and source is taken, and last the order of offsets
decides, in which both sides stand. Hungarian algorithm (Kuhn 1955) as in
`scipy.optimize.linear_sum_assignment`, run on each connected component of the sparse graph of
pairs.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from onrecord.benchmark.units import Units, shared, size

_TIE: Final = 1e-6
"""How much closeness weighs against one whole Jaccard index."""


class Edge(NamedTuple):
    """A gold item (row) and a predicted item (column) that share units."""

    row: int
    column: int
    jaccard: float


class Matching:
    """Gold and predicted items, as sets of units, in the order of their offsets.

    `closeness` of a row and a column, from 0 to 1, breaks ties.
    """

    def __init__(
        self,
        gold: Sequence[Units],
        predicted: Sequence[Units],
        closeness: Callable[[int, int], float] | None = None,
    ) -> None:
        self.gold = gold
        self.predicted = predicted
        self.edges = overlaps(gold, predicted)
        self._closeness = closeness
        self._ambiguous = not _is_one_to_one(self.edges)
        self._pairs: dict[float, dict[int, Edge]] = {}

    def pairs(self, threshold: float) -> dict[int, Edge]:
        """The matched pairs by row; threshold 0 asks for any overlap."""
        if threshold not in self._pairs:
            close = [edge for edge in self.edges if edge.jaccard >= threshold]
            if self._ambiguous:
                close = assign(close, self._closeness)
            self._pairs[threshold] = {edge.row: edge for edge in close}
        return self._pairs[threshold]


def overlaps(gold: Sequence[Units], predicted: Sequence[Units]) -> list[Edge]:
    """All pairs that share a unit, by column."""
    bounds = sorted(
        [(units[0][0], units[-1][1], size(units), row) for row, units in enumerate(gold) if units]
    )
    edges = []
    for column, units in enumerate(predicted):
        if not units:
            continue
        first, last, own = units[0][0], units[-1][1], size(units)
        for low, high, theirs, row in bounds:
            if low >= last:
                break
            if first < high:
                common = own if gold[row] == units else shared(gold[row], units)
                if common:
                    edges.append(Edge(row, column, common / (own + theirs - common)))
    return edges


def assign(
    edges: Sequence[Edge], closeness: Callable[[int, int], float] | None = None
) -> list[Edge]:
    """The edges of the best one-to-one assignment."""
    if _is_one_to_one(edges):
        return list(edges)
    chosen: list[Edge] = []
    for component in _components(edges):
        chosen += component if len(component) == 1 else _best(component, closeness)
    return chosen


def _is_one_to_one(edges: Sequence[Edge]) -> bool:
    rows = {edge.row for edge in edges}
    return len(rows) == len({edge.column for edge in edges}) == len(edges)


def _components(edges: Sequence[Edge]) -> list[list[Edge]]:
    """The edges grouped by connected component."""
    by_row: dict[int, list[Edge]] = defaultdict(list)
    by_column: dict[int, list[Edge]] = defaultdict(list)
    for edge in edges:
        by_row[edge.row].append(edge)
        by_column[edge.column].append(edge)
    components = []
    while by_row:
        component: list[Edge] = []
        rows = [next(iter(by_row))]
        while rows:
            for edge in by_row.pop(rows.pop(), ()):
                component.append(edge)
                rows += [other.row for other in by_column.pop(edge.column, ())]
        components.append(component)
    return components


def _best(edges: list[Edge], closeness: Callable[[int, int], float] | None) -> list[Edge]:
    """The best assignment within one component."""
    rows = sorted({edge.row for edge in edges})
    columns = sorted({edge.column for edge in edges})
    weights = {edge: edge.jaccard + _TIE * _near(edge, closeness) for edge in sorted(edges)}
    if len(rows) == 1 or len(columns) == 1:
        return [max(weights, key=weights.__getitem__)]
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    row_at = {row: place for place, row in enumerate(rows)}
    column_at = {column: place for place, column in enumerate(columns)}
    matrix = np.zeros((len(rows), len(columns)))
    at: dict[tuple[int, int], Edge] = {}
    for edge, weight in weights.items():
        place = row_at[edge.row], column_at[edge.column]
        matrix[place] = weight
        at[place] = edge
    chosen = zip(*linear_sum_assignment(matrix, maximize=True), strict=True)
    return [at[place] for place in chosen if place in at]


def _near(edge: Edge, closeness: Callable[[int, int], float] | None) -> float:
    return closeness(edge.row, edge.column) if closeness else 0.0
