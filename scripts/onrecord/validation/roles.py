"""Grade 5: where the spans of a quote stand to each other.

Imports are left alone: their makers had rules of their own.
"""

from collections.abc import Iterator
from itertools import combinations, pairwise
from operator import attrgetter
from typing import Final

from onrecord.issues import Issue
from onrecord.model import Quote, Span
from onrecord.text import covers
from onrecord.validation.subject import Check, Subject

_ROLES: Final = ("content", "cue", "source", "addressee", "via")
_HEADS: Final = {"cue_head": "cue", "source_head": "source"}
_START: Final = attrgetter("start")


def check_overlap(subject: Subject) -> Iterator[Issue]:
    """No two roles share a character; an addressee may stand in words as they were spoken."""
    for number, quote in enumerate(subject.annotation.quotes):
        if quote.orig or _apart(quote):
            continue
        for one, other in combinations(_ROLES, 2):
            shared = _shared(getattr(quote, other), getattr(quote, one))
            if not shared or (other == "addressee" and _vocative(subject, quote, shared)):
                continue
            yield subject.issue(
                "quote-overlap",
                f"/quotes/{number}/{other}",
                f"{other} and {one} of {quote.id} overlap from {shared[0].start} on",
                "only an addressee may stand in the content, inside marks or a labelled turn",
            )


def _apart(quote: Quote) -> bool:
    parts = [*quote.content, *quote.cue, *quote.source, *quote.addressee, *quote.via]
    parts.sort(key=_START)
    return all(one.end <= other.start for one, other in pairwise(parts))


def _shared(inner: Span, outer: Span) -> Span:
    """The fragments of `inner` that have a character in common with `outer`."""
    return tuple(
        part
        for part in inner
        if any(part.start < other.end and other.start < part.end for other in outer)
    )


def _vocative(subject: Subject, quote: Quote, addressee: Span) -> bool:
    """Whether fragments of an addressee stand in words as they were spoken: in marks or a turn."""
    if not covers(quote.content, addressee):
        return False
    if quote.form == "turn" or subject.text is None or not subject.expects("marks"):
        return True
    extents = [extent for own in subject.own_marks.values() for extent in own]
    return all(
        any(start <= part.start and part.end <= end for start, end in extents) for part in addressee
    )


def check_frames(subject: Subject) -> Iterator[Issue]:
    """A head lies in what it heads; the reporting clause holds the cue and not the content."""
    for number, quote in enumerate(subject.annotation.quotes):
        if quote.orig or not (quote.cue_head or quote.source_head or quote.frame):
            continue
        for name, whole in _HEADS.items():
            if not covers(getattr(quote, whole), getattr(quote, name)):
                yield subject.issue(
                    "quote-head",
                    f"/quotes/{number}/{name}",
                    f"the {name} of {quote.id} lies outside its {whole}",
                    "the head is a word of the span",
                )
        if quote.frame and (
            not covers(quote.frame, quote.cue) or _shared(quote.content, quote.frame)
        ):
            yield subject.issue(
                "quote-frame",
                f"/quotes/{number}/frame",
                f"the frame of {quote.id} leaves out its cue or takes in content",
                "the frame is the whole reporting clause, without what it reports",
            )


CHECKS: Final = (
    Check(
        grade=5,
        run=check_overlap,
        codes={
            "quote-overlap": "Content, cue, source, addressee and via do not overlap; but an"
            " addressee may stand in a content, inside marks or a labelled turn."
        },
    ),
    Check(
        grade=5,
        run=check_frames,
        codes={
            "quote-head": "The head of a cue or source lies in it.",
            "quote-frame": "A frame holds the quote's cue and none of its content.",
        },
    ),
)
