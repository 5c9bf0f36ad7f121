"""Figures by group: type and length of a quote, phenomenon, outlet, genre, length of the article.

No part of a score: a task of the report's own, counted on the same cases by the same machinery.
"""

from collections import defaultdict
from typing import Final

from onrecord.benchmark.cases import Case
from onrecord.benchmark.measures import Counts, Measure, Task, f1, share
from onrecord.benchmark.outcomes import Outcome, outcomes_of
from onrecord.benchmark.tasks.detection import TYPES
from onrecord.model import Record

FACETS: Final = {
    "type": "Type of the quote",
    "phenomenon": "Phenomenon",
    "length": "Length of the quote",
    "outlet": "Outlet",
    "genre": "Genre",
    "article": "Length of the article",
}
"""What quotes are grouped by. A prediction has no phenomenon: there gold alone is counted."""

_Bins = tuple[tuple[str, float], ...]
_QUOTE_LENGTHS: Final[_Bins] = (
    ("up to 5 words", 5),
    ("6 to 12 words", 12),
    ("13 to 25 words", 25),
    ("26 words and more", float("inf")),
)
_ARTICLE_LENGTHS: Final[_Bins] = (
    ("up to 400 words", 400),
    ("401 to 800 words", 800),
    ("801 words and more", float("inf")),
)
ORDER: Final = (*TYPES, *[name for name, _ in (*_QUOTE_LENGTHS, *_ARTICLE_LENGTHS)])
"""Groups that have an order of their own; others stand by size."""


class GroupsConfig(Record, frozen=True, kw_only=True):
    """Jaccard index of content word tokens from which a quote counts as found."""

    found: float = 0.5


def groups_of(case: Case, outcome: Outcome) -> dict[str, tuple[str, ...]]:
    """The groups that an outcome belongs to, by facet."""
    article = case.gold.article
    return {
        "type": (outcome.type,),
        "phenomenon": outcome.phenomena,
        "length": (_bin(outcome.words, _QUOTE_LENGTHS),),
        "outlet": (getattr(article, "outlet", None) or "none named",),
        "genre": (getattr(article, "genre", None) or "none named",),
        "article": (_bin(len(case.gold.tokens.starts), _ARTICLE_LENGTHS),),
    }


def _bin(words: int, bins: _Bins) -> str:
    return next(name for name, most in bins if words <= most)


def count(case: Case, config: GroupsConfig) -> Counts:
    """Hits, predicted and gold of every group; of quotes found, speakers and sides right."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for outcome in outcomes_of(case, config.found):
        if outcome.counted:
            for facet, names in groups_of(case, outcome).items():
                for name in names:
                    _add(sums, f"{facet}={name}", outcome)
    return {name: tuple(numbers) for name, numbers in sums.items()}


def _add(sums: dict[str, list[float]], group: str, outcome: Outcome) -> None:
    gold, predicted = outcome.row is not None, outcome.column is not None
    sided = [side for side in outcome.sides if side.gold != "none"]
    numbers = {
        "found": (gold and predicted, predicted, gold),
        "speaker": (outcome.speaker or 0.0, outcome.speaker is not None, 0),
        "sides": (sum(side.right for side in sided), len(sided), 0),
        "gold": (gold, 0, 0),
    }
    for name, more in numbers.items():
        own = sums[f"{name}.{group}"]
        own[:] = [sum(pair) for pair in zip(own, more, strict=True)]


TASK: Final = Task(
    name="groups",
    meaning="Quotes found by group, with speaker and side of those found.",
    config=GroupsConfig(),
    count=count,
    headline="",
    measures=(
        f1("found.*", "quotes found"),
        share("speaker.*", "speaker identified, on the quotes found"),
        share("sides.*", "label right where the gold has one other than none, on the quotes found"),
        Measure(name="gold.*", kind="count", meaning="gold quotes"),
    ),
)
