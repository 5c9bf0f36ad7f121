"""What a task is, and how its counts become measures.

A task counts per article: a name and a few numbers, such as (hits, predicted, gold). Counts of
articles add up, so that one summation serves scores, intervals and significance alike; measures are
computed from sums, of one corpus or of thousands of resampled ones at once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final, Literal

import msgspec

from onrecord.model import Record

Counts = Mapping[str, tuple[float, ...]]
"""What one article adds to each count of a task."""

Array = Any
"""A float, or a numpy array of resamples: both compute alike."""

Sums = Mapping[str, Sequence[Array]]
"""Counts added up."""

Role = Literal["score", "control", "count", "part"]
"""score: of the system, 1 at best (a rate: 0 at best); control: of the gold alone, to set a score
against; count: a number of cases; part: only for means to be made of."""

Kind = Literal["f1", "share", "rate", "mean", "count", "majority", "alpha"]
KINDS: Final[Mapping[Kind, str]] = {
    "f1": "precision, recall and F1 of (hits, predicted, gold)",
    "share": "hits of all",
    "rate": "hits per 100 of all",
    "mean": "unweighted mean of other measures, undefined ones left out",
    "count": "a sum",
    "majority": "mean F1 over `of`, had everything the most frequent label of all",
    "alpha": "Krippendorff's α, nominal, of counts `of` of (meeting the same, all) by value",
}


class Measure(Record, frozen=True, kw_only=True):
    """A number that a task yields, or three for kind f1.

    `name` may hold a `*`: then there is one for every count it matches. `needs` names what gold
    must annotate for the measure to mean anything, `precision_needs` the same for precision and F1.
    A mean is `of` other numbers, an alpha `of` counts; the majority chooses among `labels`, for a
    mean over `of`.
    """

    name: str
    kind: Kind
    meaning: str
    role: Role = "score"
    of: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    precision_needs: tuple[str, ...] = ()


class Task(Record, frozen=True, kw_only=True):
    """A task: what it measures, its parameters, and how one article is counted.

    `over` says what is counted: an article (`Case`), or a pair of challenge passages (a tuple of
    `Case`). `headline` is the measure that comparisons test.
    """

    name: str
    meaning: str
    config: msgspec.Struct
    count: Callable[[Any, Any], Counts]
    measures: tuple[Measure, ...]
    headline: str
    over: Literal["article", "pair"] = "article"


def f1(name: str, meaning: str, **fields: Any) -> Measure:
    """Precision, recall and F1; the empty name stands for the task's own."""
    return Measure(name=name, kind="f1", meaning=meaning, **fields)


def share(name: str, meaning: str, **fields: Any) -> Measure:
    """Hits of all."""
    return Measure(name=name, kind="share", meaning=meaning, **fields)


def mean(name: str, meaning: str, of: Iterable[str], **fields: Any) -> Measure:
    """The unweighted mean of other measures of the task."""
    return Measure(name=name, kind="mean", meaning=meaning, of=tuple(of), **fields)


def outputs(measure: Measure, name: str) -> list[str]:
    """The names of the numbers that a measure yields under `name`."""
    if measure.kind != "f1":
        return [name]
    return [f"{name}.{part}".lstrip(".") for part in ("precision", "recall", "f1")]


def names_of(task: Task, role: Role) -> list[str]:
    """The names (or patterns) of a task's numbers in a role, in order."""
    return [
        name
        for measure in task.measures
        if measure.role == role
        for name in outputs(measure, measure.name)
    ]


def evaluate(task: Task, sums: Sums) -> dict[str, Array]:
    """Every measure of a task from its sums; NaN where it is undefined (0 by 0)."""
    values: dict[str, Array] = {}
    for measure in task.measures:
        if measure.kind == "mean":
            values[measure.name] = _mean(_matching(values, measure.of))
        elif measure.kind == "majority":
            values[measure.name] = _majority(measure, sums)
        elif measure.kind == "alpha":
            values[measure.name] = _alpha(measure, sums)
        else:
            for name in instances(measure, sums):
                results = _values(measure, sums.get(name, (0.0, 0.0, 0.0)))
                values.update(zip(outputs(measure, name), results, strict=True))
    return values


