"""German news quotation attribution 2024: a JSON file an article of Wikinews, as UHH-LT ships them.

Everything stands in a file twice and three times: sentences as text and as tokens, tokens again by
themselves with offsets, spans by characters, by tokens and as words. What follows from the rest is
not kept but made again when it is written back, and a checksum of the file shows that it is right.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final, Literal
from zlib import crc32

import msgspec
import orjson
from msgspec.structs import replace

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
from onrecord.converting.ledger import Ledger
from onrecord.converting.skeleton import numbered, originals
from onrecord.converting.sources import bytes_of, decode, files_below, find_root, note_unread
from onrecord.converting.spans import clean, restore, span, words
from onrecord.model import Document, Orig, Quote, QuoteForm
from onrecord.text import covers

_NAME: Final = re.compile(r"(?:\d+ - )?(.*?)(?: \((\d{4}-\d\d-\d\d)\))?", re.DOTALL)
_Type = Literal["Direct", "Indirect", "Reported", "FreeIndirect", "IndirectFreeIndirect"]
_FORMS: Final[dict[_Type, QuoteForm]] = {
    "Direct": "clause",
    "Indirect": "clause",
    "Reported": "report",
    "FreeIndirect": "free",
    "IndirectFreeIndirect": "free",
}
_ROLES: Final = {
    "quote": "content",
    "speaker": "source",
    "cue": "cue",
    "addressee": "addressee",
    "frame": "frame",
}
"""The makers' roles and ours."""
_MEDIA: Final = ("Speech", "Writing", "Thought", "SW", "ST", "TW", "none")
_ANNOTATIONS: Final = "/annotations/"
_WHOLE: Final = "whole"
"""The file as it stands, kept where it holds what is not made again."""


class _Strict(msgspec.Struct, frozen=True, gc=False, rename="camel", forbid_unknown_fields=True):
    """Fields stand in the order in which the makers write them."""


class _Span(_Strict, frozen=True, gc=False):
    begin: int
    char_begin: int
    char_end: int
    end: int


class _Role(_Strict, frozen=True):
    spans: tuple[_Span, ...]
    text: str
    token_ids: tuple[int, ...]


class _Annotation(_Strict, frozen=True):
    addressee: _Role
    cue: _Role
    frame: _Role
    has_nested: bool
    id: int
    is_nested: bool
    medium: str
    quote: _Role
    speaker: _Role
    type: _Type


class _Sentence(_Strict, frozen=True):
    begin: int
    char_begin: int
    char_end: int
    end: int
    id: int
    text: str
    token_ids: msgspec.Raw
    tokens: tuple[str, ...]


class _Token(_Strict, frozen=True, gc=False):
    char_begin: int
    char_end: int
    id: int
    sentence: int
    text: str
    word: int


class _File(_Strict, frozen=True):
    annotations: tuple[msgspec.Raw, ...]
    document_name: str
    original_text: str
    sentences: tuple[_Sentence, ...]
    tokens: tuple[_Token, ...]


def _read(root: Path, ledger: Ledger) -> Iterator[Document]:
    for split in ledger.wanted:
        home = find_root(root, f"data/{split}")
        if home is None:
            continue
        for name, path in files_below(home / "data" / split).items():
            file = f"data/{split}/{name}"
            if not name.endswith(".json"):
                note_unread(file, ledger)
                continue
            raw = bytes_of(path, file, ledger)
            known = len(ledger.issues)
            found = decode(raw, _File, file, ledger) if raw is not None else None
            if raw is not None and found is not None:
                _check(found, file, ledger)
                irregular = len(ledger.issues) > known
                yield _document(found, raw, split, file, ledger, keep=irregular)


def _check(found: _File, file: str, ledger: Ledger) -> None:
    """Findings where a file does not say the same thing in two places."""
    name = PurePosixPath(file).name.removesuffix(".json").removesuffix(".pretty")
    if found.document_name.replace("/", "_") != name:
        message = f"is {found.document_name!r}, unlike the name of the file"
        ledger.issue(file, "/documentName", "convert-field", message, "correct one of them")
    strings = [string for sentence in found.sentences for string in sentence.tokens]
    if [token.text for token in found.tokens] != strings:
        message = "are not those of the sentences, one after another"
        ledger.issue(file, "/tokens", "convert-words", message, "those of the sentences are read")


