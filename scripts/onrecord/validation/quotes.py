"""Grades 5 and 6: the fields of a quote against each other, nesting and chains."""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from onrecord.issues import Issue
from onrecord.model import Derived, Quote
from onrecord.text import covers
from onrecord.validation.chains import in_circles
from onrecord.validation.subject import Check, Subject

_FILLED: Final = ("form", "act", "status")
_CHAINS: Final = ("parent", "continues", "repeats")


def check_fields(subject: Subject) -> Iterator[Issue]:
    """Form, act, status and speaker are filled, and join goes with several speakers."""
    for number, quote in enumerate(subject.annotation.quotes):
        place = f"/quotes/{number}"
        for name in _FILLED:
            if getattr(quote, name) is None and subject.expects("quotes", name):
                yield subject.issue(
                    "field-missing",
                    f"{place}/{name}",
                    f"{quote.id} has no {name}",
                    "fill it, or declare it in the manifest's `incomplete`",
                )
        if quote.source and not quote.speaker and subject.expects("quotes", "speaker"):
            yield subject.issue(
                "quote-speaker",
                f"{place}/speaker",
                f"{quote.id} has a source and no speaker",
                "name the speaker of the source",
            )
        if len(set(quote.speaker)) < len(quote.speaker):
            yield subject.issue(
                "quote-speaker",
                f"{place}/speaker",
                f"{quote.id} names a speaker twice",
                "name each once",
            )
        several = len(quote.speaker) > 1
        if (quote.join is not None) != several and subject.expects(
            "quotes", "join" if several else "speaker"
        ):
            yield subject.issue(
                "quote-join",
                f"{place}/join",
                f"{quote.id} has {len(quote.speaker)} speakers and join {quote.join}",
                "join (joint or either) goes with several speakers, and only with them",
            )


def check_form(subject: Subject) -> Iterator[Issue]:
    """Free speech has neither cue nor marks of its own; a report is not wholly in marks."""
    for number, quote in enumerate(subject.annotation.quotes):
        place = f"/quotes/{number}/form"
        if quote.form == "free" and (quote.cue or quote.id in subject.own_marks):
            yield subject.issue(
                "quote-form",
                place,
                f"{quote.id} is free and has a cue or marks of its own",
                "free indirect speech has neither; choose clause or report",
            )
        if quote.form == "report" and subject.derived[quote.id].type == "direct":
            yield subject.issue(
                "quote-form",
                place,
                f"{quote.id} is a report and stands wholly in marks",
                "a content wholly in marks is a clause",
            )


def check_references(subject: Subject) -> Iterator[Issue]:
    """Parent, continues and repeats name other quotes of the article, without a cycle."""
    circles = {
        name: in_circles({id: getattr(quote, name) for id, quote in subject.quotes.items()})
        for name in _CHAINS
    }
    for number, quote in enumerate(subject.annotation.quotes):
        for name in _CHAINS:
            other = getattr(quote, name)
            if other is None:
                continue
            place = f"/quotes/{number}/{name}"
            if other not in subject.quotes:
                yield subject.issue(
                    "quote-unknown", place, f"there is no quote {other!r}", "use the id of a quote"
                )
            elif quote.id in circles[name]:
                yield subject.issue(
                    "quote-cycle",
                    place,
                    f"following {name} from {quote.id} leads back to it",
                    "break the circle",
                )


def check_parents(subject: Subject) -> Iterator[Issue]:
    """A nested quote's content lies inside its parent's, and differs from it."""
    for number, quote in enumerate(subject.annotation.quotes):
        if quote.parent is None:
            continue
        parent = subject.quotes[quote.parent]
        if quote.content == parent.content or not covers(parent.content, quote.content):
            yield subject.issue(
                "quote-parent",
                f"/quotes/{number}/parent",
                f"the content of {quote.id} does not lie inside that of {quote.parent}",
                "the parent's content is the whole complement of its cue",
            )


def check_repetitions(subject: Subject) -> Iterator[Issue]:
    """No attribution stands twice: content, cue, source and speakers together are its own.

    An import keeps what its source repeats.
    """
    seen: dict[tuple[object, ...], str] = {}
    for number, quote in enumerate(subject.annotation.quotes):
        key = (quote.content, quote.cue, quote.source, quote.speaker, quote.parent)
        if key in seen and not quote.orig:
            yield subject.issue(
                "quote-repeated",
                f"/quotes/{number}",
                f"{quote.id} says the same as {seen[key]}",
                "keep one of them",
            )
        seen.setdefault(key, quote.id)


