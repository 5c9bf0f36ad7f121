"""Gold of a licensed article for a copy of its text: by hash where equal, else span by span.

A quote is kept with all its stances if every span of both was found with the words and marks that
make it what it is; otherwise it is reported and left out. What leans on a quote that is left out
(its marks, a parent, a chain) is cut from it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from msgspec.structs import replace

from onrecord.derived import derive
from onrecord.issues import Issue
from onrecord.licensed.anchoring import LOST, Found, find_all
from onrecord.licensed.fingerprints import Fingerprints, Place
from onrecord.model import (
    QUOTE_SPANS,
    Article,
    Gold,
    Mark,
    Mention,
    Quote,
    Span,
    Stance,
    Zone,
)
from onrecord.text import fragment, text_hash

ENOUGH: Final = 0.5
"""The share of stretches from which a text counts as a copy of the article: the same statement may
stand in other articles too, and there it would be somebody else's."""
_PUT: Final = "put your copy into the folder of texts, as plain text in UTF-8 (*.txt)"


@dataclass(frozen=True)
class Joined:
    """An article with a copy of its text.

    `exact` says that the copy is the annotated text itself, `share` how many of its stretches were
    found, `issues` which records were not.
    """

    article: Article
    gold: Gold
    text: str
    exact: bool
    share: float
    issues: tuple[Issue, ...]

    @property
    def left_out(self) -> int:
        """How many quotes of the gold were not found in the copy."""
        return sum(issue.pointer.startswith("/quotes/") for issue in self.issues)


@dataclass(frozen=True)
class NoCopy:
    """That no text is a copy: the share of stretches found in the nearest, and why it is none."""

    share: float
    issue: Issue


def join(
    article: Article, gold: Gold, prints: Fingerprints | None, texts: Mapping[str, str]
) -> Joined | NoCopy:
    """The article with its copy among `texts` (text by sha256), or why none is one.

    Findings name the records of `gold` that were not found.
    """
    if article.text_sha256 in texts:
        return Joined(article, gold, texts[article.text_sha256], True, 1.0, ())
    if not texts:
        return _no_copy(article, "there is no text to look in", _PUT)
    if prints is None:
        return _no_copy(
            article,
            "none of the texts is the annotated one, and without fingerprints no other is known",
            f"get fingerprints/{article.id}.json, which `onrecord seal` writes",
        )
    finds = ((find_all(prints, text), text) for text in dict.fromkeys(texts.values()))
    found, text = max(finds, key=lambda pair: pair[0].share)
    if found.share >= ENOUGH:
        return _reanchored(article, gold, text, found)
    return _no_copy(
        article,
        f"none of the texts is a copy of this article: {found.share:.1%} of its spans are found in"
        f" the nearest, {ENOUGH:.0%} make a copy",
        _PUT,
        found.share,
    )


def _no_copy(article: Article, message: str, hint: str, share: float = 0) -> NoCopy:
    file = f"articles/{article.id}.json"
    return NoCopy(share, Issue(file=file, pointer="", code="no-copy", message=message, hint=hint))


def _reanchored(article: Article, gold: Gold, text: str, found: Found) -> Joined:
    mover = _Mover(text, found, f"gold/{article.id}.json")
    quotes, stances = mover.quotes(gold)
    draft = replace(
        gold,
        marks=tuple(mover.marks(gold.marks)),
        mentions=tuple(mover.mentions(gold.mentions)),
        quotes=tuple(quotes),
        stances=tuple(stances),
    )
    changed = _changed(draft, text)
    for id in sorted(changed):
        mover.report("quotes", id, "marks")
    lost = {quote.id for quote in gold.quotes} - {quote.id for quote in quotes}
    return Joined(
        article=replace(
            article,
            text_sha256=text_hash(text),
            text_length=len(text),
            zones=tuple(mover.zones(article.zones)),
        ),
        gold=_without(draft, lost | changed),
        text=text,
        exact=False,
        share=found.share,
        issues=tuple(mover.issues),
    )


def _changed(gold: Gold, text: str) -> set[str]:
    """The quotes that the copy's marks turn into another type or tier.

    What is stored of the others stays: where the copy lacks a mention that names the speaker,
    attribution would come out wrong.
    """
    now = derive(text, gold)
    return {
        quote.id
        for quote in gold.quotes
        if quote.derived
        and (now[quote.id].type, now[quote.id].tier) != (quote.derived.type, quote.derived.tier)
    }


