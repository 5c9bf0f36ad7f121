"""brat stand-off (https://brat.nlplab.org/standoff.html): an .ann file beside each .txt.

An event is a quote if it has a role of ours: `E1 Attribution:T4 Content:T3 Cue:T2 Source:T1`. A
role may be numbered (Content, Content2): together they are one span. The trigger is a copy of the
cue and says nothing more. Attributes (Form, Act, Status, Join, Doubtful), relations (Parent,
Continues, Repeats), normalisations (`Reference E1 speakers:ID`) and notes of an event belong to
its quote. Offsets count characters. brat breaks a span at every line feed; reading joins it again.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple, get_args

from onrecord import model
from onrecord.converting.description import SPEECH_MARKS, Corpus
from onrecord.converting.documents import (
    article,
    file_of,
    from_file,
    gold,
    lose_surroundings,
    title_of,
)
from onrecord.converting.ledger import Ledger
from onrecord.converting.skeleton import originals
from onrecord.converting.sources import files_below, text_of
from onrecord.converting.spans import Piece, clean, restore, span, words, words_by_bytes
from onrecord.model import QUOTE_SPANS, Article, Document, Gold, Orig, Quote, Span

SCHEME: Final = "brat"
_OFFSETS: Final = "[0-9]{1,10} [0-9]{1,10}"
_KNOWN: Final = re.compile(r"([TEARNM#][0-9]{1,9})\t")
_SPAN: Final = re.compile(rf"T\d+\t\S+ ({_OFFSETS}(?:;{_OFFSETS})*)\t(.*)", re.DOTALL)
_EVENT: Final = re.compile(r"E\d+\t\S+:(T\d+)((?: +\S+:\S+)*)\s*")
_OF_EVENT: Final = re.compile(r"[AN#]\d+\t(\S+) ([TE]\d+)(?: (\S+))?(?:\t(.*?))?\s*", re.DOTALL)
_RELATION: Final = re.compile(r"R\d+\t(\S+) Arg1:(E\d+) Arg2:(E\d+)\s*")
_ROLES: Final = {name.replace("_", ""): name for name in QUOTE_SPANS}
_ATTRIBUTES: Final[dict[str, tuple[str, ...]]] = {
    "form": get_args(model.QuoteForm),
    "act": get_args(model.Act),
    "status": get_args(model.Status),
    "join": get_args(model.Join),
}
_IN_LINE: Final = re.compile(r"\S(?:[^\n]*\S)?")
_RELATIONS: Final = ("parent", "continues", "repeats")


class _Lines:
    """The lines of an .ann file by id; `order` gives the file back, with "" for blank lines."""

    def __init__(self, content: str) -> None:
        self.raw: dict[str, str] = {}
        self.number: dict[str, int] = {}
        self.order: list[str] = []
        blank = 0
        for number, line in enumerate(content.split("\n"), 1):
            known = _KNOWN.match(line)
            if not known and not line:
                blank += 1
                continue
            if not known and self.order and _unfinished(self.raw.get(self.order[-1], "")):
                self.raw[self.order[-1]] += "\n" * (blank + 1) + line
            else:
                id = known[1] if known and known[1] not in self.raw else f"line:{number}"
                self.order += [""] * blank + [id]
                self.raw[id], self.number[id] = line, number
            blank = 0
        self.order += [""] * blank


def _unfinished(raw: str) -> bool:
    """Whether a span's line holds fewer words than its offsets say: a line feed stands in them."""
    match = _SPAN.fullmatch(raw)
    if match is None:
        return False
    pieces = [_piece(each) for each in match[1].split(";")]
    return sum(end - start + 1 for start, end in pieces) - 1 > len(match[2])


