"""Documents made from what a reader finds: articles, gold and layers as ours are."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from msgspec.structs import replace

from onrecord.converting.description import Corpus
from onrecord.converting.ledger import Ledger
from onrecord.converting.marks import speech_marks
from onrecord.derived import derive
from onrecord.model import Article, Derived, Document, Gold, Layer, Mention, Orig, Quote, Stance

FILE: Final = "file"


def article(ledger: Ledger, id: str, text: str, title: str, **fields: Any) -> Article:
    """The record of an article; `fields` are further fields of it."""
    return Article(
        id=id,
        title=" ".join(title.split()) or id,
        language=ledger.language,
        rights=ledger.corpus.rights,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        text_length=len(text),
        **fields,
    )


def title_of(text: str) -> str:
    """The first line of a text that holds something."""
    return next((line for line in text.split("\n") if line.strip()), "")


def day(words: str, file: str, pointer: str, ledger: Ledger) -> str | None:
    """A day of the calendar as YYYY-MM-DD; None for no words, and for others with a finding."""
    try:
        return date.fromisoformat(words).isoformat() if words else None
    except ValueError:
        ledger.issue(file, pointer, "convert-field", f"{words!r} is no day", "left out")
        return None


def gold(
    ledger: Ledger,
    article: Article,
    text: str,
    quotes: Sequence[Quote],
    *,
    annotator: str = "",
    mentions: Sequence[Mention] = (),
    stances: Sequence[Stance] = (),
    orig: Sequence[Orig] = (),
) -> Gold:
    """An annotation of `article`, its speech marks found if the corpus is to have any.

    A report wholly in marks is a clause (R8). Where the text may not be shipped, every quote
    carries its computed fields.
    """
    marks = speech_marks(text, quotes) if "marks.quote" in ledger.corpus.annotates else ()
    found = Gold(
        article_id=article.id,
        layer=Layer(annotator=annotator or ledger.corpus.name, kind="imported"),
        marks=marks,
        mentions=tuple(mentions),
        quotes=tuple(quotes),
        stances=tuple(stances),
        orig=tuple(orig),
    )
    licensed = article.rights == "licensed"
    reports = {quote.id for quote in quotes if quote.form == "report"}
    if not licensed and not any(mark.quote in reports for mark in marks):
        return found
    derived = derive(text, found)
    return replace(found, quotes=tuple(_sound(each, derived[each.id], licensed) for each in quotes))


def _sound(quote: Quote, derived: Derived, licensed: bool) -> Quote:
    form = "clause" if quote.form == "report" and derived.type == "direct" else quote.form
    return replace(quote, form=form, derived=derived if licensed else None)


def original(corpus: Corpus, orig: Sequence[Orig], id: str) -> str | None:
    """The verbatim record of `corpus` called `id`, if there is one."""
    return next(
        (record.raw for record in orig if record.id == id and record.scheme == corpus.name), None
    )


def record_of(corpus: Corpus, id: str, raw: str) -> Orig:
    """A verbatim record of `corpus`."""
    return Orig(scheme=corpus.name, id=id, raw=raw)


def from_file(corpus: Corpus, name: str) -> Orig:
    """The record that says from which of the makers' files an article or annotation comes."""
    return record_of(corpus, FILE, name)


def file_of(corpus: Corpus, orig: Sequence[Orig]) -> str | None:
    """The makers' file from which it comes; None if it does not come from `corpus`."""
    return original(corpus, orig, FILE)


def lose_surroundings(ledger: Ledger, document: Document) -> None:
    """Count what no format carries of a document: annotators' layers, and all about the article.

    Its file is named after its id, and title, language and hash are made again by an import: a
    title is lost only where it is not the first line.
    """
    record, made = document.article, " ".join(title_of(document.text or "").split())
    ledger.lose("layers", len(document.layers))
    ledger.lose("articles.title", record.title != (made or record.id))
    carried = ("id", "title", "language", "rights", "text_sha256", "text_length")
    ledger.lose_fields("articles", record, carried)
