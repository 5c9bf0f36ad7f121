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


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fields without which nothing is missing here are optional."""


class _Sentence(_Strict, frozen=True):
    id: int
    text: str


class _Article(_Strict, frozen=True):
    title: str
    text: list[_Sentence]


class _Annotations(_Strict, frozen=True, rename=lambda name: name.replace("_", " ")):
    stances: dict[str, list[msgspec.Raw]] = msgspec.field(name="sentence-level stances")
    entity_lists: list[tuple[str, list[str], list[str], list[str]]]
    title: str
    entity_sentiments: dict[str, Any] = {}
    entity_ideologies: dict[str, Any] = {}
    article_ideology: list[Any] = []


class _Triple(_Strict, frozen=True):
    id: int
    subject: str
    sentiment: str
    object: str
    annotators: list[str]


class _Source(_Strict, frozen=True):
    source: str
    url: str = ""
    title: str = ""
    bias_label: int = 0


class _Meta(_Strict, frozen=True):
    split: str = msgspec.field(name="Split")
    story_time: str
    story_url: str = ""
    story_title: str = ""
    story_topic: str = ""
    triplet_id: str = ""
    first: _Source | None = msgspec.field(name="Meta info for article 0", default=None)
    second: _Source | None = msgspec.field(name="Meta info for article 1", default=None)
    third: _Source | None = msgspec.field(name="Meta info for article 2", default=None)


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


class _Story(NamedTuple):
    """What is known of the articles on one story, and the file that says so as it stands."""

    file: str
    raw: str
    split: str
    published: str | None
    outlets: dict[str, str]
    """By number of the article."""


class _Files(NamedTuple):
    """An article and its annotation as they stand, and the names of the files."""

    names: tuple[str, str]
    article: str
    annotations: str


def _read(root: Path, ledger: Ledger) -> Iterator[Document]:
    home = find_root(root, "meta")
    if home is None or not (home / "articles").is_dir():
        return
    names = files_below(home / "articles", ".json")
    metas = {name: f"meta/{_parts_of(name)[0]}.json" for name in names}
    read = {f"{folder}/{name}" for name in names for folder in ("articles", "annotations")}
    name_unread(home, ("articles", "annotations", "meta"), {*read, *metas.values()}, ledger)
    stories = {file: _story(home, file, ledger) for file in dict.fromkeys(metas.values())}
    for name in names:
        story = stories[metas[name]]
        if story is None or story.split not in ledger.wanted:
            continue
        files = (f"articles/{name}", f"annotations/{name}")
        text, annotated = (text_of(home / file, file, ledger) for file in files)
        if text is not None and annotated is not None:
            with ledger.noting():
                yield from _document(_Files(files, text, annotated), story, ledger)


def _parts_of(name: str) -> tuple[str, str]:
    """Story and number of the article in a file of this name."""
    triplet, _, number = PurePosixPath(name).stem.partition("_DOCUMENT_")
    return triplet, number


def _story(home: Path, file: str, ledger: Ledger) -> _Story | None:
    """What is known of a story; None, with a finding, where its split is not."""
    raw = text_of(home / file, file, ledger)
    meta = decode(raw.encode(), _Meta, file, ledger) if raw is not None else None
    if raw is None or meta is None:
        return None
    ledger.check_value(file, "/Split", meta.split, tuple(ledger.corpus.splits))
    outlets = {}
    for number, source in enumerate((meta.first, meta.second, meta.third)):
        if source is not None:
            outlets[str(number)] = source.source
            pointer = f"/Meta info for article {number}/bias_label"
            ledger.check_value(file, pointer, source.bias_label, range(5))
    published = day(meta.story_time, file, "/story_time", ledger)
    return _Story(file, raw, meta.split, published, outlets)


def _document(files: _Files, story: _Story, ledger: Ledger) -> Iterator[Document]:
    found = decode(files.article.encode(), _Article, files.names[0], ledger)
    annotated = decode(files.annotations.encode(), _Annotations, files.names[1], ledger)
    if found is None or annotated is None:
        return
    corpus, parts = ledger.corpus, _Text(found)
    triplet, number = _parts_of(files.names[0])
    source = story.outlets.get(number)
    text, replaced = clean(parts.raw)
    orig = [from_file(corpus, files.names[0]), record_of(corpus, _ARTICLE, files.article)]
    orig += [record_of(corpus, story.file, story.raw), *replaced]
    record = article(
        ledger,
        ledger.ids.new(PurePosixPath(files.names[0]).stem),
        text,
        found.title,
        outlet=slug(source) if source else None,
        published=story.published,
        story=slug(triplet),
        zones=parts.zones,
        orig=tuple(orig),
    )
    reading = _Reading(parts, files.names[1], annotated, ledger)
    skeleton, records = cut(files.annotations, reading.raw, files.names[1])
    reading.take(records)
    rest = (from_file(corpus, files.names[1]), record_of(corpus, SKELETON, skeleton), *reading.rest)
    ledger.count(story.split, len(records), kept=len(reading.rest))
    annotation = gold(ledger, record, text, reading.quotes, stances=reading.stances, orig=rest)
    yield Document(
        article=record,
        split=ledger.split(story.split),
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
        self._entities = {name for name, *_ in found.entity_lists} | _NAMELESS
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
                self._check(triple, place)
                self._quote(triple, content, orig)

    def _check(self, triple: _Triple, place: str) -> None:
        """Findings about a triple that is taken all the same."""
        self._ledger.check_value(self._file, f"{place}/sentiment", triple.sentiment, tuple(_LABELS))
        for end in ("subject", "object"):
            name = getattr(triple, end)
            if name not in self._entities:
                self._issue(f"{place}/{end}", f"{name!r} is not in the entity lists", "add it")
        if not triple.annotators:
            self._issue(f"{place}/annotators", "names nobody", "in the union, in no layer")

    def _issue(self, pointer: str, message: str, hint: str) -> None:
        self._ledger.issue(self._file, pointer, "convert-field", message, hint)

    def _content(self, sentence: str, place: str) -> Span:
        if sentence not in self._parts.sentences:
            self._issue(place, f"there is no sentence {sentence}", "not read")
            return ()
        start, end = self._parts.sentences[sentence]
        content = span(self._parts.raw, [(start, end)]) if start < end else ()
        if not content:
            self._issue(place, f"sentence {sentence} is empty", "not read")
        return content

    def _quote(self, triple: _Triple, content: Span, orig: Orig) -> None:
        id = f"q{len(self.quotes) + 1}"
        named = triple.subject not in _NAMELESS
        speaker = (self._ledger.speaker(triple.subject),) if named else ()
        self.quotes.append(Quote(id=id, content=content, speaker=speaker, orig=(orig,)))
        for annotator in triple.annotators:
            self.annotators.setdefault(slug(annotator), set()).add(id)
        label = _LABELS.get(triple.sentiment)
        if label is not None and triple.object not in _NAMELESS:
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
