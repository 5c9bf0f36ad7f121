"""The scores of one system: counts come in by article, measures and intervals come out."""

from collections.abc import Sequence
from math import isnan
from typing import Any, TypeVar

from onrecord.benchmark.cases import Case
from onrecord.benchmark.measures import Task, evaluate
from onrecord.benchmark.tallies import Columns, Matrix, Tally, sums_of
from onrecord.benchmark.uncertainty import bootstrap_totals, interval

V = TypeVar("V")
Table = dict[str, dict[str, V | None]]
"""Something by task and name of the measure."""
Values = Table[float]
"""Numbers from 0 to 1, rates per 100, counts as they are; None where undefined."""
Intervals = Table[tuple[float, float]]


class Scorer:
    """Adds up what tasks count; articles and pairs of passages are resampled apart."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self.tasks = tasks
        self.tallies: dict[str, Tally] = {task.over: Tally() for task in tasks}

    def add(self, case: Case) -> None:
        """Count an article."""
        self.count("article", case.gold.unit, case)

    def add_pair(self, pair: Sequence[Case]) -> None:
        """Count a pair of challenge passages."""
        self.count("pair", pair[0].gold.unit, pair)

    def count(self, over: str, unit: str, subject: Any) -> None:
        """Count whatever tasks over `over` count, as a part of `unit`."""
        for task in self._over(over):
            self.tallies[over].add(unit, task.name, task.count(subject, task.config))

    def values(self) -> Values:
        """Every measure of every task."""
        found: Values = {}
        for over, tally in self.tallies.items():
            columns = tally.columns
            totals = tally.matrix(columns).sum(axis=0)
            for task, numbers in measured(self._over(over), columns, totals).items():
                found[task] = {name: _number(value) for name, value in numbers.items()}
        return {task.name: found[task.name] for task in self.tasks}

    def intervals(self, resamples: int, seed: int) -> Intervals:
        """The 95 % interval of every measure; None where there are not two units to resample."""
        import numpy as np

        found: Intervals = {}
        for over, tally in self.tallies.items():
            columns = tally.columns
            matrix = tally.matrix(columns)
            enough = tally.units > 1
            totals = bootstrap_totals(matrix, resamples, seed) if enough else matrix.sum(axis=0)
            for task, numbers in measured(self._over(over), columns, totals).items():
                found[task] = {
                    name: interval(np.broadcast_to(value, resamples)) if enough else None
                    for name, value in numbers.items()
                }
        return {task.name: found[task.name] for task in self.tasks}

    def _over(self, over: str) -> list[Task]:
        return [task for task in self.tasks if task.over == over]


def measured(tasks: Sequence[Task], columns: Columns, totals: Matrix) -> dict[str, dict[str, Any]]:
    """Every measure of tasks from totals whose last axis is `columns`, by task and name."""
    return {task.name: evaluate(task, sums_of(task.name, columns, totals)) for task in tasks}


def _number(value: Any) -> float | None:
    number = float(value)
    return None if isnan(number) else number