def _document(
    found: _File, raw: bytes, split: str, file: str, ledger: Ledger, *, keep: bool
) -> Document:
    """The document; with `keep`, the file stays as it stands."""
    text, replaced = clean(found.original_text)
    name, published = _NAME.fullmatch(found.document_name).groups()  # type: ignore[union-attr]
    corpus = ledger.corpus
    record = article(
        ledger,
        ledger.ids.new(found.document_name),
        text,
        name,
        published=day(published or "", file, "/documentName", ledger),
        outlet="wikinews",
        orig=(
            from_file(corpus, file),
            record_of(corpus, "documentName", found.document_name),
            record_of(corpus, "sentences", orjson.dumps(_layout(found.sentences)).decode()),
            record_of(corpus, "crc32", str(crc32(raw))),
            *([record_of(corpus, _WHOLE, raw.decode())] if keep else []),
            *replaced,
        ),
    )
    quotes, rest = _quotes(found, file, ledger)
    ledger.count(split, len(found.annotations), kept=len(rest))
    annotation = gold(ledger, record, text, quotes, orig=rest)
    return Document(article=record, split=ledger.split(split), text=text, gold=annotation)


def _layout(sentences: Iterable[_Sentence]) -> list[list[str]]:
    """Of every sentence the white space after it, then its tokens."""
    return [[each.text[len(each.text.rstrip()) :], *each.tokens] for each in sentences]


def _unfolded(text: str, layout: list[list[str]]) -> dict[str, list[dict[str, Any]]]:
    """Sentences and tokens as the makers write them, from the text and `_layout`."""
    sentences: list[dict[str, Any]] = []
    tokens: list[dict[str, Any]] = []
    place = 0
    for number, (tail, *strings) in enumerate(layout):
        begin = len(tokens)
        for word, string in enumerate(strings, 1):
            start = max(text.find(string, place), place)
            place = start + len(string)
            tokens.append(
                {
                    "charBegin": start,
                    "charEnd": place,
                    "id": len(tokens),
                    "sentence": number + 1,
                    "text": string,
                    "word": word,
                }
            )
        start = tokens[begin]["charBegin"] if strings else place
        sentences.append(
            {
                "begin": begin,
                "charBegin": start,
                "charEnd": place,
                "end": len(tokens),
                "id": number,
                "text": text[start:place] + tail,
                "tokenIds": list(range(begin, len(tokens))),
                "tokens": strings,
            }
        )
    return {"sentences": sentences, "tokens": tokens}


def _quotes(found: _File, file: str, ledger: Ledger) -> tuple[list[Quote], list[Orig]]:
    """The quotes, and the records of annotations that are none."""
    quotes, rest, nested, ids = [], [], set(), set()
    for number, raw in enumerate(found.annotations):
        place = f"{_ANNOTATIONS}{number}"
        known = len(ledger.issues)
        annotation = decode(raw, _Annotation, file, ledger, place)
        regular = len(ledger.issues) == known
        spans = annotation and _spans(annotation, found.original_text, file, place, ledger)
        if annotation is None or not spans or not spans.get("content"):
            rest.append(record_of(ledger.corpus, place, bytes(raw).decode()))
            continue
        ledger.check_value(file, f"{place}/medium", annotation.medium, _MEDIA)
        if annotation.id in ids:
            message, hint = f"{annotation.id} is that of another one, too", "both are read"
            ledger.issue(file, f"{place}/id", "convert-field", message, hint)
        ids.add(annotation.id)
        form = _FORMS[annotation.type]
        if form == "free" and spans.get("cue"):
            form = "clause"  # free indirect speech has no cue (R8)
        own = msgspec.json.encode(annotation) if regular else bytes(raw)
        orig = record_of(ledger.corpus, place, own.decode())
        quotes.append(Quote(id=f"q{number}", form=form, orig=(orig,), **spans))
        nested |= {f"q{number}"} if annotation.is_nested else set()
    quotes = [
        replace(quote, parent=_parent(quote, quotes)) if quote.id in nested else quote
        for quote in quotes
    ]
    return quotes, rest


