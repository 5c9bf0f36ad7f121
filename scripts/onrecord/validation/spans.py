"""Grade 4: ids and spans of one annotation."""

from collections.abc import Iterator
from typing import Final

from onrecord.issues import Issue, shorten
from onrecord.model import QUOTE_SPANS, Fragment, Span
from onrecord.text import inside_word
from onrecord.validation.subject import Check, Subject

_STANCE_SPANS: Final = ("condition", "evidence")


def check_ids(subject: Subject) -> Iterator[Issue]:
    """Ids of marks, mentions and quotes are unique within their kind."""
    for kind in ("marks", "mentions", "quotes"):
        ids = [record.id for record in getattr(subject.annotation, kind)]
        if len(set(ids)) < len(ids):
            seen: set[str] = set()
            for number, id in enumerate(ids):
                if id in seen:
                    yield subject.issue(
                        "id-duplicate", f"/{kind}/{number}/id", f"{id!r} occurs twice", "rename one"
                    )
                seen.add(id)


def check_spans(subject: Subject) -> Iterator[Issue]:
    """Every span lies in the text, is sorted, not empty, not overlapping, and cuts no word."""
    text, length = subject.text, subject.length
    for number, quote in enumerate(subject.annotation.quotes):
        for name in QUOTE_SPANS:
            span: Span = getattr(quote, name)
            if span and not _sound(span, text, length):
                yield from _faults(subject, span, f"/quotes/{number}/{name}")
    for number, mention in enumerate(subject.annotation.mentions):
        if not _sound(mention.span, text, length):
            yield from _faults(subject, mention.span, f"/mentions/{number}/span")
    for number, stance in enumerate(subject.annotation.stances):
        for name in _STANCE_SPANS:
            span = getattr(stance, name)
            if span and not _sound(span, text, length):
                yield from _faults(subject, span, f"/stances/{number}/{name}")


def _sound(span: Span, text: str | None, length: int) -> bool:
    last = 0
    for part in span:
        if part.start < last or part.end <= part.start:
            return False
        last = part.end
    if last > length:
        return False
    if text is None:
        return True
    for part in span:
        cuts = inside_word(text, part.start) or inside_word(text, part.end)
        if cuts is not part.cuts_word:
            return False
    return True


def _faults(subject: Subject, span: Span, pointer: str) -> Iterator[Issue]:
    last = 0
    for number, part in enumerate(span):
        place = f"{pointer}/{number}"
        yield from _fragment_faults(subject, part, place)
        if part.start < last:
            yield subject.issue(
                "span-order",
                place,
                f"starts at {part.start}, before the end of the one before it ({last})",
                "sort the fragments; they may not overlap",
            )
        last = max(last, part.end)


def _fragment_faults(subject: Subject, part: Fragment, place: str) -> Iterator[Issue]:
    if part.end <= part.start:
        yield subject.issue(
            "span-empty",
            place,
            f"{part.start} to {part.end} holds no character",
            "end is the offset after the last character",
        )
    elif part.end > subject.length:
        yield subject.issue(
            "span-outside",
            place,
            f"ends at {part.end}, the text at {subject.length}",
            "offsets are Unicode code points into the text",
        )
    elif subject.text is not None:
        cuts = inside_word(subject.text, part.start) or inside_word(subject.text, part.end)
        if cuts is not part.cuts_word:
            words = subject.text[part.start : part.end]
            yield subject.issue(
                "span-cuts-word",
                place,
                f"{shorten(words)!r} " + ("cuts a word" if cuts else "does not cut a word"),
                "move the end, or set cuts_word" if cuts else "remove cuts_word",
            )


CHECKS: Final = (
    Check(
        grade=4,
        run=check_ids,
        codes={"id-duplicate": "An id occurs once among the records of its kind in an annotation."},
    ),
    Check(
        grade=4,
        run=check_spans,
        codes={
            "span-outside": "A span ends within the text.",
            "span-empty": "A fragment holds at least one character.",
            "span-order": "The fragments of a span are sorted and do not overlap.",
            "span-cuts-word": "A fragment cuts a word token only where `cuts_word` says so.",
        },
    ),
)
