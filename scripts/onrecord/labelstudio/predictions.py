"""An extractor's predictions as a layer to suggest: words to spans, names to speakers."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from onrecord.anchors.filling import mention_form
from onrecord.anchors.finding import NotFoundError, Scope, find_span, in_paragraphs_of, outside
from onrecord.issues import Issue
from onrecord.labelstudio.controls import LOCALS
from onrecord.labelstudio.names import Names
from onrecord.model import Gold, Quote, Span, Stance
from onrecord.predictions import PredictedQuote, PredictedSpan, Prediction
from onrecord.sources.jsonl import decode_line, raw_lines
from onrecord.text import fragment, words_of
from onrecord.validation.spans import check_spans
from onrecord.validation.subject import Subject

Report = Callable[[str, str, str, str], None]
_BESIDE = ("cue", "source", "addressee")


def read_predictions(path: Path, issues: list[Issue]) -> dict[str, Prediction]:
    """The predictions in a JSONL file by article; findings in its lines are added to `issues`.

    Of an article that occurs twice nobody knows which one counts: it has none. Raises `InputError`
    for a file that cannot be read.
    """
    found: dict[str, Prediction] = {}
    repeated: set[str] = set()
    for place, raw, unread in raw_lines(path, path.name):
        issues += unread
        record = None if unread else decode_line(raw, Prediction, place, issues)
        if record is not None and found.setdefault(record.article_id, record) is not record:
            repeated.add(record.article_id)
            message = f"article {record.article_id!r} occurs twice"
            issues.append(
                Issue(
                    file=place, pointer="/article_id", code="prediction-repeated", message=message
                )
            )
    return {id: record for id, record in found.items() if id not in repeated}


def layer_of(prediction: Prediction, text: str, blank: Gold, names: Names, report: Report) -> Gold:
    """The layer that a prediction makes of a blank one.

    What cannot be placed is reported and left out: words that stand nowhere or in several places,
    quotes with spans that are none, and stances beyond what a quote has slots for.
    """
    quotes: list[Quote] = []
    stances: list[Stance] = []
    for number, given in enumerate(prediction.quotes):
        quote = _quote(given, number, text, names, report)
        if quote is not None and _fits(quote, number, text, blank, report):
            quotes.append(quote)
            stances += _stances(given, quote, number, blank, names, report)
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
    speaker = tuple(dict.fromkeys(_speakers(given, text, f"{place}/speaker", names, report)))
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


def _fits(quote: Quote, number: int, text: str, blank: Gold, report: Report) -> bool:
    """Whether the spans of a quote lie in the text; else they are reported at its number."""
    alone = replace(blank, quotes=(quote,))
    subject = Subject("", "", alone, text, len(text), "open", {}, {}, frozenset())
    found = list(check_spans(subject))
    for issue in found:
        pointer = issue.pointer.replace("/quotes/0", f"/quotes/{number}", 1)
        report(issue.code, pointer, issue.message, issue.hint)
    return not found


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


def _speakers(
    given: PredictedQuote, text: str, pointer: str, names: Names, report: Report
) -> Iterator[str]:
    """Speakers by name; a span stands for its words, of which a pronoun names nobody."""
    for number, speaker in enumerate(given.speaker):
        words = speaker if isinstance(speaker, str) else words_of(text, speaker).strip()
        if not isinstance(speaker, str) and mention_form(words, None) != "nominal":
            continue
        try:
            yield names.speaker(words)
        except ValueError as error:
            report("field-speaker", f"{pointer}/{number}", str(error), "write the id")


def _stances(
    given: PredictedQuote, quote: Quote, number: int, blank: Gold, names: Names, report: Report
) -> Iterator[Stance]:
    local = 0
    for row, stance in enumerate(given.stances):
        place = f"/quotes/{number}/stances/{row}"
        try:
            target = names.target(stance.target)
        except ValueError as error:
            report("field-speaker", f"{place}/target", str(error), "write the id")
            continue
        local += target not in blank.issues
        if target not in blank.issues and local > len(LOCALS):
            message = f"{quote.id} has more than {len(LOCALS)} local targets"
            report("stance-local", place, message, f"only {len(LOCALS)} are shown")
        else:
            yield Stance(quote=quote.id, target=target, label=stance.label)