def _spans(
    annotation: _Annotation, text: str, file: str, place: str, ledger: Ledger
) -> dict[str, Any]:
    """The spans of a quote by the names of our fields."""
    spans: dict[str, Any] = {}
    for name, field in _ROLES.items():
        role: _Role = getattr(annotation, name)
        if not role.spans and not role.text and field != "content":
            continue
        pieces = [(each.char_begin, each.char_end) for each in role.spans]
        try:
            spans[field] = span(text, pieces)
        except ValueError as error:
            hint = "not read; offsets count characters"
            ledger.issue(file, f"{place}/{name}/spans", "convert-offsets", str(error), hint)
            continue
        if not spans[field]:
            message, hint = "holds no words", "not read"
            ledger.issue(file, f"{place}/{name}/spans", "convert-offsets", message, hint)
        if words(text, pieces) != role.text:
            message = f"says {role.text[:60]!r}, the text {words(text, pieces)[:60]!r}"
            ledger.issue(file, f"{place}/{name}/text", "convert-words", message, "offsets are kept")
    return spans


def _parent(quote: Quote, quotes: Iterable[Quote]) -> str | None:
    """The smallest quote whose content holds that of a nested one; None if none does."""
    holders = [
        (sum(part.end - part.start for part in other.content), other.id)
        for other in quotes
        if other.content != quote.content and covers(other.content, quote.content)
    ]
    return min(holders)[1] if holders else None


def _write(documents: Iterable[Document], ledger: Ledger) -> Iterator[tuple[str, bytes]]:
    corpus = ledger.corpus
    for document in documents:
        orig = document.article.orig
        text = restore(document.text or "", orig)
        records = numbered(originals(document.gold), _ANNOTATIONS)
        whole = {
            "annotations": [json.loads(raw) for raw in records.values()],
            "documentName": original(corpus, orig, "documentName"),
            "originalText": text,
            **_unfolded(text, json.loads(original(corpus, orig, "sentences") or "[]")),
        }
        # Their writer escapes slashes; nothing else in JSON holds one.
        content = json.dumps(whole, indent=4, ensure_ascii=False).replace("/", "\\/").encode()
        file, kept = file_of(corpus, orig) or "", original(corpus, orig, _WHOLE)
        content = content if kept is None else kept.encode()
        if str(crc32(content)) != original(corpus, orig, "crc32"):
            message, hint = "is not the same to the byte as it came", "compare the two"
            ledger.issue(file, "", "convert-layout", message, hint)
        yield file, content


GERMAN_WIKINEWS: Final = Corpus(
    name="german-wikinews",
    title="German news quotation attribution 2024",
    records="quotations",
    definition="Articles of the German Wikinews; every quotation, direct, indirect, reported or"
    " free indirect, with speaker, cue, addressee and frame as words of the text, and whether it is"
    " nested. Speakers are not identified.",
    language="de",
    rights="open",
    licence="CC-BY-NC-SA-4.0",
    terms="The data is provided under the CC BY-NC-SA 4.0 license.",
    creators=("Fynn Petersen-Frey", "Chris Biemann"),
    citation="Fynn Petersen-Frey and Chris Biemann: Dataset of Quotation Attribution in German News"
    " Articles (2024).",
    homepage="https://github.com/uhh-lt/german-news-quotation-attribution-2024",
    annotates=SPEECH_MARKS
    | {"quotes", "quotes.content", "quotes.cue", "quotes.source", "quotes.addressee"}
    | {"quotes.frame", "quotes.form", "quotes.parent", "articles.outlet"},
    splits={"train": "train", "dev": "validation", "test": "test"},
    expected={"train": Counts(700, 2_877), "dev": Counts(150, 653), "test": Counts(148, 652)},
    read=_read,
    write=_write,
)
