"""M6: what would do damage if it were printed, per 100 predicted quotes."""

from typing import Final

from onrecord.benchmark.cases import Case
from onrecord.benchmark.matching import Edge
from onrecord.benchmark.measures import Counts, Measure, Task
from onrecord.benchmark.names import key_of
from onrecord.model import Record
from onrecord.text import marked_stretches

_SIDES: Final = ("favor", "against", "both")


class HarmConfig(Record, frozen=True, kw_only=True):
    """Jaccard index of content word tokens from which a quote counts as found."""

    found: float = 0.5


def count(case: Case, config: HarmConfig) -> Counts:
    """Harmed and all predicted quotes, by kind of harm."""
    edges = case.pairs(config.found).values()
    total = len(case.predicted)
    harmed = {
        "invented": sum(located.status == "lost" for located in case.predicted),
        "altered": sum(_is_altered(case, column) for column in range(total)),
        "wrong_person": sum(_names_another(case, edge) for edge in edges),
        "shown_as_actual": sum(_is_shown_as_actual(case, edge) for edge in edges),
        "invented_stance": sum(_takes_a_side(case, edge) for edge in edges),
    }
    counts = {name: (number, total) for name, number in harmed.items()}
    if not case.gold.registry.people:
        del counts["wrong_person"]  # a corpus that does not say who is a person
    return counts


def _is_altered(case: Case, column: int) -> bool:
    """Words that differ from the text, and quotation marks around some, theirs or the text's."""
    located = case.predicted[column]
    words = located.quote.content
    if located.status != "fuzzy" or not isinstance(words, str):
        return False
    return case.type_by_marks(column) != "indirect" or bool(marked_stretches(words, 0, len(words)))


def _names_another(case: Case, edge: Edge) -> bool:
    """A named person who is none of the quote's speakers."""
    registry, located = case.gold.registry, case.predicted[edge.column]
    speakers = case.gold.quotes[edge.row].speaker
    named = {id for answer in case.answers[edge.column] for id in answer.entities}
    if any(registry.is_named_person(id) and id not in speakers for id in named):
        return True
    return any(
        isinstance(words, str) and not answer.entities and key_of(words) in registry.people
        for words, answer in zip(located.speaker, case.answers[edge.column], strict=False)
    )


def _is_shown_as_actual(case: Case, edge: Edge) -> bool:
    """Said not to have happened, or imagined; a status left out reads as actual."""
    status = case.predicted[edge.column].quote.status
    negative = case.gold.quotes[edge.row].status in ("negated", "hypothetical")
    return negative and status in (None, "actual")


def _takes_a_side(case: Case, edge: Edge) -> bool:
    """A side towards an issue where the gold sees none."""
    gold = {stance.target: stance.label for stance in case.gold.quotes[edge.row].stances}
    labels = case.sides[edge.column].towards
    return any(
        labels.get(issue) in _SIDES and gold.get(issue, "none") == "none"
        for issue in case.gold.targets.issues
    )


def _rate(name: str, meaning: str, *needs: str) -> Measure:
    return Measure(name=name, kind="rate", meaning=meaning, needs=needs)


TASK: Final = Task(
    name="harm",
    meaning="Damage done, per 100 predicted quotes.",
    config=HarmConfig(),
    count=count,
    headline="wrong_person",
    measures=(
        _rate("invented", "content that does not stand in the text"),
        _rate("altered", "altered words inside quotation marks"),
        _rate("wrong_person", "attributed to another named person", "quotes.speaker"),
        _rate("shown_as_actual", "negated or hypothetical, shown as actual", "quotes.status"),
        _rate("invented_stance", "a side where the gold sees none", "stances", "issues"),
    ),
)
