"""M5: all at once: ⟨quote, speaker, (target, label)⟩, and with one factor dropped at a time.

A triple is a stance with any label but none, held by a quote's speakers, identified as in `names`;
predictions for a negated issue are a probe (`stance`) and no triples. Triples are matched as a
multiset; the difference that dropping a factor makes is what that factor costs.
"""

from collections import Counter
from collections.abc import Hashable
from typing import Final

from onrecord.benchmark.cases import Case
from onrecord.benchmark.measures import Counts, Task, f1
from onrecord.model import Record

FACTORS: Final = ("quote", "speaker", "target", "label")
Triple = tuple[Hashable, ...]


class JointConfig(Record, frozen=True, kw_only=True):
    """Jaccard index of content word tokens from which a quote counts as found."""

    found: float = 0.5


def count(case: Case, config: JointConfig) -> Counts:
    """Hits, predicted and gold triples, whole and without each factor."""
    gold, predicted = _gold(case), _predicted(case, config)
    counts = {"": _shared(gold, predicted)}
    for place, factor in enumerate(FACTORS):
        counts[f"without_{factor}"] = _shared(
            [triple[:place] + triple[place + 1 :] for triple in gold],
            [triple[:place] + triple[place + 1 :] for triple in predicted],
        )
    return counts


def _shared(gold: list[Triple], predicted: list[Triple]) -> tuple[int, int, int]:
    left, hits = Counter(gold), 0
    for triple in predicted:
        if left.get(triple, 0):
            left[triple] -= 1
            hits += 1
    return hits, len(predicted), len(gold)


def _gold(case: Case) -> list[Triple]:
    return [
        (row, frozenset(quote.speaker), stance.target, stance.label)
        for row, quote in enumerate(case.gold.quotes)
        for stance in quote.stances
        if stance.label != "none"
    ]


def _predicted(case: Case, config: JointConfig) -> list[Triple]:
    """Predicted triples in terms of the gold; what is not in it stands for itself alone."""
    rows = {edge.column: row for row, edge in case.pairs(config.found).items()}
    triples: list[Triple] = []
    for column in case.judged(config.found):
        stances = [each for each in case.predicted[column].quote.stances if each.label != "none"]
        if not stances:
            continue
        quote: Hashable = rows.get(column, ("spurious", column))
        answers = [answer.entities for answer in case.answers[column]]
        speaker: Hashable = frozenset().union(*answers) if all(answers) else ("unknown", column)
        for stance in stances:
            target = case.gold.targets.resolve(stance.target)
            if target and target.negated:
                continue
            name: Hashable = target.id if target else ("unknown", column, stance.target)
            triples.append((quote, speaker, name, stance.label))
    return triples


_NEEDS: Final = ("stances", "quotes.speaker")
TASK: Final = Task(
    name="joint",
    meaning="Quote, speaker and stance right together.",
    config=JointConfig(),
    count=count,
    headline="f1",
    measures=(
        f1("", "triples of quote, speaker and stance", needs=_NEEDS, precision_needs=("quotes",)),
        *[
            f1(
                f"without_{factor}",
                f"triples with any {factor}",
                needs=_NEEDS,
                precision_needs=("quotes",),
            )
            for factor in FACTORS
        ],
    ),
)
