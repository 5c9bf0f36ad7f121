"""The records of the corpus: the single place where a field is named and described.

Records are frozen `msgspec` structs. The JSON Schemas in `schemas/` are generated from them, the
Arrow schemas of the published tables too. Offsets are half-open Unicode code points into the
article's text. A span is a sorted tuple of fragments, so that anything may be discontinuous.
"""

import re
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

SCHEMA_VERSION: Final = "1.0.0"

MAX_OFFSET: Final = 2**31 - 1
"""Offsets are stored as 32-bit integers."""

WORD: Final = re.compile(r"[^\W_]+(?:[’'.-][^\W_]+)*")
"""A word token: the unit of quote types, matching and fingerprints."""

# `$` matches before a final line feed in Python but not in ECMA-262, hence the lookahead.
_ID = r"^[a-z0-9]+([._-][a-z0-9]+)*$(?!\n)"
_NAME = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$(?!\n)"
_DATE = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$(?!\n)"
_VERSION = r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$(?!\n)"

Id = Annotated[
    str,
    Meta(
        pattern=_ID,
        max_length=128,
        description="Lower-case ASCII letters and digits, joined by single '-', '_' or '.'.",
    ),
]
Words = Annotated[str, Meta(min_length=1)]
Name = Annotated[
    str,
    Meta(pattern=_NAME, description="In one line, not blank, without control characters."),
]
Date = Annotated[str, Meta(pattern=_DATE, description="YYYY-MM-DD")]
Version = Annotated[str, Meta(pattern=_VERSION, description="major.minor.patch")]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)", description="64 hexadecimal digits.")]
Language = Annotated[
    str,
    Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$(?!\n)", description="A BCP 47 language tag."),
]
Wikidata = Annotated[str, Meta(pattern=r"^Q[1-9][0-9]*$(?!\n)", description="Q and a number.")]
Offset = Annotated[
    int, Meta(ge=0, le=MAX_OFFSET, description="In Unicode code points, without a decimal point.")
]

Split = Literal["train", "validation", "test"]
Rights = Literal["open", "licensed"]
ZoneKind = Literal[
    "headline",
    "standfirst",
    "byline",
    "dateline",
    "heading",
    "body",
    "caption",
    "pullquote",
    "list",
]
MarkKind = Literal["speech", "title", "name", "scare", "gloss", "other"]
SpeakerKind = Literal["person", "group", "organisation", "document", "unknown"]
Ident = Literal["named", "described", "anonymous", "generic"]
MentionForm = Literal["name", "nominal", "pronoun", "relative"]
QuoteForm = Literal["clause", "report", "free", "turn"]
Act = Literal["say", "ask", "order", "think", "show"]
Status = Literal["actual", "negated", "hypothetical", "anticipated", "declined"]
Join = Literal["joint", "either"]
QuoteType = Literal["direct", "indirect", "mixed"]
Tier = Literal[1, 2]
Attribution = Literal["explicit", "anaphoric", "implicit"]
TargetKind = Literal["issue", "entity", "claim"]
StanceLabel = Literal["favor", "against", "both", "neutral", "none"]
Basis = Literal["explicit", "implied"]
Carrier = Literal["content", "cue"]
LayerKind = Literal["machine", "human", "mixed", "imported"]
TombstoneKind = Literal["article", "passage", "speaker", "target"]

