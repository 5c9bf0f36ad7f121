"""Fields computed from text and annotation: type, tier and attribution of a quote.

Rules R8, R9 and section "Records" of the guidelines (corpus/GUIDELINES.md).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from onrecord.model import (
    WORD,
    Annotation,
    Attribution,
    Derived,
    Mention,
    Quote,
    QuoteType,
    Tier,
)
from onrecord.text import Paragraphs, covers

Extent = tuple[int, int]
COMPLEMENTISERS: Final = frozenset({"that", "whether", "if", "to"})
_TIER_1_ACTS: Final = frozenset({"say", "ask", "order"})
_TIER_1_FORMS: Final = frozenset({"clause", "turn"})


def quote_type(text: str, quote: Quote, own_marks: list[Extent]) -> QuoteType:
    """Direct, indirect or mixed, by how many of the content's word tokens own marks enclose."""
    if not own_marks:
        return "direct" if quote.form == "turn" else "indirect"
    if all(
        any(start <= part.start and part.end <= end for start, end in own_marks)
        for part in quote.content
    ):
        return "direct"
    enclosed = [
        any(start <= token.start() and token.end() <= end for start, end in own_marks)
        for token in _content_tokens(text, quote)
    ]
    if all(enclosed):
        return "direct"
    return "mixed" if any(enclosed) else "indirect"


def _content_tokens(text: str, quote: Quote) -> list[re.Match[str]]:
    """The word tokens of the content without a leading complementiser."""
    tokens = [
        token for part in quote.content for token in WORD.finditer(text, part.start, part.end)
    ]
    if len(tokens) > 1 and tokens[0].group().lower() in COMPLEMENTISERS:
        return tokens[1:]
    return tokens


def quote_tier(quote: Quote, has_own_marks: bool) -> Tier | None:
    """1 for speech in a clause, a turn or marks; 2 for the rest; None where act is unknown."""
    if quote.act is None:
        return None
    if quote.act in _TIER_1_ACTS and (quote.form in _TIER_1_FORMS or has_own_marks):
        return 1
    return 2


def attribution(quote: Quote, mentions: Mapping[str, list[Mention]]) -> Attribution | None:
    """How the source names the speaker; `mentions` are the article's, by speaker.

    None where a source stands in no annotated mention of its speakers.
    """
    if not quote.source:
        return "implicit"
    named_elsewhere = False
    forms = set()
    for speaker in quote.speaker:
        for mention in mentions.get(speaker, ()):
            if covers(quote.source, mention.span):
                forms.add(mention.form)
            elif mention.form == "name":
                named_elsewhere = True
    if "name" in forms:
        return "explicit"
    if "nominal" in forms:
        return "anaphoric" if named_elsewhere else "explicit"
    return "anaphoric" if forms - {None} else None


def speech_marks(text: str, annotation: Annotation) -> dict[str, list[Extent]]:
    """The extents of every quote's own speech marks, by quote id."""
    paragraphs = Paragraphs(text)
    own: dict[str, list[Extent]] = defaultdict(list)
    for mark in annotation.marks:
        if mark.quote is not None and mark.kind == "speech":
            own[mark.quote].append(paragraphs.extent(mark))
    return own


def mentions_by_speaker(mentions: Iterable[Mention]) -> dict[str, list[Mention]]:
    """Mentions grouped by the id of the speaker they refer to."""
    grouped: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        grouped[mention.speaker].append(mention)
    return grouped


def stored(annotation: Annotation) -> dict[str, Derived]:
    """The computed fields that licensed gold carries, by quote id."""
    return {quote.id: quote.derived for quote in annotation.quotes if quote.derived}


def derive(text: str, annotation: Annotation) -> dict[str, Derived]:
    """Type, tier and attribution of every quote of `annotation`, by quote id."""
    own = speech_marks(text, annotation)
    mentions = mentions_by_speaker(annotation.mentions)
    return {
        quote.id: Derived(
            type=quote_type(text, quote, own.get(quote.id, [])),
            tier=quote_tier(quote, quote.id in own),
            attribution=attribution(quote, mentions),
        )
        for quote in annotation.quotes
    }
