"""Grade 3: an article's record against its text, its file names and the registries."""

from collections.abc import Iterator
from pathlib import PurePath
from typing import Final

from onrecord.issues import Issue
from onrecord.model import Article
from onrecord.sources import Entry, Registries
from onrecord.text import text_hash
from onrecord.validation import texts
from onrecord.validation.registries import is_day

CODES: Final = {
    "article-missing": "Everything that belongs to an article id has an article record.",
    "text-missing": "An open article has its text.",
    "gold-missing": "An article has gold.",
    "id-mismatch": "Ids, `article_id` and annotators agree with the names of files and folders.",
    "layer-repeated": "An annotator has one layer of an article.",
    "id-repeated": "An article id occurs once in a corpus.",
    "id-order": "Articles of a JSONL corpus stand in the order of their ids.",
    "text-licensed": "The text of a licensed article is not in the corpus.",
    "text-length": "text_length is the text's length in code points.",
    "text-hash": "text_sha256 is the SHA-256 of the text in UTF-8.",
    "article-date": "A date exists in the calendar.",
    "article-field": "Outlet, date, genre and story are filled.",
    "outlet-unknown": "Every outlet stands in the registry, where there is one.",
}
_FILLED: Final = ("outlet", "published", "genre", "story")


def check_article(entry: Entry, registries: Registries) -> Iterator[Issue]:
    """Everything about an article that can be said without its annotations.

    Where its record could not be read, what can be said without that.
    """
    yield from _sheets(entry)
    yield from check_text(entry)
    article = entry.article
    if article is None:
        return
    yield from _id(entry, article)
    yield from _rights(entry, article, registries)
    yield from texts.check_zones(
        article.zones, article.text_length, entry.article_file, entry.article_pointer
    )
    yield from _fields(entry, article, registries)


def _article_issue(entry: Entry, code: str, pointer: str, message: str, hint: str) -> Issue:
    return Issue(
        file=entry.article_file,
        pointer=entry.article_pointer + pointer,
        code=code,
        message=message,
        hint=hint,
    )


def _id(entry: Entry, article: Article) -> Iterator[Issue]:
    if article.id != entry.id:
        yield _article_issue(
            entry,
            "id-mismatch",
            "/id",
            f"{article.id!r} stands under the name {entry.id!r}",
            "the file is named after the id",
        )


def _sheets(entry: Entry) -> Iterator[Issue]:
    """Gold and layers under the name of their article and their annotator."""
    for sheet in entry.sheets:
        if sheet.annotation.article_id != entry.id:
            yield Issue(
                file=sheet.file,
                pointer=f"{sheet.pointer}/article_id",
                code="id-mismatch",
                message=f"{sheet.annotation.article_id!r} stands under the name {entry.id!r}",
                hint="the annotation belongs to the article that it names",
            )
    seen: set[str] = set()
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
        elif annotator in seen:
            yield Issue(
                file=sheet.file,
                pointer=f"{sheet.pointer}/layer/annotator",
                code="layer-repeated",
                message=f"{annotator!r} has a layer of this article already",
                hint="keep one of them",
            )
        seen.add(annotator)


def _rights(entry: Entry, article: Article, registries: Registries) -> Iterator[Issue]:
    kept = entry.text is not None and entry.joined is None and not registries.hydrated
    if kept and article.rights == "licensed":
        yield _article_issue(
            entry,
            "text-licensed",
            "/rights",
            "a licensed text may not be part of a corpus",
            "remove the text; join private copies with --texts",
        )


def check_licensed_split(entry: Entry) -> Iterator[Issue]:
    """Whether a licensed article is where nobody needs its text: in no split but test."""
    licensed = entry.article is not None and entry.article.rights == "licensed"
    if licensed and entry.split not in (None, "test"):
        yield _article_issue(
            entry,
            "split-licensed",
            "/rights",
            f"{entry.id!r} is licensed and in split {entry.split}",
            "move it to test: nobody can train on a text that is not there",
        )


def check_text(entry: Entry) -> Iterator[Issue]:
    """A text for itself, and against what its article says of it, as far as both are there."""
    article, text = entry.article, entry.text
    if text is None:
        return
    form = list(texts.check_form(text, entry.text_file, entry.text_pointer))
    yield from form
    if form or article is None:
        return

    def issue(code: str, message: str, hint: str) -> Issue:
        return Issue(
            file=entry.text_file, pointer=entry.text_pointer, code=code, message=message, hint=hint
        )

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


def _fields(entry: Entry, article: Article, registries: Registries) -> Iterator[Issue]:
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
