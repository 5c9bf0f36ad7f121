"""What is measured of agreement, as a task of the benchmark: counts by article, then measures.

Spans (content, cue, source). F1: those of two annotators are paired one to one, each role by
itself, as `benchmark.matching` does; a share of 2 × pairs in the spans of both. Token F1 compares
the word tokens inside any span of a role. Over several annotators every two of them count.

Krippendorff's α, nominal (Krippendorff 2011, “Computing Krippendorff's Alpha-Reliability”), from
the coincidences of values: n_c values c, of which o_cc meet the same. For a role the units are word
tokens, inside or outside its spans, of all annotators of an article. For a label they are the
quotes that several found: every annotator's value counts once, against those of all who found the
quote too and labelled it; values that meet none drop out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Final, NamedTuple

from onrecord.agreement.readings import Readings
from onrecord.benchmark.cases import GoldArticle
from onrecord.benchmark.matching import Matching
from onrecord.benchmark.measures import Counts, Measure, Task, share
from onrecord.benchmark.tasks.attributes import LABELS as ATTRIBUTES
from onrecord.benchmark.tasks.stance import LABELS as STANCES
from onrecord.benchmark.units import Units, shared, size, union
from onrecord.model import Record
from onrecord.records import AnnotatedQuote

ROLES: Final = ("content", "cue", "source")
LABELS: Final[Mapping[str, Sequence[str]]] = {
    **{name: labels for name, (labels, _) in ATTRIBUTES.items()},
    "stance": STANCES,
}
"""The labels of everything that is labelled on a quote."""


class AgreementConfig(Record, frozen=True, kw_only=True):
    """Jaccard index of content word tokens from which two annotators found the same quote."""

    found: float = 0.5


def count(readings: Readings, config: AgreementConfig) -> Counts:
    """Agreeing and all, of spans, tokens, values and speakers."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for role in ROLES:
        _add(sums, _tokens(role, readings))
        for couple in readings.couples():
            _add(sums, _spans(role, couple.couple, config))
    for meetings in _meetings(readings, config):
        for meeting in meetings:
            weight = 1 / len(meetings)
            same = {meeting.name: (weight * meeting.same, weight)}
            if meeting.label:
                same[f"{meeting.name}.{meeting.label}"] = same[meeting.name]
            _add(sums, same)
    return {name: tuple(pair) for name, pair in sums.items()}


def _add(sums: dict[str, list[float]], counts: Counts) -> None:
    for name, (agreeing, total) in counts.items():
        sums[name][0] += agreeing
        sums[name][1] += total


def _units(role: str, layer: GoldArticle) -> list[Units]:
    """The spans of a role that are not empty."""
    found = {"content": layer.contents, "cue": layer.cues, "source": layer.sources}[role]
    return [units for units in found if units]


def _spans(role: str, couple: Sequence[GoldArticle], config: AgreementConfig) -> Counts:
    """Pairs, and tokens in common, of two annotators' spans; both sides count."""
    one, other = (_units(role, layer) for layer in couple)
    matching, both = Matching(one, other), len(one) + len(other)
    mine, theirs = (union([each for units in spans for each in units]) for spans in (one, other))
    return {
        f"{role}.f1": (2 * len(matching.pairs(config.found)), both),
        f"{role}.exact": (2 * len(matching.pairs(1.0)), both),
        f"{role}.token": (2 * shared(mine, theirs), size(mine) + size(theirs)),
    }


def _tokens(role: str, readings: Readings) -> Counts:
    """Coincidences of tokens inside and outside of a role's spans, over all annotators at once."""
    import numpy as np

    annotators = len(readings.layers)
    steps = np.zeros(readings.length + 1)
    for layer in readings.layers.values():
        everywhere = union([each for units in _units(role, layer) for each in units])
        for start, end in readings.ranges(everywhere):
            steps[start] += 1
            steps[end] -= 1
    inside = np.cumsum(steps[:-1])
    outside = annotators - inside
    return {
        f"{role}.{name}": (float((each * (each - 1)).sum()) / (annotators - 1), float(each.sum()))
        for name, each in (("inside", inside), ("outside", outside))
    }


class Meeting(NamedTuple):
    """A value that one annotator gave, and how far another's is the same."""

    name: str
    about: str
    label: str | None
    same: float


def _meetings(readings: Readings, config: AgreementConfig) -> Iterable[list[Meeting]]:
    """Every value of every annotator as it meets those of all others."""
    found: dict[tuple[str, ...], list[Meeting]] = defaultdict(list)
    for couple in readings.couples():
        one, other = couple.layers
        for pair in couple.pairs(config.found):
            sides = ((one, pair.one, pair.other), (other, pair.other, pair.one))
            for annotator, mine, theirs in sides:
                for meeting in _compared(mine, theirs):
                    found[annotator, mine.id, meeting.name, meeting.about].append(meeting)
    return found.values()


def _compared(mine: AnnotatedQuote, theirs: AnnotatedQuote) -> Iterator[Meeting]:
    """Speakers, and every label that both have."""
    yield Meeting("speaker", "", None, _speaker_f1(set(mine.speaker), set(theirs.speaker)))
    for name in ATTRIBUTES:
        label, other = getattr(mine, name), getattr(theirs, name)
        if label and other:
            yield Meeting(name, "", label, label == other)
    labels = {stance.target: stance.label for stance in theirs.stances}
    for stance in mine.stances:
        if stance.target in labels:
            same = stance.label == labels[stance.target]
            yield Meeting("stance", stance.target, stance.label, same)


def _speaker_f1(one: Set[str], other: Set[str]) -> float:
    """Set F1; 1 where both name nobody."""
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 1.0


def _alpha(name: str, values: Sequence[str], meaning: str, needs: tuple[str, ...]) -> Measure:
    of = tuple(f"{name}.{value}" for value in values)
    return Measure(name=f"{name}.alpha", kind="alpha", meaning=meaning, of=of, needs=needs)


def _role(role: str) -> list[Measure]:
    needs = (f"quotes.{role}",)
    complete = ("quotes", *needs)
    return [
        share(f"{role}.f1", f"F1 of {role}s, Jaccard ≥ 0.5", needs=complete),
        share(f"{role}.exact", f"F1 of {role}s, all tokens equal", needs=complete),
        share(f"{role}.token", f"F1 of the tokens in {role}s", needs=complete),
        _alpha(role, ("inside", "outside"), f"α of tokens in {role}s or not", complete),
    ]


def _label(name: str) -> list[Measure]:
    needs = ATTRIBUTES[name][1] if name in ATTRIBUTES else ("stances", "issues")
    meaning = f"{name}, on quotes both found"
    return [
        share(name, f"same {meaning}", needs=needs),
        _alpha(name, LABELS[name], f"α of {meaning}", needs),
        *[
            share(f"{name}.{label}", f"{name} {label} that met the same", needs=needs)
            for label in LABELS[name]
        ],
    ]


TASK: Final = Task(
    name="agreement",
    meaning="How far annotators find the same, and call it the same.",
    config=AgreementConfig(),
    count=count,
    headline="content.f1",
    measures=(
        *[measure for role in ROLES for measure in _role(role)],
        *[measure for name in LABELS for measure in _label(name)],
        share("speaker", "same speakers (set F1), on quotes both found", needs=("quotes.speaker",)),
    ),
)
