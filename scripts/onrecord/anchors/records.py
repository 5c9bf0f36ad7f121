"""The records of an anchor file: gold written by exact words instead of offsets.

Fields have the names of the model; a span is written as words (docs/ANCHORS.md).
"""

from typing import Annotated, Literal

from msgspec import Meta

from onrecord.model import (
    Act,
    Basis,
    Carrier,
    Id,
    Ident,
    Join,
    LayerKind,
    MarkKind,
    MentionForm,
    Name,
    QuoteForm,
    Record,
    SpeakerKind,
    StanceLabel,
    Status,
    TargetKind,
    Version,
    Wikidata,
    Words,
    ZoneKind,
)

Flag = Literal["true", "false"]


class Selector(Record, frozen=True, kw_only=True):
    """Words and what stands directly before and after them (W3C TextQuoteSelector)."""

    exact: Words
    prefix: str = ""
    suffix: str = ""
    cuts_word: Annotated[Flag, Meta(description="true where the words end inside a word.")] = (
        "false"
    )


Where = Annotated[
    Words | Selector | tuple[Words | Selector, ...],
    Meta(description="Exact words; a list of them where the span has several fragments."),
]


class AnchoredMark(Record, frozen=True, kw_only=True):
    """Quotation marks that no quote's content settles, with the words they enclose."""

    span: Annotated[Where, Meta(description="The words, their marks included.")]
    kind: MarkKind = "other"
    quote: Id | None = None


class AnchoredMention(Record, frozen=True, kw_only=True):
    """A mention (`span`), or every place where words stand as a mention (`every`)."""

    speaker: Id
    span: Where | None = None
    every: tuple[Words, ...] | Words = ()
    form: Annotated[
        MentionForm | None, Meta(description="Left out, it follows from words and registry.")
    ] = None


class AnchoredStance(Record, frozen=True, kw_only=True):
    """A stance of the quote it stands under."""

    target: Id
    label: StanceLabel
    basis: Basis | None = None
    carrier: Carrier = "content"
    condition: Where | None = None
    evidence: Where | None = None
    note: Words | None = None


class AnchoredQuote(Record, frozen=True, kw_only=True):
    """A quote by its words."""

    id: Annotated[Id | None, Meta(description="Left out, q and its number in the file.")] = None
    content: Where
    cue: Where | None = None
    cue_head: Where | None = None
    source: Where | None = None
    source_head: Where | None = None
    addressee: Where | None = None
    via: Where | None = None
    frame: Where | None = None
    speaker: tuple[Id, ...] | Id = ()
    join: Join | None = None
    form: QuoteForm = "clause"
    act: Act = "say"
    status: Status = "actual"
    parent: Annotated[
        Id | None, Meta(description="Left out, the innermost quote that holds the content.")
    ] = None
    continues: Id | None = None
    repeats: Id | None = None
    doubtful: Flag = "false"
    note: Words | None = None
    stances: Annotated[
        tuple[AnchoredStance, ...],
        Meta(description="Issues left out get the label none where a row is due."),
    ] = ()


class AnchoredSpeaker(Record, frozen=True, kw_only=True):
    """A speaker for the registry."""

    id: Id
    name: Name
    kind: SpeakerKind = "person"
    ident: Ident = "named"
    aliases: tuple[Name, ...] = ()
    role: str | None = None
    affiliation: Id | None = None
    wikidata: Wikidata | None = None


class AnchoredTarget(Record, frozen=True, kw_only=True):
    """A target for the registry."""

    id: Id
    kind: TargetKind = "entity"
    text: Name
    negated_text: str | None = None
    speaker: Id | None = None


class Anchors(Record, frozen=True, kw_only=True):
    """What is annotated in one text."""

    issues: tuple[Id, ...] = ()
    speakers: Annotated[
        tuple[AnchoredSpeaker, ...], Meta(description="Speakers that the registry may lack.")
    ] = ()
    targets: Annotated[
        tuple[AnchoredTarget, ...], Meta(description="Targets that the registry may lack.")
    ] = ()
    quotes: tuple[AnchoredQuote, ...] = ()
    mentions: tuple[AnchoredMention, ...] = ()
    marks: tuple[AnchoredMark, ...] = ()


class AnchorFile(Anchors, frozen=True, kw_only=True):
    """The annotation of one article by one annotator."""

    article: Id
    annotator: Id
    kind: LayerKind = "human"
    reviewed_by_person: Flag = "false"
    guidelines: Version


class AnchoredPassage(Anchors, frozen=True, kw_only=True):
    """A challenge passage with its text; registries are its own."""

    id: Id
    pair: Annotated[Id | None, Meta(description="Left out where nothing is quoted.")] = None
    flips: Annotated[
        Words | None, Meta(description="What the one difference in the pair changes.")
    ] = None
    text: Words
    zones: Annotated[
        tuple[ZoneKind, ...], Meta(description="A kind for every paragraph; left out, no zones.")
    ] = ()


class PassageFile(Record, frozen=True, kw_only=True):
    """Challenge passages of one phenomenon by one author."""

    phenomenon: Id
    annotator: Id
    kind: LayerKind = "human"
    guidelines: Version
    passages: tuple[AnchoredPassage, ...]
