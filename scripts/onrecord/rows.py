"""Corpus records to the rows that users read (`records`), as plain dicts."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import to_builtins

from onrecord.derived import derive, stored
from onrecord.model import (
    Annotation,
    Article,
    Derived,
    Gold,
    Mark,
    Passage,
    Speaker,
    Split,
    Target,
    Zone,
)
from onrecord.text import Paragraphs, words_of

Row = dict[str, Any]
_WITH_WORDS: Final = ("content", "cue", "source", "addressee", "via")
_CONTEXT: Final = ("outlet", "published", "genre", "story")


def article_row(
    article: Article,
    split: Split,
    text: str | None,
    gold: Gold,
    speakers: Mapping[str, Speaker],
    targets: Mapping[str, Target],
    derived: Mapping[str, Derived] | None = None,
) -> Row:
    """A row of config `articles`, or of `licensed` where there is no text.

    `derived` saves computing again what is known; what licensed gold stores stays.
    """
    row: Row = to_builtins(article)
    del row["orig"], row["extraction"]
    row["split"] = split
    row["text"] = text
    row["issues"] = gold.issues
    row["marks"] = to_builtins(gold.marks)
    row["mentions"] = _mentions(gold, text)
    if derived is None:
        derived = derive(text, gold) if text is not None else {}
    fields = {**derived, **stored(gold)}
    row["quotes"] = _quotes(gold, text, article.zones, speakers, targets, fields)
    return row


def passage_row(passage: Passage) -> Row:
    """A row of config `challenge`."""
    speakers = {speaker.id: speaker for speaker in passage.speakers}
    targets = {target.id: target for target in passage.targets}
    return {
        "id": passage.id,
        "phenomenon": passage.phenomenon,
        "pair": passage.pair,
        "flips": passage.flips,
        "text": passage.text,
        "zones": to_builtins(passage.zones),
        "issues": passage.issues,
        "marks": to_builtins(passage.marks),
        "mentions": _mentions(passage, passage.text),
        "quotes": _quotes(
            passage, passage.text, passage.zones, speakers, targets, derive(passage.text, passage)
        ),
    }


def annotation_row(layer: Gold) -> Row:
    """A row of config `annotations`."""
    row: Row = to_builtins(layer)
    del row["orig"]
    row |= row.pop("layer")
    for kind in ("mentions", "quotes", "stances"):
        for record in row[kind]:
            del record["orig"]
    for quote in row["quotes"]:
        del quote["derived"]
    return row


def flat_rows(article: Row, marks: Iterable[Mark]) -> tuple[list[Row], list[Row], list[Row]]:
    """Rows of configs `quotes`, `stances` and `marks` from a row of `articles` and its marks."""
    context = {name: article[name] for name in _CONTEXT}
    context["article_id"] = article["id"]
    quotes, stances = [], []
    for quote in article["quotes"]:
        flat = {**context, **quote, "quote_id": quote["id"]}
        del flat["id"], flat["stances"]
        quotes.append(flat)
        stances += [
            {
                **context,
                **stance,
                "quote_id": quote["id"],
                "speaker": quote["speaker"],
                "speaker_names": quote["speaker_names"],
                "type": quote["type"],
                "status": quote["status"],
                "content_text": quote["content_text"],
            }
            for stance in quote["stances"]
        ]
    return quotes, stances, _mark_rows(marks, article["text"], context)


def _mark_rows(marks: Iterable[Mark], text: str, context: Row) -> list[Row]:
    paragraphs = Paragraphs(text)
    rows = []
    for mark in marks:
        start, end = paragraphs.extent(mark)
        rows.append(
            {
                **context,
                "mark_id": mark.id,
                "open": mark.open,
                "close": mark.close,
                "kind": mark.kind,
                "quote_id": mark.quote,
                "text": text[start:end],
            }
        )
    return rows


def speaker_row(speaker: Speaker) -> Row:
    """A row of config `speakers`."""
    row: Row = to_builtins(speaker)
    return {"speaker_id": row.pop("id"), **row}


def target_row(target: Target) -> Row:
    """A row of config `targets`."""
    row: Row = to_builtins(target)
    return {"target_id": row.pop("id"), **row}


def _mentions(annotation: Annotation, text: str | None) -> list[Row]:
    return [
        {
            "id": mention.id,
            "span": to_builtins(mention.span),
            "text": None if text is None else words_of(text, mention.span),
            "speaker": mention.speaker,
            "form": mention.form,
        }
        for mention in annotation.mentions
    ]


def _quotes(
    annotation: Annotation,
    text: str | None,
    zones: tuple[Zone, ...],
    speakers: Mapping[str, Speaker],
    targets: Mapping[str, Target],
    derived: Mapping[str, Derived],
) -> list[Row]:
    stances = _stances(annotation, text, targets)
    starts = [zone.start for zone in zones]
    rows = []
    for quote in annotation.quotes:
        row: Row = to_builtins(quote)
        fields = derived[quote.id]
        row["type"], row["tier"] = fields.type, fields.tier
        row["attribution"] = fields.attribution
        del row["orig"], row["derived"]
        for name in _WITH_WORDS:
            span = getattr(quote, name)
            row[f"{name}_text"] = words_of(text, span) if span and text is not None else None
        row["speaker_names"] = [speakers[speaker].name for speaker in quote.speaker]
        row["zone"] = _zone(zones, starts, quote.content[0].start)
        row["stances"] = stances.get(quote.id, [])
        rows.append(row)
    return rows


def _stances(
    annotation: Annotation, text: str | None, targets: Mapping[str, Target]
) -> dict[str, list[Row]]:
    """Stances by quote id."""
    rows: dict[str, list[Row]] = {}
    for stance in annotation.stances:
        row: Row = to_builtins(stance)
        del row["orig"], row["quote"]
        target = targets[stance.target]
        row["target_kind"], row["target_text"] = target.kind, target.text
        for name in ("condition", "evidence"):
            span = getattr(stance, name)
            row[f"{name}_text"] = words_of(text, span) if span and text is not None else None
        rows.setdefault(stance.quote, []).append(row)
    return rows


def _zone(zones: tuple[Zone, ...], starts: list[int], offset: int) -> str | None:
    number = bisect_right(starts, offset) - 1
    if number >= 0 and offset < zones[number].end:
        return zones[number].kind
    return None
