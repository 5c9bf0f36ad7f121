"""What gold and prediction say about a quote, side by side, in words."""

from collections.abc import Iterator
from typing import NamedTuple

from onrecord.benchmark.cases import Case, Located
from onrecord.benchmark.matching import Edge
from onrecord.benchmark.names import Answer
from onrecord.benchmark.outcomes import Outcome
from onrecord.model import Span
from onrecord.predictions import PredictedSpan
from onrecord.records import AnnotatedQuote
from onrecord.text import words_of


class Aspect(NamedTuple):
    """One thing said about a quote; None where a side is silent or has no such quote."""

    name: str
    gold: str | None
    predicted: str | None
    differs: bool = False


def aspects_of(case: Case, outcome: Outcome) -> list[Aspect]:
    """Everything about an outcome's quotes but their stances; those of no side left out."""
    gold = None if outcome.row is None else case.gold.quotes[outcome.row]
    located = None if outcome.column is None else case.predicted[outcome.column]
    found = [_words(case, outcome, gold, located), _speaker(case, outcome, gold)]
    found += [_span(case, outcome, name, gold, located) for name in ("source", "cue")]
    found += _labels(case, outcome, gold, located)
    if located and located.quote.confidence is not None:
        found.append(Aspect("confidence", None, f"{located.quote.confidence:.2f}"))
    if gold and gold.note:
        found.append(Aspect("note", gold.note, None))
    return [each for each in found if each.gold or each.predicted]


def stances_of(case: Case, outcome: Outcome) -> Iterator[Aspect]:
    """The stances by target, without targets towards which neither side has more than none."""
    gold = {} if outcome.row is None else _gold_stances(case.gold.quotes[outcome.row])
    predicted = {} if outcome.column is None else _predicted_stances(case, outcome.column)
    wrong = {side.target for side in outcome.sides if not side.right}
    for target in dict.fromkeys([*gold, *predicted]):
        labels = gold.get(target), predicted.get(target)
        if any(label not in (None, "none") for label in labels):
            yield Aspect(_target_text(case, target), *labels, target in wrong)


def _gold_stances(quote: AnnotatedQuote) -> dict[str, str]:
    return {stance.target: stance.label for stance in quote.stances}


def _predicted_stances(case: Case, column: int) -> dict[str, str]:
    """Labels by target id, or by the words of targets that the article does not have."""
    resolve, found = case.gold.targets.resolve, dict[str, str]()
    for stance in case.predicted[column].quote.stances:
        target = resolve(stance.target)
        name = stance.target if target is None or target.negated else target.id
        found.setdefault(name, stance.label)
    return found


def _target_text(case: Case, id: str) -> str:
    known = case.gold.registry.targets.get(id)
    texts = {row.target: row.target_text for quote in case.gold.quotes for row in quote.stances}
    return known.text if known else texts.get(id, id)


def _words(
    case: Case, outcome: Outcome, gold: AnnotatedQuote | None, located: Located | None
) -> Aspect:
    wanted = gold.content_text if gold else None
    told = words_in(case, located.quote.content, located.content) if located else None
    return Aspect("words", wanted, told, "partial" in outcome.kinds)


def words_in(case: Case, predicted: PredictedSpan, span: Span) -> str:
    """The words predicted: as handed in, or those of the text where offsets were.

    Where these are not in the text, so that `span` is empty, the offsets themselves.
    """
    if isinstance(predicted, str):
        return predicted
    if not span:
        return "offsets " + ", ".join(f"{part.start}–{part.end}" for part in predicted)
    return words_of(case.gold.text, span)


def _speaker(case: Case, outcome: Outcome, gold: AnnotatedQuote | None) -> Aspect:
    nobody = "not annotated" if "quotes.speaker" in case.gold.incomplete else "nobody"
    wanted = (", ".join(gold.speaker_names) or nobody) if gold else None
    told = None if outcome.column is None else _named(case, outcome.column)
    return Aspect("speaker", wanted, told, "speaker" in outcome.kinds)


def _named(case: Case, column: int) -> str:
    """Whom a prediction names, and whom the scorer takes that for."""
    located, answers = case.predicted[column], case.answers[column]
    if not located.speaker:
        return f"nobody; the source is {_who(case, answers[0])}" if answers else "nobody"
    named = []
    for stated, checked, answer in zip(
        located.quote.speaker, located.speaker, answers, strict=True
    ):
        words = words_in(case, stated, () if isinstance(checked, str) else checked)
        who = _who(case, answer)
        named.append(words if words == who else f"{words} → {who}")
    return ", ".join(named)


def _who(case: Case, answer: Answer) -> str:
    """The names of those whom words stand for; where they identify nobody, that is said."""
    if answer.entities:
        return _names(case, answer.entities)
    if answer.mentions:
        return f"a mention of {_names(case, answer.mentions)}, who is not told by it"
    return "nobody known"


def _names(case: Case, ids: frozenset[str]) -> str:
    speakers = case.gold.registry.speakers
    return ", ".join(sorted(speakers[id].name if id in speakers else id for id in ids))


def _span(
    case: Case, outcome: Outcome, name: str, gold: AnnotatedQuote | None, located: Located | None
) -> Aspect:
    """A quote's source or cue; they differ by their words alone, as in the scores."""
    wanted: str | None = getattr(gold, f"{name}_text") if gold else None
    stated: PredictedSpan | None = getattr(located.quote, name) if located else None
    told = words_in(case, stated, getattr(located, name)) if stated else None
    differs = False
    if outcome.row is not None and outcome.column is not None:
        plural = f"{name}s"
        units = getattr(case.gold, plural)[outcome.row], getattr(case, plural)[outcome.column]
        differs = units[0] != units[1]
    return Aspect(name, wanted, told, differs)


def _labels(
    case: Case, outcome: Outcome, gold: AnnotatedQuote | None, located: Located | None
) -> Iterator[Aspect]:
    """Type, form, act and status; a type that is not stated is that of the marks."""
    wrong: set[str] = set()
    if outcome.row is not None and outcome.column is not None:
        edge = Edge(outcome.row, outcome.column, outcome.jaccard)
        wrong = {value.name for value in case.attributes(edge) if not value.right}
    for name in ("type", "form", "act", "status"):
        wanted = getattr(gold, name) if gold else None
        told = getattr(located.quote, name) if located else None
        if name == "type" and not told and outcome.column is not None:
            told = f"{case.type_by_marks(outcome.column)}, by its marks"
        yield Aspect(name, wanted, told, name in wrong)
