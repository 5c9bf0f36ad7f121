"""A corpus folder, a JSONL corpus or a dataset folder, read alike: articles, layers, passages.

What `loading` and the benchmark read; typed, read-only, offline.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol, TypeVar

import msgspec

from onrecord.files import unreadable
from onrecord.issues import InputError, Issue, MisuseError
from onrecord.manifests import SUMS, read_manifest
from onrecord.model import (
    SPLITS,
    Article,
    Gold,
    Layer,
    LayerKind,
    Manifest,
    Speaker,
    Split,
    Target,
)
from onrecord.paths import StrPath, corpus_dir
from onrecord.records import AnnotatedArticle, AnnotationRow, PassageRow, SpeakerRow, TargetRow
from onrecord.rows import article_row, passage_row
from onrecord.sources import Entry, Registries, Source, open_source
from onrecord.text import text_hash

R = TypeVar("R", bound=msgspec.Struct)
_WITH_PARQUET: Final = ("articles", "licensed", "challenge")


class AnnotatedLayer(NamedTuple):
    """An article as one annotator sees it, in the shape of gold."""

    annotator: str
    kind: LayerKind
    article: AnnotatedArticle


class Volume(NamedTuple):
    """One article; `article` is None where its text is not here, or quotes are not found in it.

    Layers are there without a text, too.
    """

    id: str
    article: AnnotatedArticle | None
    layers: tuple[AnnotatedLayer, ...] = ()


class Edition(Protocol):
    """A corpus as published, or as it stands in its folder."""

    speakers: dict[str, Speaker]
    targets: dict[str, Target]

    @property
    def manifest(self) -> Manifest:
        """Versions, and what is not annotated."""

    def volumes(self, split: Split | None = None, *, layers: bool = False) -> Iterator[Volume]:
        """The articles of a split, or of all, with their annotators' layers if wanted.

        Those of a split stand in the order of their ids. Raises `InputError` for records that
        cannot be read, `MisuseError` for gold that is not sound.
        """

    def passages(self) -> Iterator[PassageRow]:
        """The challenge passages; raises as `volumes` does."""

    def ids(self) -> set[str]:
        """The ids of all articles in all splits, licensed ones too; may read all of them."""


def open_edition(corpus: StrPath | None = None, texts: Mapping[str, str] | None = None) -> Edition:
    """The corpus folder, JSONL corpus or dataset folder at a path, by default the one shipped.

    `texts` joins licensed articles of a corpus folder to private copies: text by sha256. Raises
    `MisuseError` for a path that is none of these, `InputError` for records that cannot be read.
    """
    root = Path(corpus) if corpus is not None else corpus_dir()
    is_dataset = (root / SUMS).is_file() or any(
        any((root / name).glob("*.parquet")) for name in _WITH_PARQUET
    )
    if texts is not None and (is_dataset or root.is_file()):
        raise MisuseError(f"{root}: private texts go with a corpus folder, which this is not")
    return _Dataset(root) if is_dataset else _Corpus(root, texts)


class _Corpus:
    """An edition read from the records of a corpus folder or of one JSONL file."""

    def __init__(self, root: Path, texts: Mapping[str, str] | None) -> None:
        self._root, self._texts = root, texts
        _, registries = self._open()
        _raise(registries.issues)
        if registries.manifest is None:
            raise MisuseError(f"{root}: no manifest in its first lines; run `onrecord validate`")
        self.manifest = registries.manifest
        self.speakers = registries.speakers or {}
        self.targets = registries.targets or {}
        self._splits = registries.splits or {}

    def _open(self) -> tuple[Source, Registries]:
        jsonl = self._root if self._root.is_file() else None
        source = open_source(self._root, jsonl=jsonl, texts=self._texts)
        return source, source.registries()

    def _entries(self) -> Iterator[Entry]:
        """The entries, in the order of their ids."""
        source, _ = self._open()
        last = ""
        for entry in source.entries():
            if entry.id and entry.id <= last:
                raise MisuseError(f"{entry.id} stands after {last}; run `onrecord validate`")
            last = entry.id
            yield entry

    def volumes(self, split: Split | None = None, *, layers: bool = False) -> Iterator[Volume]:
        """See `Edition`."""
        for entry in self._entries():
            if split is None or not entry.id or entry.split == split:
                _raise(entry.issues)
                yield self._volume(entry, layers)

    def _volume(self, entry: Entry, layers: bool) -> Volume:
        article, split, text = entry.article, entry.split, entry.text
        assert article is not None and entry.gold is not None
        if split is None:
            raise MisuseError(f"{entry.id} is in no split; run `onrecord validate`")
        if text is not None and text_hash(text) != article.text_sha256:
            raise MisuseError(f"{entry.id}: another text was annotated; run `onrecord validate`")
        sheets = entry.layers if layers else []
        own = tuple(_layer(article, split, text, sheet.annotation, self) for sheet in sheets)
        if text is None or (entry.joined and entry.joined.left_out):
            return Volume(entry.id, None, own)
        annotated = _annotated(article, split, text, entry.gold.annotation, self)
        return Volume(entry.id, annotated, own)

    def passages(self) -> Iterator[PassageRow]:
        """See `Edition`."""
        source, _ = self._open()
        if self._root.is_file():
            deque(source.entries(), maxlen=0)  # a file is read from its beginning
        for place, passage, issues in source.passages():
            if passage is None:
                raise InputError(*issues)
            try:
                row = passage_row(passage)
            except (LookupError, ValueError):
                raise MisuseError(f"{place}: is not sound; run `onrecord validate`") from None
            yield msgspec.convert(row, PassageRow)

    def ids(self) -> set[str]:
        """See `Edition`."""
        if self._root.is_file():
            return {entry.id for entry in self._entries()}
        return set(self._splits)


class _Dataset:
    """An edition read from the Parquet files of a dataset folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.manifest = read_manifest(root)
        self.speakers = {
            row.speaker_id: _source(row, Speaker, speaker_id="id")
            for row in self._rows("speakers", SpeakerRow)
        }
        self.targets = {
            row.target_id: _source(row, Target, target_id="id")
            for row in self._rows("targets", TargetRow)
        }

    def volumes(self, split: Split | None = None, *, layers: bool = False) -> Iterator[Volume]:
        """See `Edition`."""
        for each in (split,) if split else SPLITS:
            rows = self._rows("annotations", AnnotationRow, each) if layers else iter(())
            by_article = groupby(rows, key=lambda row: row.article_id)
            id, own = next(by_article, (None, iter(())))
            for article in self._rows("articles", AnnotatedArticle, each):
                if id == article.id:
                    yield Volume(id, article, tuple(self._layer(article, row) for row in own))
                    id, own = next(by_article, (None, iter(())))
                else:
                    yield Volume(article.id, article)
        for article in self._rows("licensed", AnnotatedArticle):
            if split in (None, article.split):
                yield Volume(article.id, None)

    def _layer(self, article: AnnotatedArticle, row: AnnotationRow) -> AnnotatedLayer:
        fields = msgspec.to_builtins(row)
        fields["layer"] = {name: fields.pop(name) for name in Layer.__struct_fields__}
        gold = msgspec.convert(fields, Gold)
        return _layer(_source(article, Article), article.split, article.text or "", gold, self)

    def passages(self) -> Iterator[PassageRow]:
        """See `Edition`."""
        return self._rows("challenge", PassageRow)

    def ids(self) -> set[str]:
        """See `Edition`."""
        import pyarrow.parquet as pq

        found: set[str] = set()
        for file in (*self._files("articles"), *self._files("licensed")):
            with _reading(file):
                table = pq.read_table(self._root / file, columns=["id"])
                found.update(map(str, table["id"].to_pylist()))
        return found

    def _files(self, config: str, split: str = "") -> list[str]:
        """The files that the manifest lists for a config, of all splits or of one."""
        info = self.manifest.configs.get(config)
        start = f"{config}/{split}-" if split else f"{config}/"
        return sorted(
            file.path for file in (info.files if info else ()) if file.path.startswith(start)
        )

    def _rows(self, config: str, record: type[R], split: str = "") -> Iterator[R]:
        """The rows of a config, a few at a time; none where the manifest has no such config."""
        import pyarrow.parquet as pq

        for file in self._files(config, split):
            with _reading(file), pq.ParquetFile(self._root / file) as parquet:
                # Over all row groups at once, iter_batches would hold the whole file.
                for group in range(parquet.num_row_groups):
                    for batch in parquet.iter_batches(batch_size=100, row_groups=[group]):
                        yield from (msgspec.convert(row, record) for row in batch.to_pylist())


