"""From a corpus folder of ours to files in the form of a corpus or format."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec.structs import replace

from onrecord.archives import inside
from onrecord.converting.description import Corpus
from onrecord.converting.documents import file_of
from onrecord.converting.importing import Progress, refuse_filled
from onrecord.converting.ledger import Ledger
from onrecord.files import staged_folder
from onrecord.issues import InputError, Issue, MisuseError
from onrecord.model import Document, Record
from onrecord.sources import Entry, Source, open_source


class Written(Record, frozen=True, kw_only=True):
    """The result of an export: files written, and what the format could not carry, by kind."""

    folder: str
    files: int
    lost: dict[str, int]
    issues: tuple[Issue, ...]


def export_corpus(
    corpus: Corpus, folder: Path, out: Path, *, progress: Progress | None = None
) -> Written:
    """Write the corpus in `folder` in the form of `corpus` into folder `out`.

    What was imported from that form comes out as it came. A corpus is then read again: whatever
    differs, because it has been changed since, is a finding; a format holds the changes. Raises
    `MisuseError` if `out` is not empty or nothing can be written, `InputError` if registries cannot
    be read.
    """
    refuse_filled(out)
    source = open_source(folder)
    registries = source.registries()
    if registries.issues:
        raise InputError(*registries.issues)
    ledger = Ledger(corpus, wanted=tuple(corpus.splits))
    ledger.speakers, ledger.targets = registries.speakers or {}, registries.targets or {}
    documents = _Documents(source, ledger, progress)
    with staged_folder(out) as stage:
        files = _write(corpus, documents, ledger, stage)
        documents.note_foreign()
        if not documents.digests:
            if ledger.issues:
                raise InputError(*ledger.issues)
            raise MisuseError(f"{folder}: holds no article")
        if not corpus.is_format:
            _compare(stage, documents, ledger)
    return Written(
        folder=str(out), files=files, lost=dict(ledger.lost), issues=tuple(ledger.issues)
    )


def _write(corpus: Corpus, documents: "_Documents", ledger: Ledger, stage: Path) -> int:
    """Write all files; their number."""
    files = 0
    try:
        for name, content in corpus.write(iter(documents), ledger):
            path = stage / inside(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as stream:  # nothing is written twice
                stream.write(content)
            files += 1
    except (LookupError, ValueError, msgspec.MsgspecError) as error:
        raise MisuseError(f"its records are not sound ({error}); run `onrecord validate`") from None
    return files


class _Documents:
    """The documents of a corpus folder, and a digest of each that has been handed out."""

    def __init__(self, source: Source, ledger: Ledger, progress: Progress | None) -> None:
        self._source, self._ledger, self._progress = source, ledger, progress
        self.digests: dict[str, tuple[str, bytes]] = {}
        self._foreign: list[str] = []

    def __iter__(self) -> Iterator[Document]:
        """Whatever cannot be handed out becomes a finding."""
        for number, entry in enumerate(self._source.entries(), 1):
            self._ledger.issues += entry.issues
            document = self._document(entry)
            if document is not None:
                file = file_of(self._ledger.corpus, document.article.orig) or entry.id
                self.digests[file] = entry.id, digest(document)
                yield document
            if self._progress:
                self._progress(number)

    def _document(self, entry: Entry) -> Document | None:
        corpus = self._ledger.corpus
        if entry.article is None or entry.gold is None:
            return None
        if entry.text is None:
            message, hint = "has no text here", "see docs/RIGHTS.md on joining your own copy"
        elif not corpus.is_format and file_of(corpus, entry.article.orig) is None:
            self._foreign.append(entry.article_file)
            return None
        else:
            return Document(
                article=entry.article,
                split=entry.split or "train",
                text=entry.text,
                gold=entry.gold.annotation,
                layers=tuple(sheet.annotation for sheet in entry.layers),
            )
        self._ledger.issue(entry.article_file, "", "convert-article", message, hint)
        return None

    def note_foreign(self) -> None:
        """One finding for all articles that came from elsewhere, at the first of them."""
        if self._foreign:
            corpus, number = self._ledger.corpus.name, len(self._foreign)
            also = f", like {number} articles in all" if number > 1 else ""
            message = f"was not imported from {corpus}{also}"
            hint = "write them as brat, citron or bio"
            self._ledger.issue(self._foreign[0], "", "convert-article", message, hint)


def digest(document: Document) -> bytes:
    """A hash of text and annotation; ids and titles of articles do not count."""
    sheets = [replace(sheet, article_id="x") for sheet in (document.gold, *document.layers)]
    return sha256(msgspec.json.encode([document.article.text_sha256, sheets])).digest()


def _compare(folder: Path, documents: _Documents, ledger: Ledger) -> None:
    """Read what was written; a finding for every article that says something else in the corpus."""
    again = Ledger(ledger.corpus, wanted=ledger.wanted, language=ledger.language)
    left = dict(documents.digests)
    for document in ledger.corpus.read(folder, again):
        id, found = left.pop(file_of(ledger.corpus, document.article.orig) or "", ("", b""))
        if found != digest(document):
            _changed(ledger, f"gold/{id or document.article.id}.json")
    for id, _ in left.values():
        _changed(ledger, f"gold/{id}.json")
    for kind in ("speakers", "targets"):
        known = getattr(ledger, kind)
        for id, record in getattr(again, kind).items():
            if known.get(id) != record:
                _changed(ledger, f"{kind}.json", f"/{id}")


def _changed(ledger: Ledger, file: str, pointer: str = "") -> None:
    message = "has changed since it was imported"
    hint = f"{ledger.corpus.name} only comes back as it came; use a format for what has changed"
    ledger.issue(file, pointer, "convert-changed", message, hint)
