"""Grade 3: an article's record against its text, its file names and the registries."""

import unicodedata
from collections.abc import Iterator
from pathlib import PurePath
from typing import Final

from onrecord.issues import Issue
from onrecord.sources import Entry, Registries, Sheet
from onrecord.text import text_hash
from onrecord.validation.registries import is_day

CODES: Final = {
    "article-missing": "Everything that belongs to an article id has an article record.",
    "text-missing": "An open article has its text.",
    "gold-missing": "An article has gold.",
    "id-mismatch": "Ids, `article_id` and annotators agree with the names of files and folders.",
    "id-repeated": "An article id occurs once in a corpus.",
    "id-order": "Articles of a JSONL corpus stand in the order of their ids.",
    "text-licensed": "The text of a licensed article is not in the corpus.",
    "text-form": "A text has LF line ends, no byte-order mark and no control characters.",
    "text-length": "text_length is the text's length in code points.",
    "text-hash": "text_sha256 is the SHA-256 of the text in UTF-8.",
    "zone-order": "Zones lie in the text, are sorted, not empty and do not overlap.",
    "article-date": "A date exists in the calendar.",
    "article-field": "Outlet, date, genre and story are filled.",
    "outlet-unknown": "Every outlet stands in the registry, where there is one.",
}
_FILLED: Final = ("outlet", "published", "genre", "story")


def check_article(entry: Entry, registries: Registries) -> Iterator[Issue]:
    """Everything about an article that can be said without its annotations."""
    if entry.article is None:
        return
    yield from _ids(entry)
    yield from _text(entry, registries)
    yield from _zones(entry)
    yield from _fields(entry, registries)


def _article_issue(entry: Entry, code: str, pointer: str, message: str, hint: str) -> Issue:
    return Issue(
        file=entry.article_file,
        pointer=entry.article_pointer + pointer,
        code=code,
        message=message,
        hint=hint,
    )


def _ids(entry: Entry) -> Iterator[Issue]:
    assert entry.article is not None
    if entry.article.id != entry.id:
        yield _article_issue(
            entry,
            "id-mismatch",
            "/id",
            f"{entry.article.id!r} stands under the name {entry.id!r}",
            "the file is named after the id",
        )
    sheets: list[Sheet] = [*([entry.gold] if entry.gold else []), *entry.layers]
    for sheet in sheets:
        if sheet.annotation.article_id != entry.id:
            yield Issue(
                file=sheet.file,
                pointer=f"{sheet.pointer}/article_id",
                code="id-mismatch",
                message=f"{sheet.annotation.article_id!r} stands under the name {entry.id!r}",
                hint="the annotation belongs to the article that it names",
            )
    for sheet in entry.layers:
        annotator, folder = sheet.annotation.layer.annotator, PurePath(sheet.file).parent.name
        if not sheet.pointer and annotator != folder:
            yield Issue(
                file=sheet.file,
                pointer="/layer/annotator",
                code="id-mismatch",
                message=f"the layer of {annotator!r} stands in the folder of {folder!r}",
                hint="the folder is named after the annotator",
            )


def _text(entry: Entry, registries: Registries) -> Iterator[Issue]:
    article, text = entry.article, entry.text
    assert article is not None
    if text is None:
        return
    if article.rights == "licensed" and entry.joined is None and not registries.hydrated:
        yield _article_issue(
            entry,
            "text-licensed",
            "/rights",
            "a licensed text may not be part of a corpus",
            "remove the text; join private copies with --texts",
        )

    def issue(code: str, message: str, hint: str) -> Issue:
        return Issue(
            file=entry.text_file, pointer=entry.text_pointer, code=code, message=message, hint=hint
        )

    if (wrong := _forbidden(text)) is not None:
        name = unicodedata.name(text[wrong], "a control character")
        yield issue(
            "text-form",
            f"offset {wrong} holds U+{ord(text[wrong]):04X} ({name})",
            "texts are UTF-8 with LF line ends and no control characters",
        )
        return
    if len(text) != article.text_length:
        yield issue(
            "text-length",
            f"{len(text)} code points, the article's record says {article.text_length}",
            "bring the annotated text back; before any annotation, correct the record",
        )
    digest = text_hash(text)
    if digest != article.text_sha256:
        yield issue(
            "text-hash",
            f"the hash is {digest}, the article's record says {article.text_sha256}",
            "bring the annotated text back; before any annotation, correct the record",
        )


def _forbidden(text: str) -> int | None:
    """The first offset of a control character other than LF, or of a byte-order mark."""
    if text.replace("\n", "").isprintable():
        return None
    for offset, character in enumerate(text):
        if character == "\ufeff" or (unicodedata.category(character) == "Cc" and character != "\n"):
            return offset
    return None


def _zones(entry: Entry) -> Iterator[Issue]:
    assert entry.article is not None
    last = 0
    for number, zone in enumerate(entry.article.zones):
        if not last <= zone.start < zone.end <= entry.article.text_length:
            yield _article_issue(
                entry,
                "zone-order",
                f"/zones/{number}",
                f"{zone.start} to {zone.end} after {last}, length {entry.article.text_length}",
                "sort the zones; they may not overlap or leave the text",
            )
        last = max(last, zone.end)


def _fields(entry: Entry, registries: Registries) -> Iterator[Issue]:
    article = entry.article
    assert article is not None
    for name in _FILLED:
        if name == "outlet" and article.rights == "licensed":
            continue  # a private copy may not say where it appeared
        if getattr(article, name) is None and not registries.incomplete & {
            "articles",
            f"articles.{name}",
        }:
            yield _article_issue(
                entry,
                "article-field",
                f"/{name}",
                f"the article has no {name}",
                "fill it, or declare it in the manifest's `incomplete`",
            )
    if article.published is not None and not is_day(article.published):
        yield _article_issue(
            entry, "article-date", "/published", f"{article.published} is no day", "correct it"
        )
    if (
        registries.outlets is not None
        and article.outlet is not None
        and article.outlet not in registries.outlets
    ):
        yield _article_issue(
            entry,
            "outlet-unknown",
            "/outlet",
            f"there is no outlet {article.outlet!r}",
            "add it to outlets.json",
        )
