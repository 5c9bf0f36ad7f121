"""What `onrecord extract` is given: corpora, article records, texts and pages.

A corpus or dataset folder yields its articles, and its challenge passages where the split is test
or none is named; a corpus folder needs no gold, unless its contents are to be labelled. A JSON or
JSONL file of article records (see `PlainArticle`) is taken verbatim. Everything else becomes
articles as `onrecord ingest` makes them; offsets refer to that text.
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import orjson

from onrecord.editions import Edition, open_edition
from onrecord.extractors import PlainArticle, plain_article
from onrecord.files import read_bytes, read_text, unreadable
from onrecord.issues import InputError, Issue, MisuseError
from onrecord.json_input import decode
from onrecord.model import SPLITS, Article, Span, Split, Target
from onrecord.records import AnnotatedArticle, PassageRow
from onrecord.sources import Entry, open_source
from onrecord.sources.jsonl import decode_line, raw_lines
from onrecord.validation.articles import check_text

_OF_A_RECORD: Final = {"id", "title", "language", "text"}


class Item(NamedTuple):
    """An article to read; with `contents`, those of its gold, only these are to be labelled."""

    article: PlainArticle
    contents: tuple[Span, ...] | None = None


class Inputs:
    """The articles in files and folders; `data_versions` and `licensed` are known at the end.

    `licensed` counts articles whose text is not here, `passed_over` files in folders that are of no
    kind that is read. Raises `MisuseError` for what is not there or
    makes no sense together.
    """

    def __init__(self, paths: Sequence[Path], split: str | None, given: bool) -> None:
        if split is not None and split not in SPLITS:
            raise MisuseError(f"unknown split {split!r}; there are {', '.join(SPLITS)}")
        for path in paths:
            if not path.exists():
                raise MisuseError(f"{path}: no such file or folder")
            if (split or given) and not _is_corpus(path):
                option = "--split" if split else "--given"
                raise MisuseError(f"{path}: is no corpus, so {option} makes no sense")
        self._paths = paths
        self._split: Split | None = split
        self._given = given
        self.data_versions: list[str] = []
        self.licensed = 0
        self.passed_over = 0

    def __iter__(self) -> Iterator[Item | Issue]:
        """Every article, and what cannot be read; an id that occurs again is a finding."""
        seen: set[str] = set()
        for item in self._all():
            if isinstance(item, Item):
                if item.article.id in seen:
                    yield _repeated(item.article.id)
                    continue
                seen.add(item.article.id)
            yield item

    def _all(self) -> Iterator[Item | Issue]:
        for path in self._paths:
            try:
                yield from self._corpus(path) if _is_corpus(path) else self._files(path)
            except InputError as error:
                yield from error.issues

    def _corpus(self, path: Path) -> Iterator[Item | Issue]:
        edition = open_edition(path)
        self.data_versions.append(edition.manifest.data_version)
        if self._given or _is_dataset(path):
            yield from self._volumes(edition)
        else:
            yield from self._entries(path, edition)
        if self._split in (None, "test"):
            for passage in edition.passages():
                yield self._item(passage, edition)

    def _volumes(self, edition: Edition) -> Iterator[Item]:
        for volume in edition.volumes(self._split):
            if volume.article is None:
                self.licensed += 1
            else:
                yield self._item(volume.article, edition)

    def _entries(self, path: Path, edition: Edition) -> Iterator[Item | Issue]:
        """The articles of a corpus folder, also those without gold; each stands for itself."""
        source = open_source(path)
        source.registries()  # the splits of the entries
        for entry in source.entries():
            if self._split and entry.id and entry.split != self._split:
                continue
            wrong = [issue for issue in entry.issues if issue.code != "gold-missing"]
            wrong = wrong or list(check_text(entry))
            yield from wrong
            if wrong or entry.article is None:
                continue
            if entry.text is None:
                self.licensed += 1
            else:
                yield Item(_plain(entry.article, entry.text, _issues(entry, edition)))

    def _files(self, path: Path) -> Iterator[Item | Issue]:
        """Article records first, then what is ingested."""
        from onrecord.ingestion.inputs import SourceFile, list_sources

        raw: dict[str, list[Path]] = {}
        for found in list_sources([path], Path()):
            if not isinstance(found, SourceFile):
                yield found
            elif found.format is None:
                self.passed_over += 1
            elif found.format in ("json", "jsonl") and _holds_records(found.path):
                yield from _records(found.path, found.name, found.format)
            else:
                raw.setdefault(found.format, []).append(found.path)
        yield from _ingested(raw.values())

    def _item(self, article: AnnotatedArticle | PassageRow, edition: Edition) -> Item:
        contents = tuple(quote.content for quote in article.quotes) if self._given else None
        return Item(plain_article(article, edition.targets), contents)


def _is_corpus(path: Path) -> bool:
    return (path / "manifest.json").is_file() or _is_dataset(path)


def _is_dataset(path: Path) -> bool:
    return any(path.glob("*/*.parquet"))


def _issues(entry: Entry, edition: Edition) -> tuple[Target, ...]:
    """The issues that its gold names, where it has gold."""
    ids = entry.gold.annotation.issues if entry.gold else ()
    return tuple(edition.targets.get(id) or Target(id=id, kind="issue", text=id) for id in ids)


def _repeated(id: str) -> Issue:
    return Issue(
        file=id,
        pointer="",
        code="article-duplicate",
        message="an article of this id was read before; this one is left out",
        hint="give every article an id of its own",
    )


def _holds_records(path: Path) -> bool:
    """Whether the first JSON object in a file is an article record."""
    with path.open("rb") as stream:
        lines = stream if path.suffix != ".json" else iter((stream.read(),))
        first = next((line for line in lines if line.strip()), b"")
    try:
        record = orjson.loads(first)
    except orjson.JSONDecodeError:
        return False
    return isinstance(record, dict) and record.keys() >= _OF_A_RECORD


def _records(path: Path, name: str, format: str) -> Iterator[Item | Issue]:
    if format == "json":
        try:
            yield Item(decode(read_bytes(path, name), PlainArticle, name))
        except InputError as error:
            yield from error.issues
        return
    for place, raw, issues in raw_lines(path, name):
        article = None if issues else decode_line(raw, PlainArticle, place, issues)
        yield from issues
        if article is not None:
            yield Item(article)


def _ingested(groups: Iterable[Sequence[Path]]) -> Iterator[Item | Issue]:
    """The articles in groups of files; a group lost for want of a library costs no other."""
    with tempfile.TemporaryDirectory(prefix="onrecord-") as folder:
        corpus = Path(folder, "corpus")
        for paths in groups:
            try:
                yield from _drafted(paths, corpus)
            except MisuseError as error:
                yield from (unreadable(path.name, f"cannot be read: {error}", "") for path in paths)


def _drafted(paths: Sequence[Path], corpus: Path) -> Iterator[Item | Issue]:
    from onrecord.ingestion import ingest

    for outcome in ingest(paths, corpus):
        yield from outcome.issues
        if outcome.status == "written" and outcome.id:
            yield Item(_read(corpus, outcome.id))
        elif outcome.status == "unchanged" and outcome.id:
            yield _repeated(outcome.id)


def _read(corpus: Path, id: str) -> PlainArticle:
    name = f"articles/{id}.json"
    article: Article = decode(read_bytes(corpus / name, name), Article, name)
    return _plain(article, read_text(corpus / f"texts/{id}.txt", f"texts/{id}.txt"))


def _plain(article: Article, text: str, issues: tuple[Target, ...] = ()) -> PlainArticle:
    return PlainArticle(
        id=article.id,
        title=article.title,
        language=article.language,
        text=text,
        zones=article.zones,
        issues=issues,
    )