def check_marks_around(subject: Subject) -> Iterator[Issue]:
    """Marks around a content belong to it, so no other mark encloses exactly a content."""
    around = {
        (mark.open + 1, mark.close): mark.id
        for mark in subject.annotation.marks
        if mark.open is not None and mark.close is not None and mark.quote is None
    }
    for number, quote in enumerate(subject.annotation.quotes):
        for place, part in enumerate(quote.content):
            if mark := around.get((part.start, part.end)):
                yield subject.issue(
                    "quote-marks",
                    f"/quotes/{number}/content/{place}",
                    f"the content of {quote.id} stops at its marks ({mark})",
                    "marks around a content are part of it, and speech of the quote",
                )


def check_chains(subject: Subject) -> Iterator[Issue]:
    """A continuation has no source of its own; both ends of a chain have one speaker."""
    for number, quote in enumerate(subject.annotation.quotes):
        if quote.continues is not None and (quote.source or quote.cue):
            yield subject.issue(
                "quote-continues",
                f"/quotes/{number}/continues",
                f"{quote.id} continues {quote.continues} and has a cue or source of its own",
                "with a cue of its own it is a quote that continues nothing",
            )
        for name in ("continues", "repeats"):
            other = getattr(quote, name)
            if other is None:
                continue
            theirs = subject.quotes[other].speaker
            unknown = not (quote.speaker and theirs) and not subject.expects("quotes", "speaker")
            if set(quote.speaker) != set(theirs) and not unknown:
                yield subject.issue(
                    f"quote-{name}",
                    f"/quotes/{number}/{name}",
                    f"{quote.id} and {other} have different speakers",
                    "a chain stays with its speaker",
                )


def check_derived(subject: Subject) -> Iterator[Issue]:
    """Licensed gold carries its computed fields, and they are right; open gold carries none."""
    licensed = subject.rights == "licensed"
    for number, quote in enumerate(subject.annotation.quotes):
        place = f"/quotes/{number}/derived"
        if licensed and quote.derived is None:
            yield subject.issue(
                "derived-missing",
                place,
                f"{quote.id} of a licensed article has no derived fields",
                "store type, tier and attribution: nobody can compute them without the text",
            )
        elif not licensed and quote.derived is not None:
            yield subject.issue(
                "derived-stored",
                place,
                f"{quote.id} of an open article stores derived fields",
                "remove them: they are computed",
            )
        elif licensed and subject.text is not None and quote.derived != _due(subject, quote):
            yield subject.issue(
                "derived-wrong",
                place,
                f"{quote.id} should have {_due(subject, quote)}",
                "the fields follow from text, marks and mentions",
            )


def _due(subject: Subject, quote: Quote) -> Derived:
    """The computed fields; attribution as stored where mentions may be missing."""
    due = subject.derived[quote.id]
    if quote.derived is None or subject.expects("mentions"):
        return due
    return replace(due, attribution=quote.derived.attribution)


CHECKS: Final = (
    Check(
        grade=5,
        run=check_fields,
        codes={
            "field-missing": "Fields that the corpus claims to annotate are filled.",
            "quote-speaker": "A quote with a source names its speakers, each once.",
            "quote-join": "Join goes with several speakers, and only with them.",
        },
    ),
    Check(
        grade=5,
        run=check_references,
        codes={
            "quote-unknown": "Marks, chains and stances name quotes of the same annotation.",
            "quote-cycle": "Parent, continues and repeats never lead back to where they started.",
        },
    ),
    Check(
        grade=5,
        run=check_repetitions,
        codes={"quote-repeated": "A quote stands once; an import keeps what its source repeats."},
    ),
    Check(
        grade=5,
        run=check_marks_around,
        codes={"quote-marks": "A quote's content takes in the marks that enclose it."},
    ),
    Check(
        grade=6,
        run=check_parents,
        codes={"quote-parent": "A nested quote lies inside its parent and is not the same."},
    ),
    Check(
        grade=6,
        run=check_chains,
        codes={
            "quote-continues": "A continuation has no cue or source, and its quote's speaker.",
            "quote-repeats": "A restatement has the speaker of the quote that it restates.",
        },
    ),
    Check(
        grade=6,
        run=check_form,
        needs_text=True,
        codes={"quote-form": "Form agrees with cue, marks and type."},
    ),
    Check(
        grade=6,
        run=check_derived,
        codes={
            "derived-missing": "Licensed gold stores type, tier and attribution.",
            "derived-stored": "Open gold stores no computed field.",
            "derived-wrong": "Stored computed fields equal what the text gives.",
        },
    ),
)
