"""Scores and comparisons for a terminal: percentages, and rates per 100."""

from collections.abc import Iterator, Mapping
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from onrecord.benchmark.comparison import Comparison, Difference
from onrecord.benchmark.figures import figure, interval_figure, scaled
from onrecord.benchmark.lines import Line, few_notes, headline_of, line_of, lines_of, notes_of
from onrecord.benchmark.measures import Task
from onrecord.benchmark.scoring import Result
from onrecord.benchmark.tasks import TASKS

_NAME: Final = 26
_SYSTEM: Final = 20
"""Widths of the columns of names: a page has 80 characters where it is no terminal."""


def render_scores(result: Result) -> RenderableType:
    """A table a task, then controls, and what to know when reading them."""
    tables = [_task_table(task, result) for task in TASKS]
    notes = Text("\n".join(["", *notes_of(result)]), "dim")
    return Group(*[part for table in tables for part in table], *_controls(result), notes)


_ACROSS: Final = {
    "detection": ("", "exact", "token", "type.direct", "type.indirect", "type.mixed"),
    "spans": ("cue.token", "source.token"),
    "speaker": ("", "given.entity", "matched.entity"),
    "stance": ("given.f_avg", "local.label"),
}
"""The measures that a table over several corpora shows, by task."""


def render_across(results: Mapping[str, Result]) -> RenderableType:
    """A table a measure, a line a corpus; what a corpus does not annotate has no figure there."""
    parts: list[RenderableType] = []
    for task in TASKS:
        for measure in task.measures:
            if measure.name in _ACROSS.get(task.name, ()):
                table = _score_table()
                for name, result in results.items():
                    line = line_of(task, measure, measure.name, result)
                    if line:
                        _add_line(table, name, line)
                if table.row_count:
                    title = f"{task.name} {measure.name}".rstrip()
                    parts += [_heading(f"{title}: {measure.meaning}"), table]
    notes = [
        f"{name}: {result.counts['articles']:,} articles, {result.counts['units']:,} resampled."
        for name, result in results.items()
    ]
    return Group(*parts, Text("\n".join(["", *notes]), "dim"))


def _score_table() -> Table:
    return _table(_NAME, "P", "R", "score", "95 %", "floor", "ceiling")


def _add_line(table: Table, title: str, line: Line) -> None:
    table.add_row(
        title,
        *([figure(*part) for part in line.parts] or ["", ""]),
        Text(figure(*line.main), "bold"),
        interval_figure(line.main.interval),
        figure(line.floor, line.main.interval),
        figure(line.ceiling, line.main.interval),
    )


def _table(first: int, *columns: str) -> Table:
    """A table whose first column is as wide as in all others of a page."""
    table = Table(box=None, pad_edge=False)
    table.add_column("", min_width=first, overflow="fold")
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _task_table(task: Task, result: Result) -> list[RenderableType]:
    table = _score_table()
    for line in lines_of(task, result):
        _add_line(table, line.name, line)
    return [_heading(f"{task.name}: {task.meaning}"), table] if table.row_count else []


def _heading(words: str) -> Text:
    return Text(f"\n{words}", "bold")


def _controls(result: Result) -> Iterator[RenderableType]:
    for task, values in result.controls.items():
        table = _table(_NAME, "score")
        for name, value in values.items():
            if value is not None:
                table.add_row(name, figure(100 * value, None))
        if table.row_count:
            yield _heading(f"{task}: controls, which know the gold but do not read")
            yield table


def render_comparison(comparison: Comparison) -> RenderableType:
    """A table a baseline: every task's headline, each system's difference from it, and p."""
    parts: list[RenderableType] = []
    for baseline in dict.fromkeys(test.baseline for test in comparison.tests):
        tests = [test for test in comparison.tests if test.baseline == baseline]
        table = _table(_SYSTEM, "score", "95 %", "change", "95 %", "p", "Holm")
        for task in TASKS:
            own = [test for test in tests if test.task == task.name]
            if own:
                _add_comparison(table, task, comparison, baseline, own)
        parts += [_heading(f"against {baseline}"), table]
    count = len(comparison.tests)
    notes = (
        "\np: paired approximate randomisation of stories; Holm's correction over all"
        f" {count} tests."
    )
    return Group(*parts, Text("\n".join([notes, *few_notes(comparison.units)]), "dim"))


def _add_comparison(
    table: Table, task: Task, comparison: Comparison, baseline: str, tests: list[Difference]
) -> None:
    """The baseline's score in a headline, then every system's."""
    scale = 1 if headline_of(task).kind == "rate" else 100

    def scored(name: str) -> tuple[str, str]:
        value = comparison.systems[name][task.name].get(task.headline)
        spread = scaled(comparison.intervals[name][task.name].get(task.headline), scale)
        return figure(None if value is None else value * scale, spread), interval_figure(spread)

    table.add_row(Text(f"{task.name} {task.headline}", "bold"), *scored(baseline))
    for test in tests:
        spread = scaled(test.interval, scale)
        difference = f"{'+' * (test.difference > 0)}{figure(test.difference * scale, spread)}"
        p = (f"{test.p:.3f}", f"{test.p_holm:.3f}")
        name = Text(f"  {test.system}")
        table.add_row(name, *scored(test.system), difference, interval_figure(spread), *p)
