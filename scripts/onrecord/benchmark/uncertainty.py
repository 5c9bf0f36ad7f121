"""Intervals and significance by story, since articles of one story are not independent.

Percentile bootstrap (Efron 1979) and paired approximate randomisation (Noreen 1989), over summed
counts; Holm's correction (1979) for several tests.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from onrecord.benchmark.tallies import Matrix

RESAMPLES: Final = 10_000
SEED: Final = 12345
LEVEL: Final = 0.95
_CELLS: Final = 1 << 20
"""How many numbers a step of resampling holds at once."""

Values = Mapping[str, Any]


def bootstrap_totals(matrix: Matrix, resamples: int, seed: int) -> Matrix:
    """Sums over `resamples` samples of the rows, drawn with replacement: one row each.

    The draws depend on the number of rows and the seed alone, so that systems are resampled alike.
    """
    import numpy as np

    units, shape = matrix.shape[0], matrix.shape[1:]
    flat = matrix.reshape(units, -1)
    generator = np.random.default_rng(seed)
    totals = np.empty((resamples, flat.shape[1]))
    step = max(_CELLS // max(units, 1), 1)
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        draws = generator.integers(0, units, (size, units))
        draws += units * np.arange(size)[:, None]
        weights = np.bincount(draws.ravel(), minlength=size * units).reshape(size, units)
        totals[start : start + size] = weights @ flat
    return totals.reshape(resamples, *shape)


def interval(values: Any) -> tuple[float, float] | None:
    """The central 95 % of resampled values.

    None where none is defined, or where all that are defined are equal and some are not: then a
    single unit is behind them.
    """
    import numpy as np

    defined = values[~np.isnan(values)]
    if not defined.size:
        return None
    if defined.size < values.size and np.ptp(defined) == 0:
        return None
    low, high = np.percentile(defined, [50 * (1 - LEVEL), 50 * (1 + LEVEL)])
    return float(low), float(high)


def randomisation(
    one: Matrix, other: Matrix, evaluate: Callable[[Matrix], Values], resamples: int, seed: int
) -> dict[str, float]:
    """Two-sided p of each measure's difference between two systems, rows paired by unit.

    Each unit's counts change sides with probability 1/2. All 2^n ways are tried where these are no
    more than `resamples`; otherwise p is (1 + hits) / (1 + resamples). An undefined difference
    counts as extreme. `evaluate` computes measures from sums over rows.
    """
    import numpy as np

    units, shape = one.shape[0], one.shape[1:]
    mine, total = one.sum(axis=0), one.sum(axis=0) + other.sum(axis=0)
    difference = (other - one).reshape(units, -1)
    exhaustive = units < 40 and 2**units <= resamples
    rounds = 2**units if exhaustive else resamples
    generator = np.random.default_rng(seed)
    observed = _differences(evaluate, mine[None], total)
    hits = dict.fromkeys(observed, 0)
    step = max(_CELLS // max(units, 1), 1)
    for start in range(0, rounds, step):
        size = min(step, rounds - start)
        if exhaustive:
            numbers = np.arange(start, start + size)[:, None]
            swaps = numbers >> np.arange(units) & 1
        else:
            swaps = generator.integers(0, 2, (size, units))
        moved = (swaps @ difference).reshape(size, *shape)
        shuffled = _differences(evaluate, mine + moved, total)
        for name, values in shuffled.items():
            below = np.abs(values) < abs(observed[name][0]) - 1e-12
            hits[name] += int(size - np.count_nonzero(below))
    extra = 0 if exhaustive else 1
    return {name: (count + extra) / (rounds + extra) for name, count in hits.items()}


def _differences(evaluate: Callable[[Matrix], Values], one: Matrix, total: Matrix) -> Values:
    """Measures of the other side less those of one, whose sums are given."""
    mine, theirs = evaluate(one), evaluate(total - one)
    return {name: theirs[name] - mine[name] for name in mine}


def holm(probabilities: Sequence[float]) -> list[float]:
    """Adjusted p values, in the same order: step-down, monotone, at most 1."""
    order = sorted(range(len(probabilities)), key=lambda number: probabilities[number])
    adjusted = [0.0] * len(probabilities)
    largest = 0.0
    for rank, number in enumerate(order):
        largest = max(largest, (len(order) - rank) * probabilities[number])
        adjusted[number] = min(largest, 1.0)
    return adjusted
