"""The lines of a table of scores, for terminal and page: percentages, and rates per 100."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from onrecord.benchmark.figures import Interval, scaled
from onrecord.benchmark.measures import Measure, Task, instances, outputs
from onrecord.benchmark.scoring import Result

FEW: Final = 20
"""Fewer stories than this make a percentile interval too narrow."""


class Number(NamedTuple):
    """A number as shown, with its interval."""

    value: float | None
    interval: Interval


class Line(NamedTuple):
    """A measure: `parts` are precision and recall of kind f1; floor and ceiling where defined."""

    name: str
    meaning: str
    kind: str
    parts: tuple[Number, ...]
    main: Number
    floor: float | None
    ceiling: float | None


def lines_of(task: Task, result: Result) -> list[Line]:
    """The scores of a task that are defined for the system, the floor or the annotators."""
    return [
        line
        for measure in task.measures
        if measure.role == "score"
        for name in instances(measure, result.tasks[task.name])
        if (line := line_of(task, measure, name, result))
    ]


def line_of(task: Task, measure: Measure, name: str, result: Result) -> Line | None:
    """The line of one measure, None where it is defined for nobody."""
    *parts, main = outputs(measure, name)
    scale = 1 if measure.kind == "rate" else 100
    values, floor, ceiling = (
        {each: None if value is None else value * scale for each, value in table[task.name].items()}
        for table in (result.tasks, result.floor, result.ceiling)
    )
    tables = (values, floor, ceiling)
    if all(table.get(each) is None for table in tables for each in (*parts, main)):
        return None
    intervals = result.intervals[task.name]

    def number(name: str) -> Number:
        return Number(values[name], scaled(intervals.get(name), scale))

    return Line(
        name=name or "quotes",
        meaning=measure.meaning,
        kind=measure.kind,
        parts=tuple(map(number, parts)),
        main=number(main),
        floor=floor.get(main),
        ceiling=ceiling.get(main),
    )


def headline_of(task: Task) -> Measure:
    """The measure of a task that comparisons test."""
    return next(each for each in task.measures if task.headline in outputs(each, each.name))


def few_notes(units: int) -> Iterator[str]:
    """What tests of systems cannot say: stories change sides in 2^n ways, two of them extreme."""
    if units < FEW:
        yield (
            f"Fewer than {FEW} stories ({units}): take the intervals for too narrow; no p but the"
            f" challenge's can be below {2.0 ** (1 - units):.3g}, Holm's correction aside."
        )


def notes_of(result: Result) -> Iterator[str]:
    """What limits the figures."""
    counts, alignment = result.counts, result.alignment
    units = counts["units"]
    kind = "stories" if "|unit:story|" in result.signature else "articles (none names a story)"
    yield f"Articles: {counts['articles']}. Intervals by resampling {units} {kind}."
    if units < FEW:
        yield f"Fewer than {FEW} to resample: take the intervals for too narrow."
    if counts["licensed_excluded"]:
        yield f"Left out, since licensed and without text: {counts['licensed_excluded']}."
    if counts["licensed_scored"]:
        yield f"Licensed, scored on your own copies: {counts['licensed_scored']}."
    if counts["unpredicted_articles"]:
        yield f"Articles without a prediction, all missed: {counts['unpredicted_articles']}."
    if counts["unpredicted_passages"]:
        failed, passages = counts["unpredicted_passages"], counts["passages"]
        yield f"Challenge passages without a prediction, all failed: {failed} of {passages}."
    found = [f"{number} {status}" for status, number in sorted(alignment.items())]
    yield f"Contents found by: {', '.join(found) or 'nothing to find'}."
    if counts["guesses"]:
        yield f"Words that stand in several places, so that one was guessed: {counts['guesses']}."
    yield "Floor: quotation marks and the nearest name."
    if result.annotators:
        yield f"Ceiling: annotators against each other ({', '.join(result.annotators)})."
    else:
        yield "No ceiling: no article of this split has two annotators' layers."
