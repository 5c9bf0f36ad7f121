"""`onrecord score`: a file of predictions against a split, beside floor and ceiling."""

from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from importlib.metadata import version
from pathlib import Path

import msgspec

from onrecord.benchmark.alignment import AlignConfig
from onrecord.benchmark.bounds import GIVEN
from onrecord.benchmark.evaluation import Evaluation, Observer
from onrecord.benchmark.measures import Role, Task, masked, names_of
from onrecord.benchmark.predictions import PredictionFile
from onrecord.benchmark.scorer import Intervals, Table, V, Values
from onrecord.benchmark.signature import (
    Ground,
    Signature,
    configs_of,
    differences,
    parse_signature,
    with_configs,
)
from onrecord.benchmark.tasks import TASKS
from onrecord.benchmark.uncertainty import RESAMPLES, SEED
from onrecord.editions import open_edition
from onrecord.issues import Issue, MisuseError
from onrecord.model import SPLITS, Split
from onrecord.paths import StrPath


class Method(msgspec.Struct, frozen=True, kw_only=True):
    """How to score: everything but the data. A signature holds it."""

    split: Split = "test"
    resamples: int = RESAMPLES
    seed: int = SEED
    align: AlignConfig = AlignConfig()
    tasks: tuple[Task, ...] = TASKS


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The scores of one system.

    `tasks` holds every measure by task and name, `intervals` its 95 % interval, `floor` and
    `ceiling` what the rules and the annotators (`annotators`: their kinds) reach, `controls` what
    the gold alone gives away, `cases` numbers of cases. None stands for what is undefined, or not
    annotated in this corpus. `alignment` counts how contents were found, `counts` the rest.
    """

    signature: str
    tasks: Values
    intervals: Intervals
    floor: Values
    ceiling: Values
    controls: Values
    cases: Values
    annotators: tuple[str, ...]
    counts: dict[str, int]
    alignment: dict[str, int]
    issues: tuple[Issue, ...]


def score(
    predictions: StrPath,
    corpus: StrPath | None = None,
    *,
    split: str | None = None,
    signature: str | None = None,
    method: Method | None = None,
    texts: Mapping[str, str] | None = None,
    observe: Observer | None = None,
    progress: Callable[[int], None] | None = None,
) -> Result:
    """Score a JSONL file of predictions on a split (test by default) of a corpus or dataset.

    `signature` scores as a printed signature says, and finds where the result does not fit it.
    `method` stands in for both. `texts` are the user's own copies of licensed texts by sha256; what
    is joined to one is scored too. `observe` is shown every `Case`; `outcomes.outcomes_of` says
    what became of its quotes. Raises `MisuseError` for what cannot be scored at all, `InputError`
    for a corpus that cannot be read.
    """
    wanted = parse_signature(signature, TASKS) if signature else None
    method = method or method_of(wanted, split)
    edition = open_edition(corpus, texts)
    with PredictionFile(Path(predictions)) as file:
        evaluation = Evaluation(
            edition,
            method.split,
            {file.name: file},
            method.tasks,
            method.align,
            bounds=True,
            observe=observe,
        )
        evaluation.run(progress)
    got = signature_of(evaluation, method)
    return _result(evaluation, method, got, differences(wanted, got) if wanted else [])


def method_of(wanted: Signature | None, split: str | None) -> Method:
    """The method that a signature describes, or the usual one; raises `MisuseError`."""
    split = split or (wanted.ground.split if wanted else "test")
    if split not in SPLITS:
        raise MisuseError(f"unknown split {split!r}; there are {', '.join(SPLITS)}")
    if wanted is None:
        return Method(split=split)
    align = wanted.configs["alignment"]
    assert isinstance(align, AlignConfig)
    return Method(
        split=split,
        resamples=wanted.ground.resamples,
        seed=wanted.ground.seed,
        align=align,
        tasks=with_configs(TASKS, wanted),
    )


def signature_of(evaluation: Evaluation, method: Method) -> Signature:
    """The signature of a finished evaluation."""
    manifest = evaluation.edition.manifest
    (system, *_) = evaluation.systems.values()
    return Signature(
        ground=Ground(
            onrecord=version("onrecord"),
            data=manifest.data_version,
            content=evaluation.content,
            split=method.split,
            articles=evaluation.articles,
            passages=evaluation.passages,
            licensed_excluded=evaluation.licensed_excluded,
            incomplete="+".join(sorted(evaluation.incomplete)) or "nothing",
            unit="story" if evaluation.has_stories else "article",
            units=system.scorer.tallies["article"].units,
            resamples=method.resamples,
            seed=method.seed,
        ),
        configs=configs_of(method.align, method.tasks),
    )


def _result(
    evaluation: Evaluation, method: Method, signature: Signature, issues: Sequence[Issue]
) -> Result:
    (system,) = evaluation.systems.values()
    values = system.scorer.values()
    ground = signature.ground

    def shown(values: Table[V], role: Role = "score") -> Table[V]:
        return select(values, method.tasks, role, evaluation.incomplete)

    return Result(
        signature=str(signature),
        tasks=shown(values),
        intervals=shown(system.scorer.intervals(method.resamples, method.seed)),
        floor=shown(_floor(evaluation)),
        ceiling=shown(ceiling_of(evaluation)),
        controls=shown(values, "control"),
        cases=shown(values, "count"),
        annotators=tuple(sorted(evaluation.annotators)),
        counts={
            "articles": ground.articles,
            "units": ground.units,
            "passages": ground.passages,
            "licensed_excluded": ground.licensed_excluded,
            "licensed_scored": evaluation.licensed_scored,
            "unpredicted_articles": len(system.missing),
            "unpredicted_passages": len(system.missing_passages),
            "guesses": system.guesses,
        },
        alignment=dict(system.alignment),
        issues=(*system.issues, *issues),
    )


def _floor(evaluation: Evaluation) -> Values:
    """What the rules reach; given contents, what they reach on those."""
    found, given = evaluation.floor.values(), evaluation.given_floor.values()
    return {
        task: {
            name: given[task].get(name) if name.startswith(GIVEN) else value
            for name, value in values.items()
        }
        for task, values in found.items()
    }


def ceiling_of(evaluation: Evaluation) -> Values:
    """What annotators reach; given contents, what they reach on the quotes that both found."""
    return {
        task: {
            name: values.get(name.replace(GIVEN, "matched.", 1))
            if name.startswith(GIVEN)
            else value
            for name, value in values.items()
        }
        for task, values in evaluation.ceiling.values().items()
    }


def select(
    values: Table[V], tasks: Sequence[Task], role: Role, incomplete: frozenset[str]
) -> Table[V]:
    """The numbers in one role, with None for those that the corpus does not annotate."""
    found: Table[V] = {}
    for task in tasks:
        patterns, hidden = names_of(task, role), masked(task, incomplete)
        numbers = {
            name: None if name in hidden else value
            for name, value in values[task.name].items()
            if any(fnmatchcase(name, pattern) for pattern in patterns)
        }
        if numbers:
            found[task.name] = numbers
    return found
