"""What an extractor hands in: a line an article, of a quote only its content required."""

from typing import Annotated

from msgspec import Meta

from onrecord.model import Act, Id, QuoteForm, QuoteType, Record, Span, StanceLabel, Status, Words

PredictedSpan = Annotated[Span, Meta(min_length=1)] | Words
Confidence = Annotated[float, Meta(ge=0, le=1)]


def fault_of(span: Span, length: int) -> str | None:
    """What is wrong with the first fragment that is not in a text of `length` code points."""
    for part in span:
        if not part.start < part.end <= length:
            wrong = "is empty" if part.start >= part.end else f"ends beyond {length}"
            return f"{part.start}–{part.end} {wrong}"
    return None


class PredictedStance(Record, frozen=True, kw_only=True):
    """An extractor's stance; `target` is a target id or its words."""

    target: Words
    label: StanceLabel
    confidence: Confidence | None = None


class PredictedQuote(Record, frozen=True, kw_only=True):
    """An extractor's quote: only the content is required."""

    content: Annotated[
        PredictedSpan, Meta(description="Fragments, or the words where offsets are unknown.")
    ]
    cue: PredictedSpan | None = None
    source: PredictedSpan | None = None
    addressee: PredictedSpan | None = None
    speaker: Annotated[
        tuple[PredictedSpan, ...], Meta(description="Names, or spans of mentions.")
    ] = ()
    type: QuoteType | None = None
    form: QuoteForm | None = None
    act: Act | None = None
    status: Status | None = None
    confidence: Confidence | None = None
    stances: tuple[PredictedStance, ...] = ()


class Prediction(Record, frozen=True, kw_only=True):
    """What an extractor found in one article: a line of a predictions file."""

    article_id: Id
    quotes: tuple[PredictedQuote, ...] = ()
