"""The figures of a report's first page: headlines, groups, confusions, and their plots."""

from typing import Any, Final, NamedTuple

from onrecord.benchmark.figures import Interval, figure, interval_figure, scaled
from onrecord.benchmark.lines import Line, Number, headline_of, line_of, lines_of, notes_of
from onrecord.benchmark.measures import Task
from onrecord.benchmark.report.groups import FACETS, ORDER
from onrecord.benchmark.scorer import Scorer
from onrecord.benchmark.scoring import Result
from onrecord.benchmark.tasks import TASKS
from onrecord.benchmark.tasks.stance import LABELS
from onrecord.benchmark.uncertainty import RESAMPLES, SEED

_WIDTH: Final = 200
_EDGE: Final = 6
"""Of a plot, in pixels: as wide as the axis from 0 to 100, and beside it."""

_SHADES: Final = 4
MAX_FINDINGS: Final = 200
"""As many findings are listed; the rest is counted."""


class Group(NamedTuple):
    """A group of quotes: its headline is F1 of the quotes found, or recall for a phenomenon."""

    name: str
    gold: int
    precision: Number
    recall: Number
    found: Number
    floor: float | None
    speaker: Number
    sides: Number


class Plot(NamedTuple):
    """Where the marks of a plot stand on its axis, in pixels; None where there is none."""

    value: float | None
    low: float | None
    high: float | None
    floor: float | None
    ceiling: float | None


class Cell(NamedTuple):
    """A number of a table of confusions, shaded by its share of the row (0 to `_SHADES`)."""

    number: int
    shade: int


def overview(result: Result, system: Scorer, floor: Scorer) -> dict[str, Any]:
    """Everything that the first page shows besides lists."""
    headlines = [(task, _headline(task, result)) for task in TASKS]
    return {
        "headlines": [(task, line) for task, line in headlines if line],
        "tables": [(task, lines) for task in TASKS if (lines := lines_of(task, result))],
        "facets": _facets(result, system, floor),
        "phenomena": _challenge(result),
        "labels": LABELS,
        "confusion": _confusion(result),
        "notes": list(notes_of(result)),
        "findings": [str(issue) for issue in result.issues[:MAX_FINDINGS]],
    }


def _headline(task: Task, result: Result) -> Line | None:
    measure = headline_of(task)
    return line_of(task, measure, measure.name, result)


def shown(number: tuple[float | None, Interval]) -> tuple[str, str]:
    """A number and its interval, as far as the interval supports them."""
    return figure(*number), interval_figure(number[1])


def plot(
    value: float | None, interval: Interval, floor: float | None, ceiling: float | None
) -> Plot:
    """Where numbers from 0 to 100 stand in a plot."""
    low, high = interval or (None, None)
    return Plot(*[_place(number) for number in (value, low, high, floor, ceiling)])


def _place(number: float | None) -> float | None:
    return None if number is None else round(_EDGE + number * _WIDTH / 100, 1)


def _facets(result: Result, system: Scorer, floor: Scorer) -> dict[str, list[Group]]:
    """The groups of every facet: in an order of their own, or the largest first."""
    values, base = system.values()["groups"], floor.values()["groups"]
    intervals = system.intervals(RESAMPLES, SEED)["groups"]

    def number(name: str) -> Number:
        value = values.get(name)
        return Number(None if value is None else 100 * value, scaled(intervals.get(name), 100))

    def group(facet: str, name: str) -> Group:
        key = f"{facet}={name}"
        part = "recall" if facet == "phenomenon" else "f1"
        beside = base.get(f"found.{key}.{part}")
        return Group(
            name=name,
            gold=round(values.get(f"gold.{key}") or 0),
            precision=number(f"found.{key}.precision"),
            recall=number(f"found.{key}.recall"),
            found=number(f"found.{key}.{part}"),
            floor=None if beside is None else 100 * beside,
            speaker=number(f"speaker.{key}"),
            sides=number(f"sides.{key}"),
        )

    facets = {}
    for facet in FACETS:
        prefix, end = f"found.{facet}=", ".f1"
        names = [
            key[len(prefix) : -len(end)]
            for key in values
            if key.startswith(prefix) and key.endswith(end)
        ]
        groups = [group(facet, name) for name in names]
        facets[facet] = sorted(groups, key=_rank)
    return facets


def _rank(group: Group) -> tuple[int, int, str]:
    place = ORDER.index(group.name) if group.name in ORDER else len(ORDER)
    return place, -group.gold, group.name


def _challenge(result: Result) -> list[tuple[str, Line, Line | None]]:
    """Pass rate and pair consistency of every phenomenon of the challenge."""
    (task,) = [task for task in TASKS if task.over == "pair"]
    lines = {line.name: line for line in lines_of(task, result)}
    return [
        (name.partition(".")[2], line, lines.get(name.replace("phenomenon.", "consistency.", 1)))
        for name, line in lines.items()
        if name.startswith("phenomenon.")
    ]


def _confusion(result: Result) -> list[tuple[str, list[Cell]]]:
    """Rows of gold stance labels by predicted label; none where there is nothing to confuse."""
    cases = result.cases.get("stance", {})
    table = []
    for gold in LABELS:
        numbers = [
            round(cases.get(f"confusion.{gold}.{label}") or 0) for label in (*LABELS, "missing")
        ]
        most = max(sum(numbers), 1)
        table.append((gold, [Cell(each, -(-each * _SHADES // most)) for each in numbers]))
    return table if any(cell.number for _, row in table for cell in row) else []
