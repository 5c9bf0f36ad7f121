"""`onrecord leaderboard`: the systems in results/, scored again and tested against each other."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from itertools import combinations
from typing import Final

import msgspec

from onrecord.benchmark.comparison import Difference, corrected, tests_of
from onrecord.benchmark.evaluation import Evaluation
from onrecord.benchmark.figures import figure, interval_figure, scaled
from onrecord.benchmark.lines import few_notes, headline_of
from onrecord.benchmark.measures import Task
from onrecord.benchmark.predictions import PredictionFile
from onrecord.benchmark.results import Run, read_run, result_file, result_names, stale
from onrecord.benchmark.scorer import Intervals, Values
from onrecord.benchmark.scoring import Method, ceiling_of, select, signature_of
from onrecord.benchmark.tasks import TASKS
from onrecord.editions import open_edition
from onrecord.issues import Issue, MisuseError

ALPHA: Final = 0.05
"""The level below which a corrected p tells two systems apart."""

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A system: its run, scores and intervals by task, and the letters of its groups by task.

    Systems that share a letter in a task are not told apart there.
    """

    name: str
    run: Run
    scores: Values
    intervals: Intervals
    groups: dict[str, str]


class Leaderboard(msgspec.Struct, frozen=True, kw_only=True):
    """All systems, best detection first; `ceiling` is what annotators reach.

    `units` is the number of stories that tests exchange.
    """

    signature: str
    units: int
    entries: tuple[Entry, ...]
    ceiling: Values
    tests: tuple[Difference, ...]
    issues: tuple[Issue, ...]


def leaderboard(progress: Callable[[int], None] | None = None) -> Leaderboard:
    """Score the systems of results/ on the test split that comes along.

    Issues name what is stale, and what a run does not itself report as failed. Raises `MisuseError`
    where there is no system, `InputError` where the record of a run cannot be read.
    """
    names, method = result_names(), Method()
    if not names:
        raise MisuseError("results/ holds no system")
    edition, runs = open_edition(), {name: read_run(name) for name in names}
    with ExitStack() as stack:
        files = {name: stack.enter_context(PredictionFile(result_file(name))) for name in names}
        evaluation = Evaluation(
            edition, method.split, files, method.tasks, method.align, bounds=True
        )
        evaluation.run(progress)
    tests = corrected(
        [
            test
            for baseline, name in combinations(names, 2)
            for test in tests_of(evaluation, method, baseline, name)
        ]
    )
    entries = [_entry(evaluation, method, name, runs[name], tests) for name in names]
    signature = signature_of(evaluation, method)
    return Leaderboard(
        signature=str(signature),
        units=signature.ground.units,
        entries=tuple(sorted(entries, key=_rank)),
        ceiling=select(ceiling_of(evaluation), TASKS, "score", evaluation.incomplete),
        tests=tuple(tests),
        issues=(*stale(names, edition), *_findings(evaluation, runs)),
    )


def _entry(
    evaluation: Evaluation, method: Method, name: str, run: Run, tests: Sequence[Difference]
) -> Entry:
    scorer, incomplete = evaluation.systems[name].scorer, evaluation.incomplete
    return Entry(
        name=name,
        run=run,
        scores=select(scorer.values(), TASKS, "score", incomplete),
        intervals=select(
            scorer.intervals(method.resamples, method.seed), TASKS, "score", incomplete
        ),
        groups={task.name: letters(evaluation.systems, tests, task.name)[name] for task in TASKS},
    )


def _rank(entry: Entry) -> tuple[float, str]:
    return -(entry.scores["detection"]["f1"] or 0.0), entry.name


def _findings(evaluation: Evaluation, runs: dict[str, Run]) -> list[Issue]:
    """What is wrong with the files, but for the articles that a run says it failed on."""
    return [
        issue
        for name, system in evaluation.systems.items()
        for issue in system.issues
        if issue.code != "prediction-missing"
        or not any(f"{each.article_id!r}" in issue.message for each in runs[name].failed)
    ]


