"""What became of every quote of an article: the records that a report of errors reads."""

from onrecord.benchmark.cases import Case
from onrecord.benchmark.matching import Edge
from onrecord.model import Record


class Pair(Record, frozen=True, kw_only=True):
    """A gold quote and the predicted one that it is matched with.

    `speaker` and `mention` are credits from 0 to 1; `wrong` names the attributes that differ.
    """

    gold: str
    predicted: int
    jaccard: float
    speaker: float
    mention: float
    wrong: tuple[str, ...]


class Outcome(Record, frozen=True, kw_only=True):
    """An article's quotes: gold ones by id, predicted ones by their place in their line.

    `spurious` are unmatched, `lost` those of them whose content does not stand in the text.
    """

    article_id: str
    answered: bool
    pairs: tuple[Pair, ...]
    missed: tuple[str, ...]
    spurious: tuple[int, ...]
    lost: tuple[int, ...]


def outcome_of(case: Case, threshold: float = 0.5) -> Outcome:
    """The outcome of one article, with quotes matched from Jaccard `threshold` on."""
    pairs = case.pairs(threshold)
    matched = {edge.column for edge in pairs.values()}
    predicted = case.predicted
    return Outcome(
        article_id=case.gold.article.id,
        answered=case.answered,
        pairs=tuple(_pair(case, edge) for _, edge in sorted(pairs.items())),
        missed=tuple(quote.id for row, quote in enumerate(case.gold.quotes) if row not in pairs),
        spurious=tuple(sorted(each.index for n, each in enumerate(predicted) if n not in matched)),
        lost=tuple(sorted(each.index for each in predicted if not each.content)),
    )


def _pair(case: Case, edge: Edge) -> Pair:
    return Pair(
        gold=case.gold.quotes[edge.row].id,
        predicted=case.predicted[edge.column].index,
        jaccard=edge.jaccard,
        speaker=case.speaker_credit(edge.row, edge.column),
        mention=case.mention_credit(edge.row, edge.column),
        wrong=tuple(value.name for value in case.attributes(edge) if not value.right),
    )
