"""M1: which quotes are found.

Gold and predicted quotes are matched one to one (see `matching`). Predictions have no tier, so they
are matched against all gold; then tier-2 gold leaves, found or not, together with its partners, and
every other unmatched prediction is a false alarm. Gold whose tier is unknown stays.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from onrecord.benchmark.cases import Case
from onrecord.benchmark.matching import Edge, Matching
from onrecord.benchmark.measures import Counts, Task, f1, mean, share
from onrecord.benchmark.units import NOTHING, Units, shared, size, together, union, within
from onrecord.model import Record

NESTINGS: Final = ("outer", "nested")
_LOST: Final[list[Units]] = [NOTHING]
"""The pieces of a content that does not stand in the text."""

TYPES: Final = ("direct", "indirect", "mixed")


class DetectionConfig(Record, frozen=True, kw_only=True):
    """Jaccard indices of content word tokens from which a quote counts as found."""

    found: float = 0.5
    strict: float = 0.8


def count(case: Case, config: DetectionConfig) -> Counts:
    """Hits, predicted and gold, by every rule and group."""
    found = case.pairs(config.found)
    leaving = case.gold.second_tier
    return {
        "": _at(case, config.found),
        "strict": _at(case, config.strict),
        "exact": _at(case, 1.0),
        "partial": _partial(case),
        "token": _tokens(case),
        "all": (len(found), len(case.judged(config.found)), len(case.gold.quotes)),
        "tier_2": (sum(row in leaving for row in found), len(leaving)),
        "chain": _chains(case, config),
        **_pieces(case, config),
        **_groups(case, found, config),
    }


def _at(case: Case, threshold: float) -> tuple[int, int, int]:
    predicted = len(case.judged(threshold))
    return _tally(case.pairs(threshold), len(case.gold.quotes), predicted, case.gold.second_tier)


def _tally(
    pairs: Collection[int], golds: int, predicted: int, leaving: frozenset[int]
) -> tuple[int, int, int]:
    """Hits, predicted and gold once the leaving rows are gone together with their partners."""
    left = sum(row in leaving for row in pairs) if leaving else 0
    return len(pairs) - left, predicted - left, golds - len(leaving)


def _partial(case: Case) -> tuple[float, int, int]:
    """SemEval-2013 task 9, partial boundaries: exact counts 1, any other overlap 0.5."""
    _, predicted, golds = _at(case, 0.0)
    leaving = case.gold.second_tier
    kept = [edge.jaccard for row, edge in case.pairs(0.0).items() if row not in leaving]
    return sum(1.0 if jaccard == 1 else 0.5 for jaccard in kept), predicted, golds


def _tokens(case: Case) -> tuple[int, int, int]:
    """Word tokens inside any content, whichever quote they belong to."""
    leaving, contents = case.gold.second_tier, case.gold.contents
    kept = union(
        [each for row, units in enumerate(contents) if row not in leaving for each in units]
    )
    predicted = union([each for units in case.contents for each in units])
    hits = shared(kept, predicted)
    if not leaving:
        return hits, size(predicted), size(kept)
    either = union([*kept, *[each for row in leaving for each in contents[row]]])
    gone = shared(either, predicted) - hits
    return hits, size(predicted) - gone, size(kept)


def _pieces(case: Case, config: DetectionConfig) -> dict[str, tuple[int, int, int]]:
    """Every fragment by itself: how a quote was put together from its fragments has no effect."""
    gold = [(piece, row) for row, pieces in enumerate(case.gold.pieces) for piece in pieces]
    leaving = frozenset(
        number for number, (_, row) in enumerate(gold) if row in case.gold.second_tier
    )
    predicted = [
        piece for column in case.judged(config.found) for piece in case.pieces[column] or _LOST
    ]
    matching = Matching([piece for piece, _ in gold], sorted(predicted))
    return {
        name: _tally(matching.pairs(threshold), len(gold), len(predicted), leaving)
        for name, threshold in (("piece", config.found), ("piece_exact", 1.0))
    }


def _chains(case: Case, config: DetectionConfig) -> tuple[int, int, int]:
    """Gold quotes merged with those that continue them; predictions by the chain they overlap."""
    if not any(quote.continues for quote in case.gold.quotes):
        return _at(case, config.found)
    roots = _roots(case)
    names = sorted(set(roots))
    kept = {root for row, root in enumerate(roots) if row not in case.gold.second_tier}
    gone = frozenset(number for number, root in enumerate(names) if root not in kept)
    gold = [_merged(case.gold.contents, roots, root) for root in names]
    owners = _owners(case, roots)
    predicted = [_merged(case.contents, owners, owner) for owner in sorted(set(owners))]
    return _tally(Matching(gold, predicted).pairs(config.found), len(gold), len(predicted), gone)


def _roots(case: Case) -> list[int]:
    """For every gold quote the row of the quote that its chain goes back to."""
    quotes = case.gold.quotes
    rows = {quote.id: row for row, quote in enumerate(quotes)}
    roots = list(range(len(quotes)))
    for _ in quotes:
        roots = [rows.get(quotes[row].continues or "", row) for row in roots]
    return roots


def _owners(case: Case, roots: Sequence[int]) -> list[int]:
    """For every prediction the chain that it overlaps most, or a number of its own below 0."""
    best: dict[int, tuple[float, int]] = {}
    for edge in case.quotes.edges:
        best[edge.column] = max(best.get(edge.column, (0.0, 0)), (edge.jaccard, -edge.row))
    return [
        roots[-best[column][1]] if column in best else -1 - column
        for column in range(len(case.predicted))
    ]


def _merged(contents: Sequence[Units], owners: Sequence[int], owner: int) -> Units:
    return together([units for units, each in zip(contents, owners, strict=True) if each == owner])


def _groups(
    case: Case, found: Mapping[int, Edge], config: DetectionConfig
) -> dict[str, tuple[float, ...]]:
    """By type and nesting: pairs by their gold, false alarms by what they look like."""
    hits: dict[str, int] = dict.fromkeys((*TYPES, *NESTINGS), 0)
    golds, predicted = dict(hits), dict(hits)
    for row, quote in enumerate(case.gold.quotes):
        if row in case.gold.second_tier:
            continue
        for group in (quote.type, NESTINGS[quote.parent is not None]):
            if group:
                golds[group] += 1
                hits[group] += row in found
                predicted[group] += row in found
    matched = {edge.column for edge in found.values()}
    for column in case.judged(config.found):
        if column not in matched:
            predicted[case.type_by_marks(column)] += 1
            predicted[NESTINGS[_is_nested(case, column)]] += 1
    return {
        f"{kind}.{name}": (hits[name], predicted[name], golds[name])
        for kind, names in (("type", TYPES), ("nesting", NESTINGS))
        for name in names
    }


def _is_nested(case: Case, column: int) -> bool:
    """Whether a prediction lies inside another one."""
    units = case.contents[column]
    return any(within(units, other) and units != other for other in case.contents)


_NEEDS: Final = ("quotes.content",)
_ALL: Final = ("quotes",)
_PARTS: Final = {
    "": "quotes of tier 1 (and of unknown tier), Jaccard of content tokens ≥ 0.5",
    "strict": "the same at Jaccard ≥ 0.8",
    "exact": "the same, all content tokens equal",
    "partial": "the same by SemEval-2013: exact boundaries 1, other overlap 0.5",
    "token": "word tokens inside any content",
    "piece": "every contiguous fragment by itself, Jaccard ≥ 0.5",
    "piece_exact": "every contiguous fragment by itself, all tokens equal",
    "chain": "quotes merged with those that continue them (diagnostic)",
    "all": "quotes of both tiers, Jaccard ≥ 0.5",
}
TASK: Final = Task(
    name="detection",
    meaning="Which quotes are found, by the words of their content.",
    config=DetectionConfig(),
    count=count,
    headline="f1",
    measures=(
        *[
            f1(name, meaning, needs=_NEEDS, precision_needs=_ALL)
            for name, meaning in _PARTS.items()
        ],
        share("tier_2", "tier-2 quotes found", needs=(*_NEEDS, "quotes.act")),
        *[
            f1(f"type.{name}", f"{name} quotes", needs=(*_NEEDS, "marks"), precision_needs=_ALL)
            for name in TYPES
        ],
        mean(
            "macro_f1",
            "mean F1 over the three types",
            of=[f"type.{name}.f1" for name in TYPES],
            needs=(*_NEEDS, "marks", "quotes"),
        ),
        *[
            f1(
                f"nesting.{name}",
                meaning,
                needs=(*_NEEDS, "quotes.parent"),
                precision_needs=_ALL,
            )
            for name, meaning in (
                ("outer", "quotes inside no other"),
                ("nested", "quotes inside another"),
            )
        ],
    ),
)