SPLITS: Final[tuple[Split, ...]] = ("train", "validation", "test")
QUOTE_SPANS: Final = (
    "content",
    "cue",
    "source",
    "addressee",
    "via",
    "cue_head",
    "source_head",
    "frame",
)
"""The fields of a quote that are spans."""
MARK_ALWAYS: Final = frozenset('“”„«»‹›"')
MARK_UNLESS_INSIDE_WORD: Final = frozenset("'‘’")


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all records: immutable, and an unknown field is an error."""


class Fragment(Record, gc=False, frozen=True, kw_only=True):
    """A half-open stretch of the text: `text[start:end]`."""

    start: Offset
    end: Offset
    cuts_word: Annotated[
        bool, Meta(description="True where an end lies inside a word token, on purpose.")
    ] = False


Span = tuple[Fragment, ...]
FilledSpan = Annotated[Span, Meta(min_length=1)]


class Zone(Record, gc=False, frozen=True, kw_only=True):
    """A stretch of the text with one function on the page."""

    start: Offset
    end: Offset
    kind: ZoneKind


class Orig(Record, frozen=True, kw_only=True):
    """The verbatim source record of an import."""

    scheme: Annotated[Words, Meta(description="The format it came from, such as brat.")]
    id: Annotated[str, Meta(description="Its identifier in the source.")]
    raw: Annotated[str, Meta(description="The source record, unchanged.")]


class Extraction(Record, frozen=True, kw_only=True):
    """Where a text came from and what made it: offsets hold for this extraction alone."""

    source: Annotated[Words, Meta(description="File, and line or record: 'crawl.jsonl:17'.")]
    address: Annotated[str | None, Meta(description="The URL it was published under.")] = None
    source_sha256: Annotated[Sha256, Meta(description="Of the file, line or record as bytes.")]
    encoding: Annotated[Words, Meta(description="What it was decoded from, by Python's name.")]
    tool: Annotated[Id, Meta(description="What found the text in the source.")]
    version: Annotated[Words, Meta(description="The tool's version.")]
    options: Annotated[tuple[Words, ...], Meta(description="The tool's options, name=value.")] = ()


class Article(Record, frozen=True, kw_only=True):
    """An article's description; its text stands in a file of its own."""

    id: Id
    title: Name
    outlet: Annotated[Id | None, Meta(description="An id in outlets.json.")] = None
    byline: str | None = None
    published: Date | None = None
    language: Language
    genre: Id | None = None
    story: Annotated[
        Id | None,
        Meta(description="Articles on one running story share it; a story lies in one split."),
    ] = None
    rights: Rights
    text_sha256: Annotated[Sha256, Meta(description="64 hexadecimal digits; of the text in UTF-8.")]
    text_length: Annotated[Offset, Meta(description="In Unicode code points.")]
    zones: tuple[Zone, ...] = ()
    extraction: Extraction | None = None
    orig: tuple[Orig, ...] = ()


class Mark(Record, gc=False, frozen=True, kw_only=True):
    """A quotation mark or a pair of them.

    Without a close it reaches to the end of its paragraph, without an open back to its start; of
    kind other, as an apostrophe, it encloses nothing.
    """

    id: Id
    open: Annotated[Offset | None, Meta(description="Offset of the opening character.")] = None
    close: Annotated[Offset | None, Meta(description="Offset of the closing character.")] = None
    kind: MarkKind
    quote: Annotated[
        Id | None, Meta(description="The quote whose words the marks enclose (kind speech).")
    ] = None


class Mention(Record, frozen=True, kw_only=True):
    """A place where a speaker of one of this article's quotes is referred to."""

    id: Id
    span: FilledSpan
    speaker: Id
    form: MentionForm | None = None
    orig: tuple[Orig, ...] = ()


class Derived(Record, gc=False, frozen=True, kw_only=True):
    """Computed fields; stored only where the text may not be shipped."""

    type: QuoteType
    tier: Tier | None
    attribution: Attribution | None


class Quote(Record, frozen=True, kw_only=True):
    """The attribution of one content to one source."""

    id: Id
    content: Annotated[
        FilledSpan, Meta(description="What is attributed, quotation marks included.")
    ]
    cue: Annotated[Span, Meta(description="The words that attribute, such as 'has not said'.")] = ()
    cue_head: Annotated[Span, Meta(description="The head word of the cue.")] = ()
    source: Annotated[Span, Meta(description="The mention of the speaker beside the cue.")] = ()
    source_head: Annotated[Span, Meta(description="The head word of the source.")] = ()
    addressee: Annotated[Span, Meta(description="To whom it was said.")] = ()
    via: Annotated[Span, Meta(description="The letter, post or report that carried it.")] = ()
    frame: Annotated[Span, Meta(description="The whole reporting clause.")] = ()
    speaker: Annotated[
        tuple[Id, ...],
        Meta(description="Ids in speakers.json; empty only where the text names nobody."),
    ] = ()
    join: Annotated[Join | None, Meta(description="How several speakers share the quote.")] = None
    form: QuoteForm | None = None
    act: Act | None = None
    status: Status | None = None
    parent: Annotated[Id | None, Meta(description="The quote whose content holds this one.")] = None
    continues: Annotated[
        Id | None, Meta(description="The quote that this one goes on from without a cue.")
    ] = None
    repeats: Annotated[
        Id | None, Meta(description="The quote that this one restates (headline, pull quote).")
    ] = None
    doubtful: bool = False
    note: Words | None = None
    derived: Derived | None = None
    orig: tuple[Orig, ...] = ()


class Stance(Record, frozen=True, kw_only=True):
    """Where the speaker of a quote stands towards a target, by this quote alone."""

    quote: Id
    target: Annotated[Id, Meta(description="An id in targets.json.")]
    label: StanceLabel
    basis: Annotated[Basis | None, Meta(description="Null where the label is none.")] = None
    carrier: Carrier = "content"
    condition: Annotated[Span, Meta(description="The words under whose condition it holds.")] = ()
    evidence: Annotated[Span, Meta(description="The words that show it.")] = ()
    note: Words | None = None
    orig: tuple[Orig, ...] = ()


