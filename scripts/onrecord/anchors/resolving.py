"""From the words of one anchor file to gold with offsets; what cannot be found becomes issues."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec

from onrecord.anchors.filling import (
    holding,
    innermost_holders,
    mention_form,
    missing_rows,
    settle_marks,
    source_mentions,
)
from onrecord.anchors.finding import (
    NotFoundError,
    Scope,
    find_span,
    in_paragraphs_of,
    inside,
    outside,
    whole_words,
)
from onrecord.anchors.records import AnchoredMention, AnchoredQuote, AnchorFile, Where
from onrecord.anchors.yaml_input import Lines
from onrecord.issues import Issue, shorten
from onrecord.model import (
    QUOTE_SPANS,
    Gold,
    Layer,
    Mark,
    Mention,
    Quote,
    Span,
    Speaker,
    Stance,
)
from onrecord.schema_faults import MOST
from onrecord.text import fragment, mark_offsets

_BESIDE = tuple(name for name in QUOTE_SPANS if name != "content")


@dataclass
class Resolver:
    """Turns the words of one anchor file into spans, and collects what cannot be found."""

    file: str
    text: str
    lines: Lines
    speakers: Mapping[str, Speaker]
    issues: list[Issue] = field(default_factory=list)

    @cached_property
    def _mark_offsets(self) -> frozenset[int]:
        return frozenset(mark_offsets(self.text))

    def gold(self, source: AnchorFile) -> Gold:
        """The gold of the file; what could not be found is in `issues`, and lacks there."""
        quotes = [self._quote(number, quote) for number, quote in enumerate(source.quotes)]
        holders = innermost_holders(quotes)
        quotes = [
            msgspec.structs.replace(quote, parent=quote.parent or holders.get(quote.id))
            for quote in quotes
        ]
        marks = self._marks(source, quotes)
        draft = Gold(
            article_id=source.article,
            layer=Layer(
                annotator=source.annotator,
                kind=source.kind,
                reviewed_by_person=source.reviewed_by_person == "true",
                guidelines=source.guidelines,
            ),
            issues=source.issues,
            marks=tuple(marks),
            mentions=tuple(self._mentions(source, quotes)),
            quotes=tuple(quotes),
            stances=tuple(self._stances(source, quotes)),
        )
        order = {quote.id: number for number, quote in reversed(list(enumerate(quotes)))}
        rows = sorted((*draft.stances, *missing_rows(draft)), key=lambda row: order[row.quote])
        return msgspec.structs.replace(draft, stances=tuple(rows))

    def _quote(self, number: int, given: AnchoredQuote) -> Quote:
        place = f"/quotes/{number}"
        content = self._span(given.content, f"{place}/content")
        # Without its content nobody knows near what to look: ambiguity says nothing then.
        quiet = not content
        scopes = (
            (in_paragraphs_of(self.text, content), outside(self.text, content)) if content else ()
        )
        beside: dict[str, Any] = {
            name: self._span(where, f"{place}/{name}", scopes, quiet=quiet)
            for name in _BESIDE
            if (where := getattr(given, name)) is not None
        }
        speaker = (given.speaker,) if isinstance(given.speaker, str) else given.speaker
        return Quote(
            id=given.id or f"q{number + 1}",
            content=content,
            speaker=speaker,
            join=given.join or ("joint" if len(speaker) > 1 else None),
            form=given.form,
            act=given.act,
            status=given.status,
            parent=given.parent,
            continues=given.continues,
            repeats=given.repeats,
            doubtful=given.doubtful == "true",
            note=given.note,
            **beside,
        )

    def _stances(self, source: AnchorFile, quotes: list[Quote]) -> Iterable[Stance]:
        for number, (given, quote) in enumerate(zip(source.quotes, quotes, strict=True)):
            for row, stance in enumerate(given.stances):
                place = f"/quotes/{number}/stances/{row}"
                within = (inside(quote.content), inside(quote.content + quote.cue))
                yield Stance(
                    quote=quote.id,
                    target=stance.target,
                    label=stance.label,
                    basis=stance.basis,
                    carrier=stance.carrier,
                    condition=self._maybe(stance.condition, f"{place}/condition", within),
                    evidence=self._maybe(stance.evidence, f"{place}/evidence", within),
                    note=stance.note,
                )

    def _mentions(self, source: AnchorFile, quotes: list[Quote]) -> Iterable[Mention]:
        found = [
            self._mention(self._span(given.span, f"/mentions/{number}/span"), given)
            for number, given in enumerate(source.mentions)
            if given.span is not None
        ]
        found += source_mentions(self.text, quotes, found, self.speakers)
        for number, given in enumerate(source.mentions):
            if given.span is None and not given.every:
                self._add(
                    f"/mentions/{number}",
                    "anchor-mention",
                    "the mention has neither span nor every",
                    "write the words under one of them",
                )
            every = (given.every,) if isinstance(given.every, str) else given.every
            for words in sorted(every, key=len, reverse=True):
                found += self._every(words, given, f"/mentions/{number}/every", found)
        found.sort(key=lambda mention: [(part.start, -part.end) for part in mention.span])
        for number, mention in enumerate(found, 1):
            yield msgspec.structs.replace(mention, id=f"e{number}")

    def _every(
        self, words: str, given: AnchoredMention, pointer: str, found: list[Mention]
    ) -> list[Mention]:
        spans = [(fragment(self.text, *place),) for place in whole_words(self.text, words)]
        if not spans:
            self._add(
                pointer,
                "anchor-missing",
                f"{words!r} is not in the text as whole words",
                "copy the words from the text",
            )
        taken = holding(
            part for mention in found if mention.speaker == given.speaker for part in mention.span
        )
        return [self._mention(span, given) for span in spans if not taken(span[0])]

    def _mention(self, span: Span, given: AnchoredMention) -> Mention:
        words = self.text[span[0].start : span[-1].end] if span else ""
        form = given.form or mention_form(words, self.speakers.get(given.speaker))
        return Mention(id="e0", span=span, speaker=given.speaker, form=form)

    def _marks(self, source: AnchorFile, quotes: list[Quote]) -> list[Mark]:
        given = []
        for number, mark in enumerate(source.marks):
            span = self._span(mark.span, f"/marks/{number}/span")
            if span:
                given.append(self._given_mark(span, mark.kind, mark.quote, f"/marks/{number}/span"))
        marks, unsettled = settle_marks(self.text, quotes, given)
        starts, ends = _edges(quotes)
        for pair in unsettled[:MOST]:
            offsets = [end for end in pair if end is not None]
            first, last = offsets[0], offsets[-1]
            self._unsettled(first, last + 1, quotes, starts.get(first + 1, ends.get(last)))
        marks.sort(key=lambda mark: mark.open if mark.open is not None else mark.close or 0)
        return [msgspec.structs.replace(m, id=f"m{n}") for n, m in enumerate(marks, 1)]

    def _unsettled(self, start: int, end: int, quotes: list[Quote], short: int | None) -> None:
        """A mark that no quote settles: often that of a quote whose content stops `short` of it."""
        words = self.text[start:end]
        if short is not None:
            self._add(
                f"/quotes/{short}/content",
                "anchor-mark",
                f"the content of {quotes[short].id} stops at its marks: {shorten(words)!r}",
                "marks belong to the content; YAML takes marks around a value away, so"
                " write the words into a block: `content: |-`",
            )
            return
        around = self.text[max(start - 30, 0) : end + 30].replace("\n", " ¶ ")
        self._add(
            "/marks",
            "anchor-mark",
            f"no quote settles the mark {shorten(words)!r} in …{around}…",
            "write the quote whose words they are; if they are nobody's, list the mark under"
            " marks with its kind: title, name, scare, gloss or other",
        )

    def _given_mark(self, span: Span, kind: Any, quote: str | None, pointer: str) -> Mark:
        start, last = span[0].start, span[-1].end - 1
        opening = start if start in self._mark_offsets else None
        closing = last if last in self._mark_offsets and last != start else None
        if opening is not None and closing is None and span[0].end - start == 1:
            opening, closing = (None, start) if self.text[start] in "’”»›" else (start, None)
        if opening is None and closing is None:
            self._add(
                pointer,
                "anchor-mark",
                "neither begins nor ends with a mark that counts",
                "write the words with their quotation marks",
            )
        return Mark(id="m0", open=opening, close=closing, kind=kind, quote=quote)

    def _maybe(self, where: Where | None, pointer: str, scopes: Sequence[Scope]) -> Span:
        return () if where is None else self._span(where, pointer, scopes)

    def _span(
        self,
        where: Where,
        pointer: str,
        scopes: Sequence[Scope] = (),
        *,
        quiet: bool = False,
    ) -> Span:
        try:
            return find_span(self.text, where, scopes)
        except NotFoundError as error:
            if not (quiet and error.code == "anchor-ambiguous"):
                self._add(pointer, error.code, error.message, error.hint)
            return ()

    def _add(self, pointer: str, code: str, message: str, hint: str) -> None:
        line = self.lines.get(pointer)
        file = f"{self.file}:{line}" if line else self.file
        self.issues.append(Issue(file=file, pointer=pointer, code=code, message=message, hint=hint))


def _edges(quotes: list[Quote]) -> tuple[dict[int, int], dict[int, int]]:
    """The number of the first quote that begins at an offset, and of the first that ends there."""
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    for number, quote in enumerate(quotes):
        for part in quote.content:
            starts.setdefault(part.start, number)
            ends.setdefault(part.end, number)
    return starts, ends