class _Reading:
    """One .ann file on its way to quotes."""

    def __init__(self, text: str, content: str, file: str, ledger: Ledger) -> None:
        self._text, self._file, self._ledger = text, file, ledger
        self._lines = _Lines(content)
        self._used: set[str] = set()
        self._own: dict[str, list[str]] = {}
        self._fields: dict[str, dict[str, Any]] = {}
        self._entities = self._read_entities()
        events = [id for id in self._lines.raw if id.startswith("E")]
        self.events = len(events)
        for id in events:
            self._read_event(id)
        for id in self._lines.raw:
            if id[0] in "AN#":
                self._read_about(id)
            elif id.startswith("R"):
                self._read_relation(id)
            elif id.startswith("line:"):
                self._issue(id, "", "is no line of brat's, or repeats an id", "kept, not read")

    def quotes(self) -> list[Quote]:
        """The quotes in the order of the file, each with its lines."""
        raw = self._lines.raw
        found = []
        for id, fields in self._fields.items():
            if len(fields["speaker"]) > 1:
                fields.setdefault("join", "joint")
            else:
                fields.pop("join", None)
            orig = tuple(Orig(scheme=SCHEME, id=each, raw=raw[each]) for each in self._own[id])
            found.append(Quote(id=id.lower(), orig=orig, **fields))
        return found

    def rest(self) -> tuple[Orig, ...]:
        """The order of all lines, and those that belong to no quote."""
        order = Orig(scheme=SCHEME, id="order", raw=" ".join(self._lines.order))
        return order, *(
            Orig(scheme=SCHEME, id=id, raw=raw)
            for id, raw in self._lines.raw.items()
            if id not in self._used
        )

    def _issue(self, id: str, field: str, message: str, hint: str, code: str = "syntax") -> None:
        place = f"{self._file}:{self._lines.number[id]}"
        self._ledger.issue(place, field, f"convert-{code}", f"{id} {message}", hint)

    def _read_entities(self) -> dict[str, list[Piece]]:
        entities = {}
        for id, raw in self._lines.raw.items():
            if not id.startswith("T"):
                continue
            match = _SPAN.fullmatch(raw)
            if match is None:
                self._issue(id, "/offsets", "is no span", "TYPE START END[;START END], words")
                continue
            pieces = [_piece(each) for each in match[1].split(";")]
            entities[id] = pieces
            self._compare(id, pieces, match[2].rstrip("\r"))
        return entities

    def _compare(self, id: str, pieces: list[Piece], stored: str) -> None:
        """The words of the line against those in the text."""
        found = words(self._text, pieces)
        if found == stored or found.replace("\n", " ") == stored.replace("\n", " "):
            return
        by_bytes = words_by_bytes(self._text, pieces) == stored
        hint = "its offsets count bytes, brat counts characters" if by_bytes else "offsets are kept"
        message = f"says {stored[:60]!r}, the text {found[:60]!r}"
        self._issue(id, "/words", message, hint, "words")

    def _read_event(self, id: str) -> None:
        match = _EVENT.fullmatch(self._lines.raw[id])
        if match is None:
            self._issue(id, "", "is no event", "TYPE:TRIGGER ROLE:SPAN ...")
            return
        pieces: dict[str, list[Piece]] = {}
        own = [id]
        roles = [("trigger", match[1]), *(role.split(":", 1) for role in match[2].split())]
        for name, reference in roles:
            entity = self._entities.get(reference)
            if entity is None:
                self._issue(id, f"/{name}", f"names {reference}, no span", "kept, not read")
                continue
            own.append(reference)
            field = _ROLES.get(name.rstrip("0123456789").lower().replace("_", ""))
            if field:
                pieces.setdefault(field, []).extend(entity)
        spans = {field: self._span(id, field, each) for field, each in pieces.items()}
        if not spans.get("content"):
            return
        self._own[id] = list(dict.fromkeys(own))
        self._used.update(own)
        self._fields[id] = {**spans, "speaker": ()}

    def _span(self, id: str, field: str, pieces: list[Piece]) -> Span:
        try:
            return span(self._text, pieces)
        except ValueError as error:
            self._issue(id, f"/{field}", str(error), "kept, not read", "offsets")
            return ()

    def _read_about(self, id: str) -> None:
        """An attribute, normalisation or note of an event that is a quote."""
        match = _OF_EVENT.fullmatch(self._lines.raw[id])
        fields = self._fields.get(match[2]) if match else None
        if match is None or fields is None:
            return
        name, value, tail = match[1].lower(), match[3], match[4]
        if id.startswith("A") and value in _ATTRIBUTES.get(name, ()):
            fields[name] = value
        elif id.startswith("A") and name == "doubtful":
            fields["doubtful"] = True
        elif id.startswith("N") and value and value.startswith("speakers:") and tail:
            speakers = (*fields["speaker"], self._ledger.speaker(tail))
            fields["speaker"] = tuple(dict.fromkeys(speakers))
        elif id.startswith("#") and tail:
            fields["note"] = tail
        else:
            return
        self._use(id, match[2])

    def _read_relation(self, id: str) -> None:
        match = _RELATION.fullmatch(self._lines.raw[id])
        if match and match[1].lower() in _RELATIONS and {match[2], match[3]} <= set(self._fields):
            self._fields[match[2]][match[1].lower()] = match[3].lower()
            self._use(id, match[2])

    def _use(self, id: str, event: str) -> None:
        self._own[event].append(id)
        self._used.add(id)