class Layer(Record, frozen=True, kw_only=True):
    """Whose annotation it is."""

    annotator: Id
    kind: LayerKind
    reviewed_by_person: bool = False
    guidelines: Annotated[
        Version | None,
        Meta(description="Version of the guidelines followed; null where they are not ours."),
    ] = None


class Annotation(Record, frozen=True, kw_only=True):
    """What is said of one text: the part that gold, layers and challenge passages share."""

    layer: Layer
    issues: Annotated[
        tuple[Id, ...], Meta(description="Target ids of the issues, fixed before annotation.")
    ] = ()
    marks: tuple[Mark, ...] = ()
    mentions: tuple[Mention, ...] = ()
    quotes: tuple[Quote, ...] = ()
    stances: tuple[Stance, ...] = ()
    orig: tuple[Orig, ...] = ()


class Gold(Annotation, frozen=True, kw_only=True):
    """The annotation of one article; an annotator's layer has the same shape."""

    article_id: Id


class Speaker(Record, frozen=True, kw_only=True):
    """Somebody or something that is quoted, over all articles."""

    id: Id
    name: Name
    kind: SpeakerKind
    ident: Ident
    aliases: Annotated[
        tuple[Name, ...], Meta(description="Other strings that stand for this speaker alone.")
    ] = ()
    role: str | None = None
    affiliation: Annotated[Id | None, Meta(description="The id of another speaker.")] = None
    wikidata: Wikidata | None = None


class Target(Record, frozen=True, kw_only=True):
    """What a stance is about."""

    id: Id
    kind: TargetKind
    text: Annotated[Name, Meta(description="For an issue, an affirmative proposition.")]
    negated_text: Annotated[str | None, Meta(description="The opposite proposition (issues).")] = (
        None
    )
    speaker: Annotated[Id | None, Meta(description="Who makes the claim (claims).")] = None


class Outlet(Record, frozen=True, kw_only=True):
    """A publication and its house style."""

    id: Id
    name: Name
    country: Words
    language: Language
    marks: Annotated[Words, Meta(description="The quotation marks of its house style.")]
    style: Annotated[Words, Meta(description="How it writes, in a sentence or two.")]


class Tombstone(Record, frozen=True, kw_only=True):
    """What is left of a record that was taken down: no word of it."""

    kind: TombstoneKind
    id: Annotated[Id, Meta(description="Never to be used again.")]
    reason: Words
    date: Date


class Manifest(Record, frozen=True, kw_only=True):
    """Version and provenance of a corpus."""

    data_version: Version
    schema_version: Version
    title: Name
    licence: Annotated[Words, Meta(description="An SPDX identifier.")]
    creators: Annotated[tuple[Words, ...], Meta(min_length=1)]
    released: Annotated[Date | None, Meta(description="Null until the version is released.")] = None
    url: Annotated[str | None, Meta(description="Null until published.")] = None
    hydrated: Annotated[
        bool, Meta(description="True where it holds texts that may not be shipped.")
    ] = False
    incomplete: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^[a-z_]+(\.[a-z0-9_]+)?$(?!\n)")], ...],
        Meta(
            description="What the corpus does not annotate: 'quotes.act' (a field that may be"
            " null or empty) or 'marks' (a kind of record); absence is then no error."
        ),
    ] = ()
    tombstones: Annotated[tuple[Tombstone, ...], Meta(description="What was taken down.")] = ()


class Passage(Annotation, frozen=True, kw_only=True):
    """A short passage of the challenge set, complete in itself."""

    id: Id
    phenomenon: Id
    pair: Annotated[
        Id | None,
        Meta(description="The two passages of a minimal pair share it; null where none is quoted."),
    ] = None
    flips: Annotated[
        Words | None, Meta(description="What the one difference in the pair changes.")
    ] = None
    text: Words
    zones: tuple[Zone, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    targets: tuple[Target, ...] = ()


class Document(Record, frozen=True, kw_only=True):
    """Everything about one article in one record: a line of a JSONL corpus."""

    article: Article
    split: Split
    text: Annotated[str | None, Meta(description="Null for a licensed article.")] = None
    gold: Gold
    layers: tuple[Gold, ...] = ()


Splits = dict[Id, Split]
Speakers = tuple[Speaker, ...]
Targets = tuple[Target, ...]
Outlets = tuple[Outlet, ...]
