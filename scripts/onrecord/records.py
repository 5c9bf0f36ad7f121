"""The records that users read: articles with everything computed and every word written out.

They are the rows of the published tables; field and column names are the same. Building makes
the tables from them, `onrecord.load` yields `AnnotatedArticle`, config `articles` holds the same.
"""

from typing import Annotated

from msgspec import Meta

from onrecord.model import (
    Act,
    Attribution,
    Basis,
    Carrier,
    Ident,
    Join,
    LayerKind,
    Mark,
    MarkKind,
    MentionForm,
    QuoteForm,
    QuoteType,
    Record,
    Rights,
    Span,
    SpeakerKind,
    Split,
    StanceLabel,
    Status,
    TargetKind,
    Tier,
    Zone,
    ZoneKind,
)


class AnnotatedMention(Record, frozen=True, kw_only=True):
    """A mention with its words; words are None where the text may not be shipped."""

    id: str
    span: Span
    text: str | None
    speaker: str
    form: MentionForm | None


class StanceFields(Record, frozen=True, kw_only=True):
    """A stance with its target's words."""

    target: str
    target_kind: TargetKind
    target_text: str
    label: StanceLabel
    basis: Basis | None
    carrier: Carrier
    condition: Span
    condition_text: str | None
    evidence: Span
    evidence_text: str | None
    note: str | None


class AnnotatedStance(StanceFields, frozen=True, kw_only=True):
    """A stance under its quote."""


class QuoteFields(Record, frozen=True, kw_only=True):
    """A quote with computed fields, words and names."""

    type: QuoteType | None
    tier: Tier | None
    form: QuoteForm | None
    act: Act | None
    status: Status | None
    attribution: Attribution | None
    speaker: tuple[str, ...]
    speaker_names: tuple[str, ...]
    join: Join | None
    content: Span
    content_text: str | None
    cue: Span
    cue_text: str | None
    source: Span
    source_text: str | None
    addressee: Span
    addressee_text: str | None
    via: Span
    via_text: str | None
    cue_head: Span
    source_head: Span
    frame: Span
    zone: Annotated[ZoneKind | None, Meta(description="Of the content's first character.")]
    parent: str | None
    continues: str | None
    repeats: str | None
    doubtful: bool
    note: str | None


class AnnotatedQuote(QuoteFields, frozen=True, kw_only=True):
    """A quote of an article, with its stances."""

    id: str
    stances: tuple[AnnotatedStance, ...]


class AnnotatedArticle(Record, frozen=True, kw_only=True):
    """An article with its text and gold: a row of config `articles`."""

    id: str
    title: str
    outlet: str | None
    byline: str | None
    published: str | None
    language: str
    genre: str | None
    story: str | None
    split: Split
    rights: Rights
    text: str | None
    text_sha256: str
    text_length: int
    zones: tuple[Zone, ...]
    issues: tuple[str, ...]
    marks: tuple[Mark, ...]
    mentions: tuple[AnnotatedMention, ...]
    quotes: tuple[AnnotatedQuote, ...]


class QuoteRow(QuoteFields, frozen=True, kw_only=True):
    """A row of config `quotes`."""

    article_id: str
    outlet: str | None
    published: str | None
    genre: str | None
    story: str | None
    quote_id: str


class StanceRow(StanceFields, frozen=True, kw_only=True):
    """A row of config `stances`: a stance with the quote that shows it."""

    article_id: str
    outlet: str | None
    published: str | None
    genre: str | None
    story: str | None
    quote_id: str
    speaker: tuple[str, ...]
    speaker_names: tuple[str, ...]
    type: QuoteType | None
    status: Status | None
    content_text: str | None


class MarkRow(Record, frozen=True, kw_only=True):
    """A row of config `marks`: a quotation mark or a pair, with the words enclosed."""

    article_id: str
    outlet: str | None
    published: str | None
    genre: str | None
    story: str | None
    mark_id: str
    open: int | None
    close: int | None
    kind: MarkKind
    quote_id: str | None
    text: str


class RawQuote(Record, frozen=True, kw_only=True):
    """A quote as an annotator made it: the fields of the model, nothing computed."""

    id: str
    content: Span
    cue: Span
    cue_head: Span
    source: Span
    source_head: Span
    addressee: Span
    via: Span
    frame: Span
    speaker: tuple[str, ...]
    join: Join | None
    form: QuoteForm | None
    act: Act | None
    status: Status | None
    parent: str | None
    continues: str | None
    repeats: str | None
    doubtful: bool
    note: str | None


class RawMention(Record, frozen=True, kw_only=True):
    """A mention as an annotator made it."""

    id: str
    span: Span
    speaker: str
    form: MentionForm | None


class RawStance(Record, frozen=True, kw_only=True):
    """A stance as an annotator made it."""

    quote: str
    target: str
    label: StanceLabel
    basis: Basis | None
    carrier: Carrier
    condition: Span
    evidence: Span
    note: str | None


class AnnotationRow(Record, frozen=True, kw_only=True):
    """A row of config `annotations`: one annotator's layer of one article."""

    article_id: str
    annotator: str
    kind: LayerKind
    reviewed_by_person: bool
    guidelines: str | None
    issues: tuple[str, ...]
    marks: tuple[Mark, ...]
    mentions: tuple[RawMention, ...]
    quotes: tuple[RawQuote, ...]
    stances: tuple[RawStance, ...]


class SpeakerRow(Record, frozen=True, kw_only=True):
    """A row of config `speakers`."""

    speaker_id: str
    name: str
    kind: SpeakerKind
    ident: Ident
    aliases: tuple[str, ...]
    role: str | None
    affiliation: str | None
    wikidata: str | None


class TargetRow(Record, frozen=True, kw_only=True):
    """A row of config `targets`."""

    target_id: str
    kind: TargetKind
    text: str
    negated_text: str | None
    speaker: str | None


class PassageRow(Record, frozen=True, kw_only=True):
    """A row of config `challenge`: a passage with its gold."""

    id: str
    phenomenon: str
    pair: str | None
    flips: str | None
    text: str
    zones: tuple[Zone, ...]
    issues: tuple[str, ...]
    marks: tuple[Mark, ...]
    mentions: tuple[AnnotatedMention, ...]
    quotes: tuple[AnnotatedQuote, ...]