def _piece(words: str) -> Piece:
    start, _, end = words.partition(" ")
    return int(start), int(end)


class Annotated(NamedTuple):
    """What an .ann file holds: its quotes, what else is in it, and the number of events."""

    quotes: list[Quote]
    rest: tuple[Orig, ...]
    events: int


def read_annotation(text: str, content: str, file: str, ledger: Ledger) -> Annotated:
    """Read an .ann file, called `file` in findings; `text` is as it came."""
    reading = _Reading(text, content, file, ledger)
    return Annotated(reading.quotes(), reading.rest(), reading.events)


def _original(annotation: Gold) -> str | None:
    """The .ann file that `annotation` came from; None if there is none or lines are missing."""
    raw = {each.id: each.raw for each in originals(annotation) if each.scheme == SCHEME}
    order = raw.get("order")
    if order is None or not set(order.split(" ")) <= {"", *raw}:
        return None
    return "\n".join(raw[id] if id else "" for id in order.split(" "))


def unchanged_file(article: Article, text: str, annotation: Gold, ledger: Ledger) -> str | None:
    """The .ann file that `annotation` came from, if it still says so; `text` is as it came."""
    content = _original(annotation)
    if content is None:
        return None
    again = read_annotation(text, content, "", Ledger(ledger.corpus))
    same = gold(ledger, article, text, again.quotes).quotes == annotation.quotes
    return content if same else None


def new_file(text: str, annotation: Gold, ledger: Ledger) -> str:
    """`annotation` as an .ann file."""
    return "".join(_Writing(text, annotation, ledger).lines)


class _Writing:
    """An annotation on its way to the lines of an .ann file."""

    def __init__(self, text: str, annotation: Gold, ledger: Ledger) -> None:
        self._text, self._ledger = text, ledger
        self._last: Counter[str] = Counter()
        self._events = {quote.id: f"E{n}" for n, quote in enumerate(annotation.quotes, 1)}
        self.lines: list[str] = []
        for quote in annotation.quotes:
            self._quote(quote)

    def _line(self, kind: str, words: str) -> str:
        self._last[kind] += 1
        id = f"{kind}{self._last[kind]}"
        self.lines.append(f"{id}\t{words}\n")
        return id

    def _quote(self, quote: Quote) -> None:
        event = self._events[quote.id]
        roles = [
            f"{_name(field)}:{self._entity(_name(field), spanned)}"
            for field in QUOTE_SPANS
            if (spanned := getattr(quote, field))
        ]
        kind = "Attribution" if quote.source else "Attribution-no-source"
        trigger = self._entity(kind, quote.cue or quote.content)
        self.lines.append(f"{event}\t{' '.join([f'{kind}:{trigger}', *roles])}\n")
        for field in _ATTRIBUTES:
            if value := getattr(quote, field):
                self._line("A", f"{_name(field)} {event} {value}")
        if quote.doubtful:
            self._line("A", f"Doubtful {event}")
        for field in _RELATIONS:
            if other := self._events.get(getattr(quote, field)):
                self._line("R", f"{_name(field)} Arg1:{event} Arg2:{other}")
        for id in quote.speaker:
            name = " ".join(self._ledger.speakers[id].name.split())
            self._line("N", f"Reference {event} speakers:{id}\t{name}")
        if quote.note:
            self._line("#", f"AnnotatorNotes {event}\t{' '.join(quote.note.split())}")

    def _entity(self, kind: str, spanned: Span) -> str:
        """A line for a span, whose pieces end where a line of the text ends."""
        pieces = [
            match.span()
            for part in spanned
            for match in _IN_LINE.finditer(self._text, part.start, part.end)
        ]
        offsets = ";".join(f"{start} {end}" for start, end in pieces)
        return self._line("T", f"{kind} {offsets}\t{words(self._text, pieces)}")


