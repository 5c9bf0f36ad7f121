"""An extractor's predictions as a layer to suggest: words to spans, names to speakers."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from onrecord.anchors.finding import NotFoundError, Scope, find_span, in_paragraphs_of, outside
from onrecord.issues import InputError, Issue
from onrecord.labelstudio.controls import LOCALS
from onrecord.labelstudio.names import Names
from onrecord.model import Gold, Quote, Span, Stance
from onrecord.predictions import PredictedQuote, PredictedSpan, Prediction
from onrecord.sources.jsonl import decode_line, raw_lines
from onrecord.text import fragment, words_of

Report = Callable[[str, str, str, str], None]
_BESIDE = ("cue", "source", "addressee")


def read_predictions(path: Path) -> dict[str, Prediction]:
    """The predictions in a JSONL file by article; raises `InputError` with every bad line."""
    found: dict[str, Prediction] = {}
    issues: list[Issue] = []
    for place, raw, unread in raw_lines(path, path.name):
        issues += unread
        record = None if unread else decode_line(raw, Prediction, place, issues)
        if record is not None and found.setdefault(record.article_id, record) is not record:
            message = f"article {record.article_id!r} occurs twice"
            issues.append(
                Issue(
                    file=place, pointer="/article_id", code="prediction-repeated", message=message
                )
            )
    if issues:
        raise InputError(*issues)
    return found


def layer_of(prediction: Prediction, text: str, blank: Gold, names: Names, report: Report) -> Gold:
    """The layer that a prediction makes of a blank one.

    What cannot be placed is reported and left out: words that stand nowhere or in several places,
    and stances beyond what a quote has slots for.
    """
    quotes: list[Quote] = []
    stances: list[Stance] = []
    for number, given in enumerate(prediction.quotes):
        quote = _quote(given, number, text, names, report)
        if quote is not None:
            quotes.append(quote)
            stances += _stances(given, quote, blank, names, report)
    return replace(blank, quotes=tuple(quotes), stances=tuple(stances))


def _quote(
    given: PredictedQuote, number: int, text: str, names: Names, report: Report
) -> Quote | None:
    place = f"/quotes/{number}"
    content = _span(given.content, text, f"{place}/content", (), report)
    if not content:
        return None
    scopes = (in_paragraphs_of(text, content), outside(text, content))
    beside: dict[str, Any] = {
        name: _span(getattr(given, name) or (), text, f"{place}/{name}", scopes, report)
        for name in _BESIDE
    }
    speaker = tuple(dict.fromkeys(_speakers(given, text, names)))
    return Quote(
        id=f"q{number + 1}",
        content=content,
        speaker=speaker,
        join="joint" if len(speaker) > 1 else None,
        form=given.form,
        act=given.act,
        status=given.status,
        **beside,
    )


def _span(
    given: PredictedSpan,
    text: str,
    pointer: str,
    scopes: tuple[Scope, ...],
    report: Report,
) -> Span:
    if not isinstance(given, str):
        return tuple(fragment(text, part.start, part.end) for part in given)
    try:
        return find_span(text, given, scopes)
    except NotFoundError as error:
        report(error.code.replace("anchor", "prediction"), pointer, error.message, error.hint)
        return ()


def _speakers(given: PredictedQuote, text: str, names: Names) -> Iterator[str]:
    """Speakers by name; words of the text only where they are the name of one in the registry."""
    for speaker in given.speaker:
        if isinstance(speaker, str):
            yield names.likely_speaker(speaker) or names.speaker(speaker)
        elif known := names.likely_speaker(words_of(text, speaker)):
            yield known


def _stances(
    given: PredictedQuote, quote: Quote, blank: Gold, names: Names, report: Report
) -> Iterator[Stance]:
    local = 0
    for stance in given.stances:
        target = names.target(stance.target)
        local += target not in blank.issues
        if target not in blank.issues and local > len(LOCALS):
            message = f"{quote.id} has more than {len(LOCALS)} local targets"
            report("stance-local", f"/quotes/{quote.id}", message, f"only {len(LOCALS)} are shown")
        else:
            yield Stance(quote=quote.id, target=target, label=stance.label)