def instances(measure: Measure, names: Iterable[str]) -> list[str]:
    """The names under which a measure was counted: its own, or those of `names` that it matches."""
    if "*" not in measure.name:
        return [measure.name]
    return sorted(name for name in names if fnmatchcase(name, measure.name))


def behind(task: Task, name: str) -> tuple[Measure, ...]:
    """The measures that one number of a task is made of, itself and those that it is a mean of."""
    found: list[Measure] = []
    patterns = [name]
    for measure in reversed(task.measures):
        numbers = outputs(measure, measure.name)
        if any(fnmatchcase(each, pattern) for each in numbers for pattern in patterns):
            found.insert(0, measure)
            patterns += measure.of
    return tuple(found)


def _matching(values: Mapping[str, Array], patterns: Sequence[str]) -> list[Array]:
    return [
        value
        for name, value in values.items()
        if any(fnmatchcase(name, pattern) for pattern in patterns)
    ]


def masked(task: Task, incomplete: frozenset[str]) -> list[str]:
    """The names (or patterns) of the numbers that a corpus cannot give, as `incomplete` says."""
    names: list[str] = []
    for measure in task.measures:
        if _lacks(measure.needs, incomplete):
            names += outputs(measure, measure.name)
        elif measure.kind == "f1" and _lacks(measure.precision_needs, incomplete):
            precision, _, score = outputs(measure, measure.name)
            names += [precision, score]
    return names


def _lacks(needs: Iterable[str], incomplete: frozenset[str]) -> bool:
    return not incomplete.isdisjoint(needs)


def _values(measure: Measure, sums: Sequence[Array]) -> Sequence[Array]:
    if measure.kind == "f1":
        hits, predicted, gold = sums
        return (
            _ratio(hits, predicted),
            _ratio(hits, gold),
            _ratio(2 * hits, predicted + gold),
        )
    if measure.kind == "share":
        return [_ratio(sums[0], sums[1])]
    if measure.kind == "rate":
        return [100 * _ratio(sums[0], sums[1])]
    return [sums[0]]


def _ratio(part: Array, whole: Array) -> Array:
    import numpy as np

    whole = np.asarray(whole, dtype=float)
    return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole != 0)


def _mean(values: Sequence[Array]) -> Array:
    import numpy as np

    if not values:
        return np.asarray(np.nan)
    stacked = np.stack(np.broadcast_arrays(*values))
    defined = ~np.isnan(stacked)
    return _ratio(np.where(defined, stacked, 0).sum(axis=0), defined.sum(axis=0))


def _majority(measure: Measure, sums: Sums) -> Array:
    """Mean F1 over `of` if every row had the label of `labels` that gold has most often."""
    import numpy as np

    gold = np.stack(np.broadcast_arrays(*[sums.get(name, (0, 0, 0))[2] for name in measure.labels]))
    most = gold.argmax(axis=0)
    score = _ratio(2 * gold.max(axis=0), gold.sum(axis=0) + gold.max(axis=0))
    of = [measure.labels.index(name) for name in measure.of]
    present = (gold[of] > 0).sum(axis=0)
    return _ratio(np.where(np.isin(most, of), score, 0), present)


def _alpha(measure: Measure, sums: Sums) -> Array:
    """1 less observed by expected disagreement; undefined where all values are the same.

    Krippendorff (2011): α = 1 − (n − 1) Σ (n_c − o_cc) / Σ n_c (n − n_c) over the values c.
    """
    import numpy as np

    counts = [sums.get(name, (0.0, 0.0)) for name in measure.of]
    met = np.stack(np.broadcast_arrays(*[pair[0] for pair in counts]))
    values = np.stack(np.broadcast_arrays(*[pair[1] for pair in counts]))
    total = values.sum(axis=0)
    expected = (values * (total - values)).sum(axis=0)
    return 1 - _ratio((total - 1) * (values - met).sum(axis=0), expected)
