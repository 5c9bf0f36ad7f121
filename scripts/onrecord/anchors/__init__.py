"""Annotation by exact words: anchor files to gold with offsets, ambiguity as a finding.

The format is described with a full example in docs/ANCHORS.md.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from onrecord.anchors.filling import (
    innermost_holder,
    mention_form,
    missing_rows,
    settle_marks,
    source_mentions,
)
from onrecord.anchors.finding import (
    NotFoundError,
    Place,
    find_span,
    in_paragraphs_of,
    inside,
    outside,
    whole_words,
)
from onrecord.anchors.records import (
    AnchoredMention,
    AnchoredQuote,
    AnchorFile,
    Where,
)
from onrecord.anchors.yaml_input import MAX_BYTES, Lines, read_yaml
from onrecord.files import read_bytes
from onrecord.issues import InputError, Issue
from onrecord.json_input import pointer_of
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
    Target,
)
from onrecord.text import covers, fragment, mark_offsets

__all__ = ["AnchorFile", "Anchored", "anchor", "read_anchors"]

_BESIDE = tuple(name for name in QUOTE_SPANS if name != "content")


@dataclass(frozen=True)
class Anchored:
    """Gold with offsets, and the speakers and targets that its anchor file brought along."""

    gold: Gold
    speakers: tuple[Speaker, ...]
    targets: tuple[Target, ...]


def read_anchors(path: Path, file: str | None = None) -> tuple[AnchorFile, Lines]:
    """An anchor file's record and the line of every value, by JSON pointer.

    Raises `InputError` with every finding.
    """
    file = file or path.name
    data, lines = read_yaml(read_bytes(path, file, MAX_BYTES), file)
    errors = list(_schema_validator().iter_errors(data))
    if errors:
        raise InputError(*(_schema_issue(file, error, lines) for error in errors[:1000]))
    try:
        return msgspec.convert(data, AnchorFile), lines
    except msgspec.ValidationError as error:
        raise InputError(Issue(file=file, pointer="", code="schema", message=str(error))) from None


@cache
def _schema_validator() -> Any:
    import jsonschema_rs

    from onrecord.schemas import schema_of

    return jsonschema_rs.validator_for(schema_of(AnchorFile))


def _schema_issue(file: str, error: Any, lines: Lines) -> Issue:
    pointer = pointer_of(error.instance_path)
    place = f"{file}:{lines[pointer]}" if pointer in lines else file
    hint = "see docs/ANCHORS.md or `onrecord schema anchors`"
    return Issue(file=place, pointer=pointer, code="schema", message=error.message[:300], hint=hint)


def anchor(
    path: Path, texts: Callable[[str], str], speakers: Mapping[str, Speaker] | None = None
) -> Anchored:
    """Resolve one anchor file against its article's text.

    `texts` gives the text of an article id and raises `KeyError` for an unknown one; `speakers`
    is the registry as far as it exists. Raises `InputError` with every finding.
    """
    file, lines = read_anchors(path)
    try:
        text = texts(file.article)
    except KeyError:
        raise InputError(
            Issue(
                file=path.name,
                pointer="/article",
                code="anchor-article",
                message=f"there is no text of an article {file.article!r}",
                hint="name an article of the corpus, or give its text with --texts",
            )
        ) from None
    own = tuple(msgspec.convert(msgspec.to_builtins(each), Speaker) for each in file.speakers)
    targets = tuple(msgspec.convert(msgspec.to_builtins(each), Target) for each in file.targets)
    known = {**(speakers or {}), **{speaker.id: speaker for speaker in own}}
    resolver = _Resolver(path.name, text, lines, known)
    gold = resolver.gold(file)
    if resolver.issues:
        raise InputError(*resolver.issues)
    return Anchored(gold, own, targets)


@dataclass
class _Resolver:
    """Turns the words of one anchor file into spans, and collects what cannot be found."""

    file: str
    text: str
    lines: Lines
    speakers: Mapping[str, Speaker]
    issues: list[Issue] = field(default_factory=list)

    def gold(self, source: AnchorFile) -> Gold:
        quotes = [self._quote(number, quote) for number, quote in enumerate(source.quotes)]
        quotes = [
            quote
            if given.parent is not None
            else msgspec.structs.replace(quote, parent=innermost_holder(quote, quotes))
            for given, quote in zip(source.quotes, quotes, strict=True)
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
        rows = sorted(
            (*draft.stances, *missing_rows(draft)),
            key=lambda row: [quote.id for quote in quotes].index(row.quote),
        )
        return msgspec.structs.replace(draft, stances=tuple(rows))

    def _quote(self, number: int, given: AnchoredQuote) -> Quote:
        place = f"/quotes/{number}"
        content = self._span(given.content, f"{place}/content")
        scopes = (in_paragraphs_of(self.text, content), outside(content)) if content else ()
        beside: dict[str, Any] = {
            name: self._span(where, f"{place}/{name}", scopes)
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
        taken = [mention.span for mention in found if mention.speaker == given.speaker]
        return [
            self._mention(span, given)
            for span in spans
            if not any(covers(other, span) for other in taken)
        ]

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
        for pair in unsettled:
            start, end = (end for end in (pair[0] or pair[1], pair[1] or pair[0]))
            words = self.text[start or 0 : (end or 0) + 1]
            around = self.text[max((start or 0) - 30, 0) : (end or 0) + 30].replace("\n", " ¶ ")
            self._add(
                "/marks",
                "anchor-mark",
                f"no quote settles the mark {words!r} in …{around}…",
                "list it under marks with its kind: title, name, scare, gloss or other",
            )
        marks.sort(key=lambda mark: mark.open if mark.open is not None else mark.close or 0)
        return [msgspec.structs.replace(m, id=f"m{n}") for n, m in enumerate(marks, 1)]

    def _given_mark(self, span: Span, kind: Any, quote: str | None, pointer: str) -> Mark:
        offsets = set(mark_offsets(self.text))
        start, last = span[0].start, span[-1].end - 1
        opening = start if start in offsets else None
        closing = last if last in offsets and last != start else None
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

    def _maybe(
        self, where: Where | None, pointer: str, scopes: Iterable[Callable[[Place], bool]]
    ) -> Span:
        return () if where is None else self._span(where, pointer, scopes)

    def _span(
        self, where: Where, pointer: str, scopes: Iterable[Callable[[Place], bool]] = ()
    ) -> Span:
        try:
            return find_span(self.text, where, scopes)
        except NotFoundError as error:
            self._add(pointer, error.code, error.message, error.hint)
            return ()

    def _add(self, pointer: str, code: str, message: str, hint: str) -> None:
        line = self.lines.get(pointer)
        file = f"{self.file}:{line}" if line else self.file
        self.issues.append(Issue(file=file, pointer=pointer, code=code, message=message, hint=hint))
