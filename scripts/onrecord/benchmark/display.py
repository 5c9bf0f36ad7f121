"""Scores and comparisons for a terminal: percentages, and rates per 100."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from onrecord.benchmark.comparison import Comparison, Difference
from onrecord.benchmark.figures import figure, interval_figure, scaled
from onrecord.benchmark.measures import Measure, Task, outputs
from onrecord.benchmark.scoring import Result
from onrecord.benchmark.tasks import TASKS

_FEW: Final = 20
"""Fewer stories than this make a percentile interval too narrow."""


def render_scores(result: Result) -> RenderableType:
    """A table a task, then controls, and what to know when reading them."""
    tables = [_task_table(task, result) for task in TASKS]
    shown: list[RenderableType] = [table for table in tables if table.row_count]
    notes = Text("\n".join(_notes(result)), "dim")
    return Group(*shown, *_controls(result), notes, Text(result.signature, overflow="fold"))


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for number, name in enumerate(columns):
        table.add_column(name, justify="right" if number else "left", no_wrap=not number)
    return table


def _task_table(task: Task, result: Result) -> Table:
    table = _table(
        f"\n{task.name}: {task.meaning}", "", "P", "R", "score", "95 %", "floor", "ceiling"
    )
    for measure in task.measures:
        if measure.role == "score":
            for name in _instances(measure, result.tasks[task.name]):
                _add_row(table, task, measure, name, result)
    return table


def _instances(measure: Measure, values: Iterable[str]) -> list[str]:
    """The names under which a measure was counted."""
    if "*" not in measure.name:
        return [measure.name]
    return sorted(name for name in values if fnmatchcase(name, measure.name))


def _add_row(table: Table, task: Task, measure: Measure, name: str, result: Result) -> None:
    """A row for a measure that is defined for the system, the floor or the annotators."""
    *parts, main = outputs(measure, name)
    scale = 1 if measure.kind == "rate" else 100
    values, floor, ceiling = (
        {each: None if value is None else value * scale for each, value in table[task.name].items()}
        for table in (result.tasks, result.floor, result.ceiling)
    )
    if values[main] is None and floor.get(main) is None and ceiling.get(main) is None:
        return
    intervals = {
        each: scaled(result.intervals[task.name].get(each), scale) for each in (*parts, main)
    }
    table.add_row(
        name or "quotes",
        *([figure(values[each], intervals[each]) for each in parts] or ["", ""]),
        Text(figure(values[main], intervals[main]), "bold"),
        interval_figure(intervals[main]),
        figure(floor.get(main), intervals[main]),
        figure(ceiling.get(main), intervals[main]),
    )


def _controls(result: Result) -> Iterator[RenderableType]:
    for task, values in result.controls.items():
        table = _table(f"\n{task}: controls", "", "score")
        for name, value in values.items():
            if value is not None:
                table.add_row(name, figure(100 * value, None))
        if table.row_count:
            yield table


def _notes(result: Result) -> Iterator[str]:
    """What limits the figures."""
    counts, alignment = result.counts, result.alignment
    yield ""
    units = counts["units"]
    kind = "stories" if "|unit:story|" in result.signature else "articles (none names a story)"
    yield f"{counts['articles']} articles; intervals by resampling {units} {kind}."
    if units < _FEW:
        yield f"Fewer than {_FEW} to resample: intervals are too narrow, differences may be chance."
    if counts["licensed_excluded"]:
        yield f"{counts['licensed_excluded']} licensed articles without text are left out."
    if counts["unpredicted_articles"]:
        yield f"{counts['unpredicted_articles']} articles without a prediction count as missed."
    if counts["unpredicted_passages"]:
        failed, passages = counts["unpredicted_passages"], counts["passages"]
        yield f"{failed} of {passages} challenge passages have no prediction and fail."
    found = [f"{number} {status}" for status, number in sorted(alignment.items()) if number]
    yield f"Contents found by: {', '.join(found) or 'nothing to find'}."
    yield "Floor: quotation marks and the nearest name."
    if result.annotators:
        yield f"Ceiling: annotators against each other ({', '.join(result.annotators)})."
    else:
        yield "No ceiling: no article of this split has two annotators' layers."


def render_comparison(comparison: Comparison) -> RenderableType:
    """A table a task headline: every system, its difference from each baseline, and p."""
    table = _table("", "", "score", "95 %", "difference", "95 %", "p", "p (Holm)")
    for task in TASKS:
        _add_systems(table, task, comparison)
    notes = (
        "Differences are from the baseline named first; p by paired approximate randomisation of"
        " stories,\ncorrected by Holm over all tests shown."
    )
    return Group(table, Text(f"\n{notes}", "dim"), Text(comparison.signature, overflow="fold"))


def _add_systems(table: Table, task: Task, comparison: Comparison) -> None:
    headline = next(each for each in task.measures if task.headline in outputs(each, each.name))
    scale = 1 if headline.kind == "rate" else 100
    table.add_row(Text(f"{task.name} {task.headline}", "bold"))
    for name, values in comparison.systems.items():
        value = values[task.name].get(task.headline)
        spread = scaled(comparison.intervals[name][task.name].get(task.headline), scale)
        score = figure(None if value is None else value * scale, spread)
        tests = [
            test for test in comparison.tests if test.task == task.name and test.system == name
        ]
        cells = [_test_cells(test, scale) for test in tests] or [()]
        table.add_row(f"  {name}", score, interval_figure(spread), *cells[0])
        for more in cells[1:]:
            table.add_row("", "", "", *more)


def _test_cells(test: Difference, scale: float) -> tuple[str, ...]:
    spread = scaled(test.interval, scale)
    difference = figure(test.difference * scale, spread)
    sign = "+" if test.difference > 0 else ""
    return (
        f"{sign}{difference} vs {test.baseline}",
        interval_figure(spread),
        f"{test.p:.4f}",
        f"{test.p_holm:.4f}",
    )
