"""M4: where the speaker stands.

Rows are pairs of a gold quote and an issue of the article. A row without a predicted label is a
miss. given: over all rows, answered by the prediction with exactly the quote's content; matched:
over the rows of the quotes found. `f_avg` is the mean F1 of favor and against (SemEval-2016 task
6), `macro_f1` that of favor, against and the rest.

Controls say how much could be had without reading: each row answered by the most frequent gold
label of its issue in the article (target_only), by that of its quote over several issues
(text_only), or by the most frequent label of all (majority). They know the gold and are bounds, not
systems.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple, get_args

from onrecord.benchmark.cases import Case
from onrecord.benchmark.matching import Edge
from onrecord.benchmark.measures import Counts, Measure, Task, f1, mean, share
from onrecord.model import Record, StanceLabel

CLASSES: Final = ("favor", "against", "rest")
LABELS: Final[tuple[str, ...]] = get_args(StanceLabel)
_FLIPPED: Final = {"favor": "against", "against": "favor"}


class StanceConfig(Record, frozen=True, kw_only=True):
    """Jaccard index of content word tokens from which a quote counts as found."""

    found: float = 0.5


class Row(NamedTuple):
    """The gold label of a quote (its row) towards an issue."""

    quote: int
    issue: str
    label: str


def count(case: Case, config: StanceConfig) -> Counts:
    """Hits, predicted and gold by class for each setting and control."""
    issues = case.gold.targets.issues
    rows = [
        Row(number, stance.target, stance.label)
        for number, quote in enumerate(case.gold.quotes)
        for stance in quote.stances
        if stance.target in issues
    ]
    exact, found = case.pairs(1.0), case.pairs(config.found)
    given = [(row.label, _predicted(case, row, exact)) for row in rows]
    matched = [(row.label, _predicted(case, row, found)) for row in rows if row.quote in found]
    answered = sum(label is not None for _, label in given)
    return {
        **_by_class("given", given),
        "given.coverage": (answered, len(rows)),
        **_by_class("matched", matched),
        **{
            f"confusion.{gold}.{label or 'missing'}": (number,)
            for (gold, label), number in Counter(matched).items()
        },
        **_controls(rows),
        **_local_targets(case, config),
        **_negations(case, config),
    }


def _predicted(case: Case, row: Row, pairs: Mapping[int, Edge]) -> str | None:
    """The label that the prediction matched with a row's quote has for its issue."""
    if row.quote not in pairs:
        return None
    return case.sides[pairs[row.quote].column].towards.get(row.issue)


def _by_class(setting: str, labels: Iterable[tuple[str, str | None]]) -> Counts:
    """Hits, predicted and gold of pairs of a gold and a predicted label."""
    sums = {name: [0, 0, 0] for name in CLASSES}
    for (gold, label), number in Counter(labels).items():
        wanted, got = _class(gold), _class(label) if label else None
        sums[wanted][0] += number * (wanted == got)
        sums[wanted][2] += number
        if got:
            sums[got][1] += number
    return {f"{setting}.{name}": tuple(numbers) for name, numbers in sums.items()}


def _class(label: str) -> str:
    return label if label in _FLIPPED else "rest"


def _controls(rows: list[Row]) -> Counts:
    """Rows answered without reading quote or issue."""
    by_issue, by_quote = defaultdict(list), defaultdict(list)
    for row in rows:
        by_issue[row.issue].append(row.label)
        by_quote[row.quote].append(row.label)
    several = [labels for labels in by_quote.values() if len(labels) > 1]
    return {
        **_by_class("target_only", _most_frequent(by_issue.values())),
        **_by_class("text_only", _most_frequent(several)),
    }


def _most_frequent(groups: Iterable[list[str]]) -> Iterator[tuple[str, str]]:
    """Each label with the most frequent of its group, or that which `StanceLabel` lists first."""
    for labels in groups:
        most = max(LABELS, key=labels.count)
        yield from [(label, most) for label in labels]


def _local_targets(case: Case, config: StanceConfig) -> Counts:
    """Local targets of the quotes found: the target, then its label."""
    issues, resolve = case.gold.targets.issues, case.gold.targets.resolve
    hits = offered = golds = right = 0
    for row, edge in case.pairs(config.found).items():
        predicted = case.sides[edge.column].towards
        for stance in case.gold.quotes[row].stances:
            if stance.target not in issues:
                label = predicted.get(stance.target, "none")
                golds += 1
                hits += label != "none"
                right += label == stance.label
        for offer in case.predicted[edge.column].quote.stances:
            if offer.label != "none" and offer.target not in issues:
                target = resolve(offer.target)
                offered += target is None or target.id not in issues
    return {"local.target": (hits, offered, golds), "local.label": (right, hits)}


def _negations(case: Case, config: StanceConfig) -> Counts:
    """Labels for an issue and its opposite, where both are predicted: the side must change."""
    flipped = both = 0
    for edge in case.pairs(config.found).values():
        sides = case.sides[edge.column]
        for target, label in sides.opposite.items():
            plain = sides.towards.get(target)
            if plain is not None:
                flipped += label == _FLIPPED.get(plain, plain)
                both += 1
    return {"negation_flip": (flipped, both)}


def _setting(name: str, meaning: str, *, control: bool = False) -> list[Measure]:
    """The measures of one setting."""
    role, parts = ("control", "part") if control else ("score", "score")
    needs = {"needs": _NEEDS}
    return [
        *[f1(f"{name}.{each}", f"{each}, {meaning}", role=parts, **needs) for each in CLASSES],
        mean(
            f"{name}.f_avg",
            f"mean F1 of favor and against, {meaning}",
            of=[f"{name}.favor.f1", f"{name}.against.f1"],
            role=role,
            **needs,
        ),
        mean(
            f"{name}.macro_f1",
            f"mean F1 of favor, against and the rest, {meaning}",
            of=[f"{name}.{each}.f1" for each in CLASSES],
            role=role,
            **needs,
        ),
    ]


def _majority(name: str, classes: Iterable[str]) -> Measure:
    return Measure(
        name=f"majority.{name}",
        kind="majority",
        role="control",
        meaning=f"control: {name} of always answering the most frequent label",
        of=tuple(f"target_only.{each}" for each in classes),
        labels=tuple(f"target_only.{each}" for each in CLASSES),
        needs=_NEEDS,
    )


_NEEDS: Final = ("stances", "issues")
TASK: Final = Task(
    name="stance",
    meaning="Where the speaker stands towards the issues, and towards local targets.",
    config=StanceConfig(),
    count=count,
    headline="matched.f_avg",
    measures=(
        *_setting("given", "given the gold contents"),
        share("given.coverage", "rows answered, given the gold contents", needs=_NEEDS),
        *_setting("matched", "on the quotes found"),
        f1("local.target", "local targets of the quotes found", precision_needs=("stances",)),
        share("local.label", "label right, of the local targets found"),
        share("negation_flip", "side changes with the negated issue, where both are predicted"),
        *_setting("target_only", "control: the issue's most frequent label", control=True),
        *_setting("text_only", "control: the quote's most frequent label", control=True),
        _majority("f_avg", CLASSES[:2]),
        _majority("macro_f1", CLASSES),
        *[
            Measure(
                name=f"confusion.{gold}.{label}",
                kind="count",
                role="count",
                meaning=f"rows of the quotes found: gold {gold}, predicted {label}",
                needs=_NEEDS,
            )
            for gold in LABELS
            for label in (*LABELS, "missing")
        ],
    ),
)
