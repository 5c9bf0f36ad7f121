"""What became of every quote of an article: what a report of errors shows."""

from typing import Final

from onrecord.benchmark.cases import Case
from onrecord.benchmark.matching import Edge
from onrecord.benchmark.units import size
from onrecord.model import Record, Span, StanceLabel
from onrecord.records import AnnotatedQuote, PassageRow

KINDS: Final = {
    "missed": "in the gold, not predicted",
    "spurious": "predicted, not in the gold",
    "invented": "spurious, and nowhere in the text",
    "speaker": "found, attributed to somebody else or to nobody",
    "stance": "found, with another label towards a target; none may be left out",
    "partial": "found, with words too many or too few",
    "labels": "found, with another type, form, act or status",
    "hit": "found, and nothing of the above",
    "uncounted": "in no headline figure: of tier 2, or not judged by this gold",
}
"""What may become of a quote, worst first; several faults may meet in one."""


class Side(Record, frozen=True, kw_only=True):
    """The labels of a matched pair towards one target; predicted None where it has none."""

    target: str
    gold: StanceLabel
    predicted: StanceLabel | None

    @property
    def right(self) -> bool:
        """Whether both are the same, a label left out read as none."""
        return self.gold == (self.predicted or "none")


class Outcome(Record, frozen=True, kw_only=True):
    """A matched pair, or a gold or predicted quote without a partner.

    `gold` is the quote's id, `predicted` its place in the predicted line; `row` and `column` are
    their places in the case. `kinds` are of `KINDS`. `words` counts the gold content, or else the
    predicted one. `speaker` is the credit from 0 to 1, None where no gold speaker was to be found.
    `phenomena` say what makes the gold quote hard.
    """

    gold: str | None = None
    predicted: int | None = None
    row: int | None = None
    column: int | None = None
    kinds: tuple[str, ...]
    jaccard: float = 0.0
    type: str
    words: int
    phenomena: tuple[str, ...] = ()
    speaker: float | None = None
    sides: tuple[Side, ...] = ()

    @property
    def counted(self) -> bool:
        """Whether headline figures count it."""
        return self.kinds != ("uncounted",)


def outcomes_of(case: Case, found: float = 0.5) -> list[Outcome]:
    """The outcomes of an article in the order of the text; what stands nowhere in it comes last.

    Quotes are matched from Jaccard `found` on.
    """
    pairs = case.pairs(found)
    matched = {edge.column for edge in pairs.values()}
    knows_all = {"quotes", "quotes.content"}.isdisjoint(case.gold.incomplete)
    judged = case.judged(found) if knows_all else ()
    outcomes = [
        _pair(case, pairs[row]) if row in pairs else _missed(case, row)
        for row in range(len(case.gold.quotes))
    ]
    outcomes += [
        _spurious(case, column, column in judged)
        for column in range(len(case.predicted))
        if column not in matched
    ]
    return sorted(outcomes, key=lambda outcome: _place(case, outcome))


def _place(case: Case, outcome: Outcome) -> tuple[bool, int, bool]:
    """Where an outcome begins; gold before a prediction that begins there too."""
    span = content_of(case, outcome)
    return not span, span[0].start if span else 0, outcome.row is None


def content_of(case: Case, outcome: Outcome) -> Span:
    """The content of the gold quote, or else of the predicted one; empty where that is lost."""
    if outcome.row is not None:
        return case.gold.quotes[outcome.row].content
    assert outcome.column is not None
    return case.predicted[outcome.column].content


def _pair(case: Case, edge: Edge) -> Outcome:
    quote = case.gold.quotes[edge.row]
    credit, sides = case.speaker_credit(edge.row, edge.column), _sides(case, edge)
    knows_speakers = "quotes.speaker" not in case.gold.incomplete
    faults = {
        "speaker": credit < 1 and knows_speakers,
        "stance": not all(side.right for side in sides),
        "partial": edge.jaccard < 1 and "quotes.content" not in case.gold.incomplete,
        "labels": not all(value.right for value in case.attributes(edge)),
    }
    return Outcome(
        gold=quote.id,
        predicted=case.predicted[edge.column].index,
        row=edge.row,
        column=edge.column,
        kinds=_kinds(case, edge.row, *[name for name, wrong in faults.items() if wrong]),
        jaccard=edge.jaccard,
        type=quote.type or "unknown",
        words=size(case.gold.contents[edge.row]),
        phenomena=_phenomena(case, quote),
        speaker=credit if quote.speaker and knows_speakers else None,
        sides=sides,
    )


def _sides(case: Case, edge: Edge) -> tuple[Side, ...]:
    """The labels towards every issue of the article and every local target of the gold quote."""
    if not {"stances", "issues"}.isdisjoint(case.gold.incomplete):
        return ()
    gold = {stance.target: stance.label for stance in case.gold.quotes[edge.row].stances}
    predicted = case.sides[edge.column].towards
    targets = dict.fromkeys([*gold, *case.gold.article.issues])
    return tuple(
        Side(target=each, gold=gold.get(each, "none"), predicted=predicted.get(each))
        for each in targets
    )


def _missed(case: Case, row: int) -> Outcome:
    quote = case.gold.quotes[row]
    return Outcome(
        gold=quote.id,
        row=row,
        kinds=_kinds(case, row, "missed"),
        type=quote.type or "unknown",
        words=size(case.gold.contents[row]),
        phenomena=_phenomena(case, quote),
    )


def _kinds(case: Case, row: int, *faults: str) -> tuple[str, ...]:
    unknown = "missed" in faults and "quotes.content" in case.gold.incomplete
    return ("uncounted",) if unknown or row in case.gold.second_tier else faults or ("hit",)


def _spurious(case: Case, column: int, judged: bool) -> Outcome:
    located = case.predicted[column]
    invented = () if located.content else ("invented",)
    return Outcome(
        predicted=located.index,
        column=column,
        kinds=("spurious", *invented) if judged else ("uncounted",),
        type=case.type_by_marks(column),
        words=size(case.contents[column]),
    )


def _phenomena(case: Case, quote: AnnotatedQuote) -> tuple[str, ...]:
    """What makes a quote hard; of a challenge passage, also what the passage is about."""
    article = case.gold.article
    found = {
        "nested": quote.parent,
        "interrupted": len(quote.content) > 1,
        "continued": quote.continues,
        "several speakers": len(quote.speaker) > 1,
        "nobody named": not quote.speaker and "quotes.speaker" not in case.gold.incomplete,
        "passed on by another": quote.via,
    }
    names = [name for name, present in found.items() if present]
    if quote.status and quote.status != "actual":
        names.append(quote.status)
    knows_attribution = {"quotes.speaker", "mentions"}.isdisjoint(case.gold.incomplete)
    if knows_attribution and quote.attribution and quote.attribution != "explicit":
        names.append(quote.attribution)
    return (*names, *([article.phenomenon] if isinstance(article, PassageRow) else ()))
