"""M2: what kind of quote it is, on the quotes that were found (of both tiers)."""

from collections import defaultdict
from typing import Final, get_args

from onrecord.benchmark.cases import Case
from onrecord.benchmark.measures import Counts, Measure, Task, f1, mean, share
from onrecord.model import Act, QuoteForm, QuoteType, Record, Status

LABELS: Final = {
    "type": (get_args(QuoteType), ("marks",)),
    "form": (get_args(QuoteForm), ("quotes.form",)),
    "act": (get_args(Act), ("quotes.act",)),
    "status": (get_args(Status), ("quotes.status",)),
}
"""The labels of every attribute, and what gold must annotate for them."""


class AttributesConfig(Record, frozen=True, kw_only=True):
    """Jaccard index of content word tokens from which a quote counts as found."""

    found: float = 0.5


def count(case: Case, config: AttributesConfig) -> Counts:
    """Right of all, and hits, predicted and gold by label; a label not predicted is wrong."""
    counts: dict[str, list[float]] = defaultdict(lambda: [0, 0, 0])
    for edge in case.pairs(config.found).values():
        for name, gold, predicted in case.attributes(edge):
            right = gold == predicted
            counts[name][0] += right
            counts[name][1] += 1
            counts[f"{name}.{gold}"][0] += right
            counts[f"{name}.{gold}"][2] += 1
            if predicted:
                counts[f"{name}.{predicted}"][1] += 1
    return {name: tuple(sums) for name, sums in counts.items()}


def _measures() -> list[Measure]:
    measures: list[Measure] = []
    for name, (labels, needs) in LABELS.items():
        measures += [
            share(name, f"{name} right, of the quotes found", needs=needs),
            *[f1(f"{name}.{label}", f"{name} {label}", needs=needs) for label in labels],
            mean(
                f"{name}.macro_f1",
                f"mean F1 over the labels of {name}",
                of=[f"{name}.{label}.f1" for label in labels],
                needs=needs,
            ),
        ]
    return measures


TASK: Final = Task(
    name="attributes",
    meaning="Type, form, act and status of the quotes found.",
    config=AttributesConfig(),
    count=count,
    headline="status.macro_f1",
    measures=tuple(_measures()),
)