@contextmanager
def _reading(file: str) -> Iterator[None]:
    """Raises `InputError` where a listed file is missing or cannot be read."""
    hint = "build or download it again"
    try:
        yield
    except FileNotFoundError:
        raise InputError(unreadable(file, "is missing, manifest.json lists it", hint)) from None
    except (OSError, ValueError) as error:
        raise InputError(unreadable(file, f"cannot be read: {error}", hint)) from None


def _annotated(
    article: Article, split: Split, text: str | None, gold: Gold, edition: Edition
) -> AnnotatedArticle:
    try:
        row = article_row(article, split, text, gold, edition.speakers, edition.targets)
    except (LookupError, ValueError):
        raise MisuseError(f"{article.id}: its gold is not sound; run `onrecord validate`") from None
    return msgspec.convert(row, AnnotatedArticle)


def _layer(
    article: Article, split: Split, text: str | None, gold: Gold, edition: Edition
) -> AnnotatedLayer:
    annotated = _annotated(article, split, text, gold, edition)
    return AnnotatedLayer(gold.layer.annotator, gold.layer.kind, annotated)


def _source(row: msgspec.Struct, record: type[R], **names: str) -> R:
    """The record that a row was made from: the fields that it has, some under another name."""
    fields: dict[str, Any] = {
        names.get(name, name): value for name, value in msgspec.to_builtins(row).items()
    }
    return msgspec.convert(
        {name: fields[name] for name in record.__struct_fields__ if name in fields}, record
    )


def _raise(issues: list[Issue]) -> None:
    if issues:
        raise InputError(*issues)
