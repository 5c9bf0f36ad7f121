"""Cue and source as spans, on the quotes that were found (of both tiers)."""

from typing import Final

from onrecord.benchmark.cases import Case
from onrecord.benchmark.measures import Counts, Task, f1
from onrecord.benchmark.units import NOTHING, Units, shared, size
from onrecord.model import Record

SPANS: Final = ("cue", "source")


class SpansConfig(Record, frozen=True, kw_only=True):
    """Jaccard index of content word tokens from which a quote counts as found."""

    found: float = 0.5


def count(case: Case, config: SpansConfig) -> Counts:
    """Hits, predicted and gold: of whole spans that are equal, and of their units."""
    edges = case.pairs(config.found).values()
    cues = [(case.gold.cues[edge.row], case.cues[edge.column]) for edge in edges]
    sources = [(case.gold.sources[edge.row], case.sources[edge.column]) for edge in edges]
    return {**_span("cue", cues), **_span("source", sources)}


def _span(name: str, pairs: list[tuple[Units, Units]]) -> Counts:
    equal = sum(gold == predicted != NOTHING for gold, predicted in pairs)
    offered, golds = sum(bool(each) for _, each in pairs), sum(bool(each) for each, _ in pairs)
    tokens = (
        sum(shared(gold, predicted) for gold, predicted in pairs),
        sum(size(predicted) for _, predicted in pairs),
        sum(size(gold) for gold, _ in pairs),
    )
    return {f"{name}.exact": (equal, offered, golds), f"{name}.token": tokens}


TASK: Final = Task(
    name="spans",
    meaning="The words of cue and source of the quotes found.",
    config=SpansConfig(),
    count=count,
    headline="source.token.f1",
    measures=tuple(
        f1(f"{name}.{rule}", meaning.format(name), needs=(f"quotes.{name}",))
        for name in SPANS
        for rule, meaning in (("exact", "{}s with all tokens equal"), ("token", "tokens of {}s"))
    ),
)
