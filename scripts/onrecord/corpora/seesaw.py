"""SEESAW: who is for or against whom, sentence by sentence, by canonical names.

An annotation maps the number of a sentence to triples of subject, sentiment and object. A triple is
a quote here whose content is the sentence, its speaker the subject, with a stance towards the
object. Subject `None` is the author or nobody in particular; `Not in the list` stands for an entity
without a name: then there is no speaker, or no stance. Sentences stand on lines of their own.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final, NamedTuple

import msgspec
from msgspec.structs import replace

from onrecord.converting.description import Corpus, Counts
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
from onrecord.converting.spans import clean, span
from onrecord.model import Document, Gold, Orig, Quote, Span, Stance, StanceLabel, Zone

_LABELS: Final[dict[str, StanceLabel]] = {"POS": "favor", "NEG": "against"}
_NAMELESS: Final = frozenset({"None", "Not in the list", ""})
_ARTICLE: Final = "article"
_STANCES: Final = "/sentence-level stances/"


class _Sentence(msgspec.Struct, frozen=True):
    id: int
    text: str


class _Article(msgspec.Struct, frozen=True):
    title: str
    text: list[_Sentence]


class _Annotations(msgspec.Struct, frozen=True):
    stances: dict[str, list[msgspec.Raw]] = msgspec.field(name="sentence-level stances")


class _Triple(msgspec.Struct, frozen=True):
    subject: str
    sentiment: str
    object: str
    annotators: list[str]


class _Text:
    """Our text of an article, and the spans of its sentences."""

    def __init__(self, found: _Article) -> None:
        lines = [found.title, "", *(sentence.text for sentence in found.text)]
        self.raw = "\n".join(lines)
        self.sentences: dict[str, tuple[int, int]] = {}
        start = len(found.title) + 2
        for sentence in found.text:
            self.sentences[str(sentence.id)] = start, start + len(sentence.text)
            start += len(sentence.text) + 1
        headline = Zone(start=0, end=len(found.title), kind="headline")
        body = Zone(start=len(found.title) + 2, end=len(self.raw), kind="body")
        self.zones = tuple(zone for zone in (headline, body) if zone.start < zone.end)


_Meta = dict[str, Any]


class _Files(NamedTuple):
    """The three files of an article as they stand, and their names."""

    names: tuple[str, str, str]
    article: str
    annotations: str
    meta: str


def _read(root: Path, ledger: Ledger) -> Iterator[Document]:
    home = find_root(root, "meta")
    if home is None or not (home / "articles").is_dir():
        return
    names = files_below(home / "articles", ".json")
    read = {file for name in names for file in _names(name)}
    name_unread(home, ("articles", "annotations", "meta"), read, ledger)
    for name in names:
        triplet, _, number = name.removesuffix(".json").partition("_DOCUMENT_")
        raw = [text_of(home / file, file, ledger) for file in _names(name)]
        if None in raw:
            continue
        files = _Files(_names(name), *(each or "" for each in raw))
        meta = decode(files.meta.encode(), _Meta, files.names[2], ledger)
        split = _words(meta, "Split")
        if meta is not None and split not in ledger.corpus.splits:
            hint = f"one of {', '.join(ledger.corpus.splits)}"
            ledger.issue(files.names[2], "/Split", "convert-field", f"is {split!r}", hint)
        elif meta is not None and split in ledger.wanted:
            source = _words(meta.get(f"Meta info for article {number}"), "source")
            time = _words(meta, "story_time")
            with ledger.noting():
                yield from _document(files, split, triplet, source, time, ledger)


def _names(name: str) -> tuple[str, str, str]:
    """The files of an article: its text, its annotation, and what is known of its story."""
    triplet = name.removesuffix(".json").partition("_DOCUMENT_")[0]
    return f"articles/{name}", f"annotations/{name}", f"meta/{triplet}.json"


def _words(record: Any, key: str) -> str:
    """What stands under a key, if it is words."""
    value = record.get(key) if isinstance(record, dict) else None
    return value if isinstance(value, str) else ""


def _document(
    files: _Files, split: str, triplet: str, source: str, time: str, ledger: Ledger
) -> Iterator[Document]:
    found = decode(files.article.encode(), _Article, files.names[0], ledger)
    annotated = decode(files.annotations.encode(), _Annotations, files.names[1], ledger)
    if found is None or annotated is None:
        return
    corpus, parts = ledger.corpus, _Text(found)
    text, replaced = clean(parts.raw)
    orig = [from_file(corpus, files.names[0]), record_of(corpus, _ARTICLE, files.article)]
    orig += [record_of(corpus, files.names[2], files.meta), *replaced]
    record = article(
        ledger,
        ledger.ids.new(PurePosixPath(files.names[0]).stem),
        text,
        found.title,
        outlet=slug(source) if source else None,
        published=day(time, files.names[2], "/story_time", ledger),
        story=slug(triplet),
        zones=parts.zones,
        orig=tuple(orig),
    )
    reading = _Reading(parts, files.names[1], annotated, ledger)
    skeleton, records = cut(files.annotations, reading.raw, files.names[1])
    reading.take(records)
    rest = (from_file(corpus, files.names[1]), record_of(corpus, SKELETON, skeleton), *reading.rest)
    ledger.count(split, len(records), kept=len(reading.rest))
    annotation = gold(ledger, record, text, reading.quotes, stances=reading.stances, orig=rest)
    yield Document(
        article=record,
        split=ledger.split(split),
        text=text,
        gold=annotation,
        layers=tuple(_layers(annotation, reading.annotators)),
    )


class _Reading:
    """The triples of an article on their way to quotes and stances."""

    def __init__(self, parts: "_Text", file: str, found: _Annotations, ledger: Ledger) -> None:
        self._parts, self._file, self._ledger = parts, file, ledger
        self._places = [
            (sentence, f"{_STANCES}{sentence}/{number}")
            for sentence, triples in found.stances.items()
            for number in range(len(triples))
        ]
        self.raw = [raw for triples in found.stances.values() for raw in triples]
        self.quotes: list[Quote] = []
        self.stances: list[Stance] = []
        self.rest: list[Orig] = []
        self.annotators: dict[str, set[str]] = {}

    def take(self, records: list[str]) -> None:
        """Read the triples as they stand."""
        for number, (raw, (sentence, place)) in enumerate(zip(records, self._places, strict=True)):
            triple = decode(raw.encode(), _Triple, self._file, self._ledger, place)
            content = self._content(sentence, place)
            orig = record_of(self._ledger.corpus, f"{_STANCES}{number}", raw)
            if triple is None or not content:
                self.rest.append(orig)
            else:
                self._quote(triple, content, place, orig)

    def _content(self, sentence: str, place: str) -> Span:
        if sentence not in self._parts.sentences:
            message, hint = f"there is no sentence {sentence}", "not read"
            self._ledger.issue(self._file, place, "convert-field", message, hint)
            return ()
        start, end = self._parts.sentences[sentence]
        return span(self._parts.raw, [(start, end)]) if start < end else ()

    def _quote(self, triple: _Triple, content: Span, place: str, orig: Orig) -> None:
        id = f"q{len(self.quotes) + 1}"
        named = triple.subject not in _NAMELESS
        speaker = (self._ledger.speaker(triple.subject),) if named else ()
        self.quotes.append(Quote(id=id, content=content, speaker=speaker, orig=(orig,)))
        for annotator in triple.annotators:
            self.annotators.setdefault(slug(annotator), set()).add(id)
        label = _LABELS.get(triple.sentiment)
        if label is None:
            message, hint = f"is {triple.sentiment!r}", "POS or NEG"
            self._ledger.issue(self._file, f"{place}/sentiment", "convert-field", message, hint)
        elif triple.object not in _NAMELESS:
            target = self._ledger.target(triple.object)
            self.stances.append(Stance(quote=id, target=target, label=label))


def _layers(annotation: Gold, annotators: dict[str, set[str]]) -> Iterator[Gold]:
    """What each annotator has found, of the union that is published."""
    for annotator, ids in sorted(annotators.items()):
        yield replace(
            annotation,
            layer=replace(annotation.layer, annotator=annotator),
            quotes=tuple(quote for quote in annotation.quotes if quote.id in ids),
            stances=tuple(stance for stance in annotation.stances if stance.quote in ids),
            orig=(),
        )


def _write(documents: Iterable[Document], ledger: Ledger) -> Iterator[tuple[str, bytes]]:
    corpus = ledger.corpus
    written: set[str] = set()
    for document in documents:
        orig = document.article.orig
        annotated = refill(document.gold, corpus, _STANCES)
        if annotated is None:
            continue
        yield file_of(corpus, orig) or "", (original(corpus, orig, _ARTICLE) or "").encode()
        yield file_of(corpus, document.gold.orig) or "", annotated.encode()
        for record in orig:
            if record.id.startswith("meta/") and record.id not in written:
                written.add(record.id)
                yield record.id, record.raw.encode()


SEESAW: Final = Corpus(
    name="seesaw",
    title="SEESAW: entity-to-entity stance in news",
    records="triples",
    definition="Three articles of different leanings on each of 203 stories; of every sentence, who"
    " is for or against whom, by canonical names and without spans. A triple is a quote whose"
    " content is the sentence. It need not be speech, and a pair that is not there is not neutral:"
    " good for stances given sentence and holder, not for finding quotes.",
    language="en",
    licence="CC-BY-NC-SA-4.0",
    terms="Annotations under CC BY-NC-SA 4.0; the texts belong to their publishers.",
    creators=("Xinliang Frederick Zhang", "Nicholas Beauchamp", "Lu Wang"),
    citation="Xinliang Frederick Zhang, Nicholas Beauchamp, Lu Wang: Generative Entity-to-Entity"
    " Stance Detection with Knowledge Graph Augmentation. Proceedings of the 2022 Conference on"
    " Empirical Methods in Natural Language Processing (EMNLP 2022).",
    homepage="https://github.com/launchnlp/SEESAW",
    annotates=frozenset(
        {"quotes.speaker", "stances.quote", "stances.target", "stances.label"}
        | {"articles.story", "articles.zones"}
    ),
    splits={"train": "train", "valid": "validation", "test": "test"},
    expected={
        "train": Counts(381, 6_263),
        "valid": Counts(105, 2_436),
        "test": Counts(123, 1_920),
    },
    read=_read,
    write=_write,
)
