"""BASIL: biased spans in news, some of them quotes with speaker, target and polarity.

A span's id is `p` and the number of its sentence in the flattened list of all paragraphs, or
`title`; its offsets count characters within that sentence. Our text is the title, then the
paragraphs, their sentences joined by spaces. Spans that are no quotes are kept with the gold. A
speaker called `other_...` is somebody unnamed: the quote then has no speaker. Names have
underscores for spaces.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final

import msgspec

from onrecord.converting.description import SPEECH_MARKS, Corpus, Counts
from onrecord.converting.documents import (
    article,
    day,
    file_of,
    from_file,
    gold,
    original,
    record_of,
)
from onrecord.converting.ledger import Ledger, slug
from onrecord.converting.skeleton import SKELETON, cut, refill
from onrecord.converting.sources import decode, files_below, find_root, name_unread, text_of
from onrecord.converting.spans import Piece, clean, span, words
from onrecord.model import Article, Document, Orig, Quote, Span, Stance, StanceLabel, Zone

_LABELS: Final[dict[str, StanceLabel]] = {"pos": "favor", "neg": "against"}
_UNNAMED: Final = "other_"
_SPANS: Final = "/phrase-level-annotations/"


_VALUES: Final = {
    "bias": ("inf", "lex"),
    "quote": ("yes", "no"),
    "polarity": tuple(_LABELS),
    "aim": ("dir", "ind_pro", "ind_anti", "ind_general"),
    "indirect_ally_opponent_sentiment": ("", "neg", "neu", "pos"),
}
"""What the makers write into fields of a span."""


class _Strict(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """Fields without which nothing is missing here are optional."""


class _Article(_Strict, frozen=True):
    source: str
    title: str
    date: str
    triplet_uuid: str
    body_paragraphs: list[list[str]]
    main_entities: list[str] = []
    main_event: str = ""
    url: str = ""
    uuid: str = ""
    word_count: int = 0
    keywords: str = ""


class _Annotations(_Strict, frozen=True):
    phrase_level_annotations: list[msgspec.Raw]
    article_level_annotations: dict[str, Any] = {}
    uuid: str = ""
    triplet_uuid: str = ""
    pair_uuid: str = ""


class _Span(_Strict, frozen=True):
    id: str
    start: int
    end: int
    txt: str
    quote: str
    speaker: str
    target: str
    polarity: str
    bias: str
    aim: str
    indirect_ally_opponent_sentiment: str = ""
    indirect_target_name: str = ""
    notes: str = ""


class _Text:
    """Our text of an article, the places of title and sentences by id, and zones."""

    def __init__(self, found: _Article) -> None:
        self.places: dict[str, Piece] = {"title": (0, len(found.title))}
        self.zones: list[Zone] = []
        self.raw = found.title
        for paragraph in found.body_paragraphs:
            self.raw += "\n\n"
            first = len(self.raw)
            for number, sentence in enumerate(paragraph):
                self.raw += " " if number else ""
                start = len(self.raw)
                self.raw += sentence
                self.places[f"p{len(self.places) - 1}"] = start, len(self.raw)
            if len(self.raw) > first:
                self.zones.append(Zone(start=first, end=len(self.raw), kind="body"))


def _read(root: Path, ledger: Ledger) -> Iterator[Document]:
    home = find_root(root, "annotations")
    if home is None or not (home / "articles").is_dir():
        return
    annotated = files_below(home / "annotations", "_ann.json")
    pairs = {
        f"articles/{name}": f"annotations/{notes}"
        for name in files_below(home / "articles", ".json")
        if (notes := f"{name.removesuffix('.json')}_ann.json") in annotated
    }
    name_unread(home, ("articles", "annotations"), {*pairs, *pairs.values()}, ledger)
    for file, notes in pairs.items():
        found = text_of(home / file, file, ledger)
        noted = text_of(home / notes, notes, ledger)
        if found is None or noted is None:
            continue
        parts = decode(found.encode(), _Article, file, ledger)
        spans = decode(noted.encode(), _Annotations, notes, ledger)
        if parts is not None and spans is not None:
            with ledger.noting():
                yield _Reading(parts, notes, ledger).document(file, found, noted, spans)


class _Reading:
    """An article on its way to a document."""

    def __init__(self, found: _Article, notes: str, ledger: Ledger) -> None:
        self._found, self._notes, self._ledger = found, notes, ledger
        self._text = _Text(found)
        self._quotes: list[Quote] = []
        self._stances: list[Stance] = []
        self._rest: list[Orig] = []

    def document(self, file: str, found: str, annotated: str, spans: _Annotations) -> Document:
        """The document; `found` and `annotated` are the two files as they stand."""
        ledger, corpus = self._ledger, self._ledger.corpus
        skeleton, records = cut(annotated, spans.phrase_level_annotations, self._notes)
        for number, raw in enumerate(records):
            self._take(f"{_SPANS}{number}", raw)
        text, replaced = clean(self._text.raw)
        record = self._article(
            file, text, (from_file(corpus, file), record_of(corpus, "article", found), *replaced)
        )
        rest = (from_file(corpus, self._notes), record_of(corpus, SKELETON, skeleton), *self._rest)
        ledger.count("all", len(records), kept=len(self._rest))
        annotation = gold(ledger, record, text, self._quotes, stances=self._stances, orig=rest)
        return Document(article=record, split="train", text=text, gold=annotation)

    def _article(self, file: str, text: str, orig: tuple[Orig, ...]) -> Article:
        found = self._found
        headline = Zone(start=0, end=len(found.title), kind="headline")
        return article(
            self._ledger,
            self._ledger.ids.new(PurePosixPath(file).stem),
            text,
            found.title,
            outlet=slug(found.source),
            published=day(found.date, file, "/date", self._ledger),
            story=slug(found.triplet_uuid),
            zones=(headline, *self._text.zones) if found.title else tuple(self._text.zones),
            orig=orig,
        )

    def _take(self, place: str, raw: str) -> None:
        """One span: a quote with its stance, or kept with the gold."""
        found = decode(raw.encode(), _Span, self._notes, self._ledger, place)
        content = self._content(found, place) if found else ()
        for name, known in _VALUES.items() if found else ():
            pointer = f"{place}/{name.replace('_', '-')}"
            self._ledger.check_value(self._notes, pointer, getattr(found, name), known)
        orig = record_of(self._ledger.corpus, place, raw)
        if found is None or not content or found.quote != "yes":
            self._rest.append(orig)
            return
        quote = Quote(
            id=f"q{len(self._quotes) + 1}",
            content=content,
            speaker=self._speaker(found.speaker),
            orig=(orig,),
        )
        self._quotes.append(quote)
        label = _LABELS.get(found.polarity)
        if label is not None and found.target:
            target = self._ledger.target(_name(found.target))
            self._stances.append(Stance(quote=quote.id, target=target, label=label))

    def _content(self, found: _Span, place: str) -> Span:
        """Where a span stands in our text; () where it stands nowhere."""
        start, end = self._text.places.get(found.id, (0, -1))
        if end < 0:
            self._issue(f"{place}/id", f"{found.id!r} is no sentence", "p0 is the first one")
            return ()
        if not 0 <= found.start < found.end <= end - start:
            message = f"{found.start} to {found.end} is outside of its sentence"
            self._issue(f"{place}/start", message, "offsets count characters of the sentence")
            return ()
        piece = start + found.start, start + found.end
        if words(self._text.raw, [piece]) != found.txt:
            message = f"{found.txt[:60]!r} does not stand there"
            self._issue(f"{place}/txt", message, "offsets are kept", "convert-words")
        content = span(self._text.raw, [piece])
        if not content:
            self._issue(f"{place}/start", "holds no words", "kept as it stands")
        return content

    def _speaker(self, name: str) -> tuple[str, ...]:
        unnamed = not name or name.startswith(_UNNAMED)
        return () if unnamed else (self._ledger.speaker(_name(name)),)

    def _issue(self, pointer: str, message: str, hint: str, code: str = "convert-field") -> None:
        self._ledger.issue(self._notes, pointer, code, message, hint)


def _name(written: str) -> str:
    return written.replace("_", " ")


def _write(documents: Iterable[Document], ledger: Ledger) -> Iterator[tuple[str, bytes]]:
    corpus = ledger.corpus
    for document in documents:
        found = original(corpus, document.article.orig, "article")
        annotated = refill(document.gold, corpus, _SPANS)
        if found is not None and annotated is not None:
            yield file_of(corpus, document.article.orig) or "", found.encode()
            yield file_of(corpus, document.gold.orig) or "", annotated.encode()


BASIL: Final = Corpus(
    name="basil",
    title="BASIL, second release: media bias in 300 news articles",
    records="spans",
    definition="Three articles of different outlets on each of 100 events; every biased span."
    " One that is a quote is a quote here, with its speaker if the makers name one, and a stance"
    " towards its target. Quotes without bias are not annotated, and the content may be a"
    " part of a quote: good for speaker and stance of a given span, not for finding quotes.",
    version="2.0.0",
    language="en",
    terms="None are stated; the texts belong to their publishers. For private use only.",
    creators=("launchnlp",),
    citation="In Plain Sight: Media Bias Through the Lens of Factual Reporting (EMNLP 2019),"
    " https://arxiv.org/abs/1909.02670.",
    homepage="https://github.com/launchnlp/BASIL",
    annotates=SPEECH_MARKS - {"marks"}
    | {"quotes.speaker", "stances.quote", "stances.target", "stances.label"}
    | {"articles.outlet", "articles.story", "articles.zones"},
    expected={"all": Counts(300, 1_726)},
    read=_read,
    write=_write,
)
