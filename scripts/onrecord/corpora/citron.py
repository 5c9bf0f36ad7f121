"""Citron's JSON (https://github.com/bbc/citron, docs/data_format.md): a file a document.

`text`, and `quotes` with one `cue`, `sources` and `contents`; a span is `start`, `end` and `text`,
in characters. Coreferences and confidences are kept as they came. A quote without a cue cannot be
written.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from onrecord.converting.description import SPEECH_MARKS, Corpus
from onrecord.converting.documents import (
    article,
    file_of,
    from_file,
    gold,
    lose_surroundings,
    record_of,
    title_of,
)
from onrecord.converting.ledger import Ledger
from onrecord.converting.skeleton import SKELETON, cut, refill
from onrecord.converting.sources import decode, files_below, text_of
from onrecord.converting.spans import clean, restore, span, words, words_by_bytes
from onrecord.model import Document, Orig, Quote, Span

_QUOTES: Final = "/quotes/"
_TEXT_HOLES: Final = {"\1": False, "\2": True}
"""What stands for the text in a skeleton, and whether it is written in ASCII only."""


class _Span(msgspec.Struct, frozen=True):
    start: int
    end: int
    text: str


class _Quote(msgspec.Struct, frozen=True):
    contents: list[_Span]
    sources: list[_Span] = []
    cue: _Span | None = None


class _File(msgspec.Struct, frozen=True):
    text: str
    quotes: list[msgspec.Raw]


def _read(root: Path, ledger: Ledger) -> Iterator[Document]:
    for file, path in files_below(root, ".json").items():
        content = text_of(path, file, ledger)
        found = decode(content.encode(), _File, file, ledger) if content is not None else None
        if content is not None and found is not None:
            with ledger.noting():
                yield _document(file, content, found, ledger)


def _document(file: str, content: str, found: _File, ledger: Ledger) -> Document:
    text, replaced = clean(found.text)
    orig = (from_file(ledger.corpus, file), *replaced)
    name = file.removesuffix(".json")
    record = article(ledger, ledger.ids.new(name), text, title_of(text), orig=orig)
    skeleton, records = cut(content, found.quotes, file)
    quotes, rest = read_quotes(found.text, records, file, ledger)
    rest.append(record_of(ledger.corpus, SKELETON, _without_text(skeleton, found.text)))
    ledger.count("all", len(records), kept=len(records) - len(quotes))
    annotation = gold(ledger, record, text, quotes, orig=rest)
    return Document(article=record, split="train", text=text, gold=annotation)


def _without_text(skeleton: str, text: str) -> str:
    """The skeleton with a hole for the text, if it is written in one of the usual ways."""
    for hole, ascii_only in _TEXT_HOLES.items():
        literal = json.dumps(text, ensure_ascii=ascii_only)
        if skeleton.count(literal) == 1:
            return skeleton.replace(literal, hole)
    return skeleton


def read_quotes(
    text: str, records: list[str], file: str, ledger: Ledger
) -> tuple[list[Quote], list[Orig]]:
    """The quotes of a document, and the records that are none; `text` is as it came."""
    quotes, rest = [], []
    for number, raw in enumerate(records):
        place = f"{_QUOTES}{number}"
        orig = record_of(ledger.corpus, place, raw)
        found = decode(raw.encode(), _Quote, file, ledger, place)
        quote = found and _quote(found, f"q{number}", text, file, place, ledger)
        if quote:
            quotes.append(replace(quote, orig=(orig,)))
        else:
            rest.append(orig)
    return quotes, rest


def _quote(
    found: _Quote, id: str, text: str, file: str, place: str, ledger: Ledger
) -> Quote | None:
    content = _span(text, found.contents, file, f"{place}/contents", ledger)
    source = _span(text, found.sources, file, f"{place}/sources", ledger)
    cue = _span(text, [found.cue] if found.cue else [], file, f"{place}/cue", ledger)
    return Quote(id=id, content=content, source=source, cue=cue) if content else None


def _span(text: str, spans: list[_Span], file: str, place: str, ledger: Ledger) -> Span:
    pieces = [(each.start, each.end) for each in spans]
    try:
        found = span(text, pieces)
    except ValueError as error:
        hint = "not read; offsets count characters"
        ledger.issue(file, place, "convert-offsets", str(error), hint)
        return ()
    stored = " ".join(each.text for each in spans)
    if words(text, pieces) != stored:
        by_bytes = words_by_bytes(text, pieces) == stored
        message = f"says {stored[:60]!r}, the text {words(text, pieces)[:60]!r}"
        hint = "its offsets count bytes, not characters" if by_bytes else "offsets are kept"
        ledger.issue(file, f"{place}/text", "convert-words", message, hint)
    return found


def _write(documents: Iterable[Document], ledger: Ledger) -> Iterator[tuple[str, bytes]]:
    for document in documents:
        text = restore(document.text or "", document.article.orig)
        content = _original(document, text, ledger)
        lose_surroundings(ledger, document)
        if content is None:
            whole = {"text": text, "quotes": list(_quotes(text, document, ledger))}
            content = json.dumps(whole, indent=4, ensure_ascii=False) + "\n"
        file = file_of(ledger.corpus, document.article.orig) or f"{document.article.id}.json"
        yield file, content.encode()


def _original(document: Document, text: str, ledger: Ledger) -> str | None:
    """The file that a document comes from, if it still says the same."""
    content = refill(document.gold, ledger.corpus, _QUOTES)
    if content is None:
        return None
    for hole, ascii_only in _TEXT_HOLES.items():
        content = content.replace(hole, json.dumps(text, ensure_ascii=ascii_only))
    found = msgspec.json.decode(content, type=_File)
    again, _ = read_quotes(text, cut(content, found.quotes, "")[1], "", Ledger(ledger.corpus))
    same = gold(ledger, document.article, document.text or "", again)
    return content if same.quotes == document.gold.quotes else None


def _quotes(text: str, document: Document, ledger: Ledger) -> Iterator[dict[str, Any]]:
    """The quotes in Citron's form; what it has no place for is counted."""
    for quote in document.gold.quotes:
        if not quote.cue:
            ledger.lose("quotes without a cue", 1)
            continue
        ledger.lose("further pieces of cues", len(quote.cue) - 1)
        yield {
            "cue": _written(text, quote.cue)[0],
            "sources": _written(text, quote.source),
            "contents": _written(text, quote.content),
            "id": quote.id,
        }
        ledger.lose_fields("quotes", quote, ("id", "content", "cue", "source"))
    ledger.lose_rest(document.gold)


def _written(text: str, spanned: Span) -> list[dict[str, Any]]:
    return [
        {"start": part.start, "end": part.end, "text": text[part.start : part.end]}
        for part in spanned
    ]


CITRON: Final = Corpus(
    name="citron",
    title="Citron's JSON",
    records="quotes",
    definition="A folder of JSON files, one a document: its text, and quotes with a cue, sources"
    " and contents.",
    homepage="https://github.com/bbc/citron",
    annotates=SPEECH_MARKS | {"quotes", "quotes.content", "quotes.cue", "quotes.source"},
    read=_read,
    write=_write,
    loses=(
        "quotes without a cue; all but the first piece of a cue",
        "all of a quote but content, cue, source and id",
        "marks (double ones are found again in the text), mentions, stances, issues",
        "annotators' layers; everything about an article but its text and id",
    ),
)