def letters(names: Iterable[str], tests: Iterable[Difference], task: str) -> dict[str, str]:
    """The letters of each system in a task: who shares one is not told apart (Piepho, 2004).

    Starting from one group of all, every pair that is told apart splits the groups that hold both;
    groups inside others are absorbed.
    """
    groups = [frozenset(names)]
    for test in tests:
        if test.task == task and test.p_holm < ALPHA:
            apart = {test.system, test.baseline}
            split = [
                part
                for group in groups
                for part in (_halves(group, test) if apart <= group else [group])
            ]
            groups = [
                one for one in dict.fromkeys(split) if not any(one < other for other in split)
            ]
    groups.sort(key=sorted)
    return {
        name: "".join(_LETTERS[number] for number, group in enumerate(groups) if name in group)
        for name in groups[0].union(*groups)
    }


def _halves(group: frozenset[str], test: Difference) -> list[frozenset[str]]:
    return [group - {test.system}, group - {test.baseline}]


def render_leaderboard(board: Leaderboard) -> str:
    """The page docs/LEADERBOARD.md."""
    tasks = [task for task in TASKS if any(_score(entry, task) for entry in board.entries)]
    lines = [
        "# Leaderboard",
        "",
        "The systems in `results/` on the test articles and the challenge, scored anew: every",
        "task's headline ([MEASURES.md](MEASURES.md)) with its 95 % interval. Systems that share a",
        f"letter in a column are not told apart there (p ≥ {ALPHA}, paired randomisation by story,",
        "Holm over all pairs and tasks). Harm is per 100 predicted quotes, 0 best. How a system",
        "gets here: [BENCHMARK.md](BENCHMARK.md). `onrecord leaderboard` prints this page.",
        "",
        _row(["system", *[f"{task.name} `{task.headline}`" for task in tasks]]),
        _row(["---", *["---:"] * len(tasks)]),
        *[_row([entry.name, *[_score(entry, task) for task in tasks]]) for entry in board.entries],
        *_ceiling(board, tasks),
        "",
        *[line for note in few_notes(board.units) for line in (note, "")],
        _row(["system", "extractor", "version", "articles", "failures", "articles/s", "on", "by"]),
        _row(["---", "---", "---", "---:", "---:", "---:", "---", "---"]),
        *[_row(_facts(entry)) for entry in board.entries],
        "",
        "Speed is that of the run on its own hardware, in the extractor alone.",
        "",
        f"Signature: `{board.signature}`",
    ]
    return "\n".join(lines) + "\n"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '¦') for cell in cells)} |"


def _score(entry: Entry, task: Task) -> str:
    value, scale = entry.scores[task.name].get(task.headline), _scale(task)
    if value is None:
        return ""
    spread = scaled(entry.intervals[task.name].get(task.headline), scale)
    interval = f" ({interval_figure(spread)})" if spread else ""
    return f"**{figure(value * scale, spread)}**{interval} {entry.groups[task.name]}"


def _scale(task: Task) -> int:
    return 1 if headline_of(task).kind == "rate" else 100


def _ceiling(board: Leaderboard, tasks: Sequence[Task]) -> list[str]:
    """A row for annotators against each other, where there are any."""
    cells = []
    for task in tasks:
        value = board.ceiling.get(task.name, {}).get(task.headline)
        cells.append("" if value is None else figure(value * _scale(task), None))
    return [_row(["*annotators*", *cells])] if any(cells) else []


def _facts(entry: Entry) -> list[str]:
    run, speed = entry.run, entry.run.articles_per_second
    return [
        entry.name,
        run.extractor,
        run.version or "",
        f"{run.articles:,}",
        f"{run.failures:,}",
        f"{speed:,.0f}" if speed and speed >= 10 else f"{speed:.2g}" if speed else "",
        run.hardware,
        f"`{run.command}`",
    ]
