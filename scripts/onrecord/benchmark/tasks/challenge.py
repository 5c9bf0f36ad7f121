"""M9: minimal pairs.

A passage passes if its quotes are found, no others are, and everything in which the golds of its
pair differ comes out right: act, status, form, type, speaker or stance; where they differ in none
of these, or in the number of fragments, contents must be exact. Where the number of quotes differs,
finding them is all. A pair is consistent if both pass. A passage without a prediction fails, also
where there is nothing to find. Passages in which nobody is quoted need no pair.
"""

from collections.abc import Sequence
from typing import Final

from onrecord.benchmark.cases import Case
from onrecord.benchmark.matching import Edge
from onrecord.benchmark.measures import Counts, Task, mean, share
from onrecord.model import Record
from onrecord.records import AnnotatedQuote, PassageRow

_LABELS: Final = ("type", "form", "act", "status")


class ChallengeConfig(Record, frozen=True, kw_only=True):
    """Jaccard index of content word tokens from which a quote counts as found."""

    found: float = 0.5


def count(pair: Sequence[Case], config: ChallengeConfig) -> Counts:
    """Passages passed of all and pairs consistent of all, by phenomenon."""
    facets = _facets([case.gold.quotes for case in pair])
    passed = [_passes(case, facets, config) for case in pair]
    first = pair[0].gold.article
    assert isinstance(first, PassageRow)
    counts = {f"phenomenon.{first.phenomenon}": (sum(passed), len(passed))}
    if len(pair) > 1:
        counts[f"consistency.{first.phenomenon}"] = (int(all(passed)), 1)
    return counts


def _facets(golds: Sequence[Sequence[AnnotatedQuote]]) -> frozenset[str]:
    """In what the passages of a pair differ, beyond the number of quotes."""
    names = (*_LABELS, "speaker", "stance", "content")
    seen = [{name: [_facet(quote, name) for quote in quotes] for name in names} for quotes in golds]
    if len({len(quotes) for quotes in golds}) > 1:
        return frozenset()
    differing = frozenset(name for name in names if any(one[name] != seen[0][name] for one in seen))
    return differing or frozenset({"content"})


def _facet(quote: AnnotatedQuote, name: str) -> object:
    if name == "stance":
        return sorted((stance.target, stance.label) for stance in quote.stances)
    if name == "content":
        return len(quote.content)
    value = getattr(quote, name)
    return sorted(value) if name == "speaker" else value


def _passes(case: Case, facets: frozenset[str], config: ChallengeConfig) -> bool:
    pairs = case.pairs(1.0 if "content" in facets else config.found)
    if not case.answered or not len(pairs) == len(case.gold.quotes) == len(case.predicted):
        return False
    return all(_is_right(case, edge, facets) for edge in pairs.values())


def _is_right(case: Case, edge: Edge, facets: frozenset[str]) -> bool:
    if any(value.name in facets and not value.right for value in case.attributes(edge)):
        return False
    if "speaker" in facets and case.speaker_credit(edge.row, edge.column) < 1:
        return False
    if "stance" not in facets:
        return True
    labels = case.sides[edge.column].towards
    return all(
        labels.get(stance.target) == stance.label for stance in case.gold.quotes[edge.row].stances
    )


TASK: Final = Task(
    name="challenge",
    meaning="Minimal pairs of one phenomenon each.",
    config=ChallengeConfig(),
    count=count,
    headline="pass_rate",
    over="pair",
    measures=(
        share("phenomenon.*", "passages of the phenomenon passed"),
        share("consistency.*", "pairs of the phenomenon with both passages passed"),
        mean("pass_rate", "mean over the phenomena", of=["phenomenon.*"]),
        mean("consistency", "mean of pair consistency over the phenomena", of=["consistency.*"]),
    ),
)
