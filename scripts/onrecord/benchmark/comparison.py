"""`onrecord compare`: systems on the same gold, with tests of their differences."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from math import isnan
from pathlib import Path
from typing import Any

import msgspec

from onrecord.benchmark.evaluation import Evaluation
from onrecord.benchmark.measures import Task, behind, instances, masked
from onrecord.benchmark.predictions import PredictionFile
from onrecord.benchmark.results import result_file, stale
from onrecord.benchmark.scorer import Intervals, Scorer, Table, V, Values, measured
from onrecord.benchmark.scoring import Method, method_of, select, signature_of
from onrecord.benchmark.tallies import Columns, Matrix
from onrecord.benchmark.uncertainty import bootstrap_totals, holm, interval, randomisation
from onrecord.editions import open_edition
from onrecord.issues import Issue, MisuseError
from onrecord.paths import StrPath


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """The difference of a system from a baseline in one measure.

    `p` is of paired approximate randomisation by story, `p_holm` corrected for all tests of the
    comparison.
    """

    task: str
    measure: str
    system: str
    baseline: str
    difference: float
    interval: tuple[float, float] | None
    p: float
    p_holm: float = 1.0


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Scores of all systems by name, and a test of each task's headline against each baseline.

    `units` is the number of stories that tests exchange (articles, where none names a story).
    """

    signature: str
    units: int
    systems: dict[str, Values]
    intervals: dict[str, Intervals]
    tests: tuple[Difference, ...]
    issues: tuple[Issue, ...]


def compare(
    files: Sequence[StrPath],
    against: Sequence[str] = (),
    corpus: StrPath | None = None,
    *,
    split: str | None = None,
    method: Method | None = None,
    texts: Mapping[str, str] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Comparison:
    """Score several files of predictions and test their differences.

    Baselines are the systems named in `against` (folders of results/), or else the first file; the
    rest is as in `score`. Raises `MisuseError` for fewer than two systems, for unknown names, and
    where `against` cannot have predicted what is to be scored.
    """
    method = method or method_of(None, split)
    if against and (method.split != "test" or texts is not None):
        raise MisuseError(
            "results/ holds predictions for the open articles of the test split alone"
        )
    baselines = {name: result_file(name) for name in against}
    named = {**baselines, **_named([Path(file) for file in files])}
    if len(named) < 2 or not files:
        raise MisuseError("a comparison needs two systems: two files, or a file and --against")
    edition = open_edition(corpus, texts)
    with ExitStack() as stack:
        opened = {name: stack.enter_context(PredictionFile(path)) for name, path in named.items()}
        evaluation = Evaluation(edition, method.split, opened, method.tasks, method.align)
        evaluation.run(progress)
    found = _comparison(evaluation, method, list(baselines) or [next(iter(named))])
    issues = stale(baselines, edition) if baselines else []
    return msgspec.structs.replace(found, issues=(*issues, *found.issues))


def _named(files: Sequence[Path]) -> dict[str, Path]:
    """Files by a short name, their path where short names are not unique."""
    short = [path.parent.name if path.name == "predictions.jsonl" else path.stem for path in files]
    unique = len(set(short)) == len(files)
    named = dict(zip(short if unique else map(str, files), files, strict=True))
    if len(named) < len(files):
        raise MisuseError("a file is named twice")
    return named


def _comparison(evaluation: Evaluation, method: Method, baselines: Sequence[str]) -> Comparison:
    systems = evaluation.systems
    tests = [
        test
        for baseline in baselines
        for name in systems
        if name not in baselines
        for test in tests_of(evaluation, method, baseline, name)
    ]

    def scores(values: Table[V]) -> Table[V]:
        return select(values, method.tasks, "score", evaluation.incomplete)

    signature = signature_of(evaluation, method)
    return Comparison(
        signature=str(signature),
        units=signature.ground.units,
        systems={name: scores(system.scorer.values()) for name, system in systems.items()},
        intervals={
            name: scores(system.scorer.intervals(method.resamples, method.seed))
            for name, system in systems.items()
        },
        tests=tuple(corrected(tests)),
        issues=tuple(issue for system in systems.values() for issue in system.issues),
    )


def corrected(tests: Sequence[Difference]) -> list[Difference]:
    """The tests with Holm's correction over all of them."""
    adjusted = holm([test.p for test in tests])
    return [
        msgspec.structs.replace(test, p_holm=p) for test, p in zip(tests, adjusted, strict=True)
    ]


def tests_of(evaluation: Evaluation, method: Method, baseline: str, name: str) -> list[Difference]:
    """A test of every headline that this corpus has; of the challenge only if one took part."""
    one, other = evaluation.systems[baseline], evaluation.systems[name]
    found = differences_of(one.scorer, other.scorer, method)
    tests = []
    for task in method.tasks:
        absent = task.over == "pair" and not (one.has_passages or other.has_passages)
        hidden = task.headline in masked(task, evaluation.incomplete)
        if task.name in found and not absent and not hidden:
            tests.append(
                Difference(
                    task=task.name,
                    measure=task.headline,
                    system=name,
                    baseline=baseline,
                    **found[task.name],
                )
            )
    return tests


def differences_of(one: Scorer, other: Scorer, method: Method) -> dict[str, dict[str, Any]]:
    """Difference, interval and p of every task's headline, where it is defined, by task."""
    found: dict[str, dict[str, Any]] = {}
    for over, tally in one.tallies.items():
        theirs = other.tallies[over]
        if tally.units:
            # All other measures would cost most of the time.
            tasks = [
                msgspec.structs.replace(task, measures=behind(task, task.headline))
                for task in method.tasks
                if task.over == over
            ]
            columns = _columns_of(tasks, {*tally.columns, *theirs.columns})
            headlines = partial(_headlines, tasks, columns)
            found |= _tested(headlines, tally.matrix(columns), theirs.matrix(columns), method)
    return found


def _columns_of(tasks: Sequence[Task], columns: Iterable[tuple[str, str]]) -> Columns:
    """The counts that the measures of tasks are made of, in order."""
    measures = {task.name: task.measures for task in tasks}
    return sorted(
        (task, name)
        for task, name in columns
        if any(instances(measure, [name]) == [name] for measure in measures[task])
    )


def _headlines(tasks: Sequence[Task], columns: Columns, totals: Matrix) -> dict[str, Matrix]:
    """Every task's headline for each row of totals."""
    import numpy as np

    values = measured(tasks, columns, totals)
    return {
        task.name: np.broadcast_to(values[task.name][task.headline], totals.shape[:1])
        for task in tasks
    }


def _tested(
    headlines: Callable[[Matrix], dict[str, Matrix]], one: Matrix, other: Matrix, method: Method
) -> dict[str, dict[str, Any]]:
    """Difference, interval and p by task; tasks without a difference to test are left out."""
    p = randomisation(one, other, headlines, method.resamples, method.seed)
    mine, theirs = headlines(one.sum(axis=0)[None]), headlines(other.sum(axis=0)[None])
    resampled = [
        headlines(bootstrap_totals(matrix, method.resamples, method.seed))
        for matrix in (one, other)
    ]
    return {
        task: {
            "difference": float(theirs[task][0] - mine[task][0]),
            "interval": interval(resampled[1][task] - resampled[0][task]) if len(one) > 1 else None,
            "p": p[task],
        }
        for task in p
        if not isnan(theirs[task][0] - mine[task][0])
    }