def _without(gold: Gold, gone: set[str]) -> Gold:
    """Gold without these quotes and what leans on them."""
    quotes = [_cut_loose(each, gone) for each in gold.quotes if each.id not in gone]
    speakers = {each for quote in quotes for each in quote.speaker}
    return replace(
        gold,
        quotes=tuple(quotes),
        stances=tuple(each for each in gold.stances if each.quote not in gone),
        marks=tuple(each for each in gold.marks if each.quote not in gone),
        mentions=tuple(each for each in gold.mentions if each.speaker in speakers),
    )


def _cut_loose(quote: Quote, gone: set[str]) -> Quote:
    chains = {
        name: None for name in ("parent", "continues", "repeats") if getattr(quote, name) in gone
    }
    return replace(quote, **chains) if chains else quote


class _Mover:
    """Moves records from the original's offsets to the copy's, and reports what it cannot."""

    def __init__(self, text: str, found: Found, file: str) -> None:
        self.text, self.found, self.file = text, found, file
        self.issues: list[Issue] = []
        self._starts = {old[0]: new[0] for old, new in found.places.items()}
        self._ends = {old[1]: new[1] for old, new in found.places.items()}

    def report(self, kind: str, id: str, reason: str) -> None:
        """A record that was not found."""
        self.issues.append(
            Issue(
                file=self.file,
                pointer=f"/{kind}/{id}",
                code="not-anchored",
                message=f"{id} of {kind} is left out: {LOST[reason]}",
                hint="the copy differs there; nothing is guessed",
            )
        )

    def quotes(self, gold: Gold) -> tuple[list[Quote], list[Stance]]:
        """The quotes that were found, and their stances."""
        rows: dict[str, list[Stance]] = {}
        for stance in gold.stances:
            rows.setdefault(stance.quote, []).append(stance)
        kept: list[Quote] = []
        stances: list[Stance] = []
        for quote in gold.quotes:
            own = rows.get(quote.id, [])
            spans = [getattr(quote, name) for name in QUOTE_SPANS]
            spans += [span for row in own for span in (row.condition, row.evidence)]
            if reason := self._reason(spans):
                self.report("quotes", quote.id, reason)
                continue
            moved = {name: self._span(getattr(quote, name)) for name in QUOTE_SPANS}
            kept.append(replace(quote, **moved))
            stances += [
                replace(row, condition=self._span(row.condition), evidence=self._span(row.evidence))
                for row in own
            ]
        return kept, stances

    def mentions(self, mentions: Iterable[Mention]) -> Iterator[Mention]:
        """The mentions that were found."""
        for mention in mentions:
            if reason := self._reason([mention.span]):
                self.report("mentions", mention.id, reason)
            else:
                yield replace(mention, span=self._span(mention.span))

    def marks(self, marks: Iterable[Mark]) -> Iterator[Mark]:
        """The marks whose characters were found."""
        for mark in marks:
            ends = [end for end in (mark.open, mark.close) if end is not None]
            if reason := next(filter(None, (self._lost((end, end + 1)) for end in ends)), None):
                self.report("marks", mark.id, reason)
                continue
            yield replace(mark, open=self._mark(mark.open), close=self._mark(mark.close))

    def zones(self, zones: Iterable[Zone]) -> Iterator[Zone]:
        """The zones whose edges were found, where they stand in order."""
        last = 0
        for number, zone in enumerate(zones):
            start, end = self._starts.get(zone.start), self._ends.get(zone.end)
            if start is None or end is None or not last <= start < end:
                self.report("zones", str(number), "words")
                continue
            last = end
            yield replace(zone, start=start, end=end)

    def _reason(self, spans: Iterable[Span]) -> str | None:
        """Why these spans cannot be moved; None where they can."""
        for span in spans:
            for part in span:
                if lost := self._lost((part.start, part.end)):
                    return lost
            if not _sorted(self._span(span)):
                return "places"
        return None

    def _lost(self, place: Place) -> str | None:
        """Why a stretch was not found; one without a fingerprint never is."""
        return None if place in self.found.places else self.found.lost.get(place, "words")

    def _span(self, span: Span) -> Span:
        places = [self.found.places[part.start, part.end] for part in span]
        return tuple(fragment(self.text, *place) for place in places)

    def _mark(self, offset: int | None) -> int | None:
        return None if offset is None else self.found.places[offset, offset + 1][0]


def _sorted(span: Span) -> bool:
    return all(one.end <= two.start for one, two in pairwise(span))