def _name(field: str) -> str:
    return field.title().replace("_", "")


def _read(root: Path, ledger: Ledger) -> Iterator[Document]:
    texts = {name.removesuffix(".txt") for name in files_below(root, ".txt")}
    for file, path in files_below(root, ".ann").items():
        name = file.removesuffix(".ann")
        if name not in texts:
            ledger.issue(file, "", "convert-unknown", "has no text beside it", f"add {name}.txt")
            continue
        texts.remove(name)
        raw, content = text_of(path.with_suffix(".txt"), f"{name}.txt", ledger), None
        if raw is not None:
            content = text_of(path, file, ledger)
        if raw is None or content is None:
            continue
        yield _document(name, raw, content, ledger)
    for name in sorted(texts):
        ledger.issue(f"{name}.txt", "", "convert-unknown", "has no .ann beside it", "add one")


def _document(name: str, raw: str, content: str, ledger: Ledger) -> Document:
    text, replaced = clean(raw)
    found = read_annotation(raw, content, f"{name}.ann", ledger)
    orig = (from_file(ledger.corpus, name), *replaced)
    record = article(ledger, ledger.ids.new(name), text, title_of(text), orig=orig)
    annotation = gold(ledger, record, text, found.quotes, orig=found.rest)
    ledger.count("all", found.events, kept=found.events - len(found.quotes))
    return Document(article=record, split="train", text=text, gold=annotation)


def _write(documents: Iterable[Document], ledger: Ledger) -> Iterator[tuple[str, bytes]]:
    for document in documents:
        name = file_of(ledger.corpus, document.article.orig) or document.article.id
        text = restore(document.text or "", document.article.orig)
        content = unchanged_file(document.article, text, document.gold, ledger)
        if content is None:
            content = new_file(text, document.gold, ledger)
            _lose(document.gold, ledger)
        lose_surroundings(ledger, document)
        yield f"{name}.txt", text.encode()
        yield f"{name}.ann", content.encode()


def _lose(annotation: Gold, ledger: Ledger) -> None:
    """Count what a new file does not carry of an annotation."""
    for number, quote in enumerate(annotation.quotes, 1):
        ledger.lose("quotes.id", quote.id.upper() != f"E{number}")
        ledger.lose("line ends in notes", (quote.note or "").count("\n"))
        ledger.lose_speakers(quote.speaker)
    ledger.lose_rest(annotation)


BRAT: Final = Corpus(
    name="brat",
    title="brat stand-off",
    records="events",
    definition="A folder of texts with an .ann file beside each. An event with a role Content is a"
    " quote; other roles are Cue, Source, Addressee, Via, CueHead, SourceHead, Frame.",
    homepage="https://brat.nlplab.org/standoff.html",
    annotates=SPEECH_MARKS | {"quotes", "quotes.content", "quotes.cue", "quotes.source"},
    read=_read,
    write=_write,
    loses=(
        "ids of quotes, which become E1, E2, ...",
        "all of a speaker but id and name",
        "marks (double ones are found again in the text), mentions, stances, issues",
        "annotators' layers; everything about an article but its text and id",
        "line ends in notes",
    ),
)
