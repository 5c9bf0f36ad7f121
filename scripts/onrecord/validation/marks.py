"""Grade 5: quotation marks. Every mark character is an end of exactly one record."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from onrecord.issues import Issue, shorten
from onrecord.model import Mark, Quote
from onrecord.text import mark_offsets
from onrecord.validation.subject import Check, Subject


def check_ends(subject: Subject) -> Iterator[Issue]:
    """A mark has an end, its open stands before its close, and both stand inside the text."""
    for number, mark in enumerate(subject.annotation.marks):
        if mark.open is None and mark.close is None:
            message = "has neither open nor close"
        elif mark.open is not None and mark.close is not None and mark.open >= mark.close:
            message = f"opens at {mark.open} and closes at {mark.close}"
        elif max(mark.open or 0, mark.close or 0) >= subject.length:
            message = f"lies outside the text, which ends at {subject.length}"
        else:
            continue
        hint = "open and close are the offsets of the mark characters themselves"
        yield subject.issue("mark-ends", f"/marks/{number}", message, hint)


def check_complete(subject: Subject) -> Iterator[Issue]:
    """The mark characters of the text and the ends of the records are the same."""
    text = subject.text or ""
    ends = [end for mark in subject.annotation.marks for end in _ends(mark)]
    expected = mark_offsets(text)
    if sorted(ends) == expected:
        return
    counted, characters = Counter(ends), set(expected)
    for number, mark in enumerate(subject.annotation.marks):
        for name in ("open", "close"):
            end = getattr(mark, name)
            place = f"/marks/{number}/{name}"
            if end is not None and end not in characters:
                yield subject.issue(
                    "mark-place",
                    place,
                    f"no mark character at {end}: {_around(text, end)}",
                    "point at the character itself",
                )
            elif end is not None and counted[end] > 1:
                yield subject.issue(
                    "mark-repeated",
                    place,
                    f"the character at {end} belongs to several records",
                    "keep one record for it",
                )
    if subject.expects("marks", "kind"):
        for offset in expected:
            if offset not in counted:
                yield subject.issue(
                    "mark-missing",
                    "/marks",
                    f"the mark character at {offset} has no record: {_around(text, offset)}",
                    "add a mark; an apostrophe or prime is of kind other",
                )


def check_nesting(subject: Subject) -> Iterator[Issue]:
    """Marks are disjoint or one inside the other."""
    marks = subject.annotation.marks
    extents = [(*subject.extent(mark), number) for number, mark in enumerate(marks)]
    open_ends: list[int] = []
    for start, end, number in sorted(extents, key=lambda extent: (extent[0], -extent[1])):
        while open_ends and open_ends[-1] <= start:
            open_ends.pop()
        if open_ends and open_ends[-1] < end:
            yield subject.issue(
                "mark-nesting",
                f"/marks/{number}",
                f"reaches from {start} to {end}, across the end of another at {open_ends[-1]}",
                "without a close a mark reaches to the end of its paragraph",
            )
        else:
            open_ends.append(end)


def check_quotes(subject: Subject) -> Iterator[Issue]:
    """Marks of kind speech belong to a quote whose content holds them; others to none."""
    for number, mark in enumerate(subject.annotation.marks):
        place = f"/marks/{number}/quote"
        if mark.quote is None:
            if mark.kind == "speech" and subject.expects("marks", "quote"):
                yield subject.issue(
                    "mark-quote",
                    place,
                    f"{mark.id} is speech of no quote",
                    "name the quote, or choose another kind",
                )
        elif mark.kind != "speech":
            yield subject.issue(
                "mark-quote",
                place,
                f"{mark.id} is of kind {mark.kind} and names a quote",
                "only speech marks belong to a quote",
            )
        elif (quote := subject.quotes.get(mark.quote)) is None:
            yield subject.issue(
                "quote-unknown", place, f"there is no quote {mark.quote!r}", "use the id of a quote"
            )
        elif not all(_holds(quote, end) for end in _ends(mark)):
            yield subject.issue(
                "mark-content",
                place,
                f"{mark.id} lies outside the content of {mark.quote}",
                "the content includes its quotation marks",
            )


def _ends(mark: Mark) -> list[int]:
    return [end for end in (mark.open, mark.close) if end is not None]


def _holds(quote: Quote, offset: int) -> bool:
    return any(part.start <= offset < part.end for part in quote.content)


def _around(text: str, offset: int) -> str:
    context = text[max(offset - 25, 0) : offset + 25].replace("\n", " ")
    return f"…{shorten(context)}…"


CHECKS: Final = (
    Check(
        grade=4,
        run=check_ends,
        codes={"mark-ends": "A mark has an end, opens before it closes, and lies in the text."},
    ),
    Check(
        grade=5,
        run=check_complete,
        needs_text=True,
        codes={
            "mark-place": "Open and close of a mark point at mark characters.",
            "mark-repeated": "A mark character belongs to one record only.",
            "mark-missing": "Every mark character of the text belongs to a record.",
        },
    ),
    Check(
        grade=6,
        run=check_nesting,
        needs_text=True,
        codes={"mark-nesting": "Two marks are disjoint, or one lies inside the other."},
    ),
    Check(
        grade=5,
        run=check_quotes,
        codes={
            "mark-quote": "Marks of kind speech name a quote, and no others do.",
            "mark-content": "A quote's own marks lie inside its content.",
        },
    ),
)
