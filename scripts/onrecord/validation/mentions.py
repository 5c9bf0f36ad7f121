"""Grade 5: speakers and their mentions."""

from collections.abc import Iterator
from typing import Final

from onrecord.issues import Issue, do_you_mean
from onrecord.model import Span
from onrecord.text import covers
from onrecord.validation.subject import Check, Subject


def check_speakers(subject: Subject) -> Iterator[Issue]:
    """Speakers of quotes and mentions stand in the registry."""
    known = subject.speakers
    if known is None:
        return
    for number, quote in enumerate(subject.annotation.quotes):
        for place, speaker in enumerate(quote.speaker):
            if speaker not in known:
                yield _unknown(subject, f"/quotes/{number}/speaker/{place}", speaker)
    for number, mention in enumerate(subject.annotation.mentions):
        if mention.speaker not in known:
            yield _unknown(subject, f"/mentions/{number}/speaker", mention.speaker)


def _unknown(subject: Subject, pointer: str, speaker: str) -> Issue:
    return subject.issue(
        "speaker-unknown",
        pointer,
        f"there is no speaker {speaker!r}",
        do_you_mean(speaker, subject.speakers or (), "add it to the registry of speakers"),
    )


def check_mentions(subject: Subject) -> Iterator[Issue]:
    """Mentions have a form, belong to speakers of quotes here, and stand once."""
    quoted = {speaker for quote in subject.annotation.quotes for speaker in quote.speaker}
    seen = set()
    for number, mention in enumerate(subject.annotation.mentions):
        place = f"/mentions/{number}"
        if mention.form is None and subject.expects("mentions", "form"):
            yield subject.issue(
                "field-missing",
                f"{place}/form",
                f"{mention.id} has no form",
                "fill it, or declare it in the manifest's `incomplete`",
            )
        if mention.speaker not in quoted and subject.expects("quotes", "speaker"):
            yield subject.issue(
                "mention-speaker",
                f"{place}/speaker",
                f"{mention.speaker!r} is the speaker of no quote here",
                "only chains of this article's speakers are annotated",
            )
        key = (mention.span, mention.speaker)
        if key in seen:
            yield subject.issue(
                "mention-repeated", place, f"{mention.id} repeats an earlier mention", "remove it"
            )
        seen.add(key)


def check_sources(subject: Subject) -> Iterator[Issue]:
    """The source of a quote holds a mention of each of its speakers."""
    if not subject.expects("mentions"):
        return
    spans: dict[str, list[Span]] = {}
    for mention in subject.annotation.mentions:
        spans.setdefault(mention.speaker, []).append(mention.span)
    for number, quote in enumerate(subject.annotation.quotes):
        for speaker in quote.speaker if quote.source else ():
            if not _holds_one(quote.source, spans.get(speaker, [])):
                yield subject.issue(
                    "mention-source",
                    f"/quotes/{number}/source",
                    f"the source of {quote.id} holds no mention of {speaker}",
                    "annotate the source as a mention too",
                )


def _holds_one(source: Span, mentions: list[Span]) -> bool:
    return source in mentions or any(covers(source, mention) for mention in mentions)


CHECKS: Final = (
    Check(
        grade=5,
        run=check_speakers,
        codes={"speaker-unknown": "Every speaker stands in the registry."},
    ),
    Check(
        grade=5,
        run=check_mentions,
        codes={
            "mention-speaker": "A mention refers to a speaker of one of the article's quotes.",
            "mention-repeated": "A mention stands once.",
        },
    ),
    Check(
        grade=6,
        run=check_sources,
        codes={"mention-source": "The source of a quote holds a mention of each of its speakers."},
    ),
)
