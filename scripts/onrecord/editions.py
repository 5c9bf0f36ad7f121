"""A corpus folder or a dataset folder as benchmarks read it: alike, whatever it is.

Beside the open articles that `loading` yields these are annotators' layers, challenge passages,
registries, and what is licensed.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec

from onrecord.issues import InputError, Issue, MisuseError
from onrecord.manifests import read_manifest
from onrecord.model import (
    Article,
    Gold,
    Layer,
    LayerKind,
    Manifest,
    Rights,
    Speaker,
    Split,
    Target,
)
from onrecord.paths import corpus_dir
from onrecord.records import (
    AnnotatedArticle,
    AnnotationRow,
    PassageRow,
    SpeakerRow,
    TargetRow,
)
from onrecord.rows import article_row, passage_row
from onrecord.sources import Entry, open_source

R = TypeVar("R", bound=msgspec.Struct)


class AnnotatedLayer(NamedTuple):
    """An article as one annotator sees it, in the shape of gold."""

    annotator: str
    kind: LayerKind
    article: AnnotatedArticle


class Volume(NamedTuple):
    """One article of a split; `article` is None where its text is not here."""

    id: str
    rights: Rights
    article: AnnotatedArticle | None
    layers: tuple[AnnotatedLayer, ...]


class Edition(Protocol):
    """A corpus as published or as it stands in its folder."""

    speakers: dict[str, Speaker]
    targets: dict[str, Target]

    @property
    def manifest(self) -> Manifest:
        """Versions, and what is not annotated."""

    def volumes(self, split: Split) -> Iterator[Volume]:
        """The articles of a split in the order of their ids."""

    def passages(self) -> Iterator[PassageRow]:
        """The challenge passages."""

    def ids(self) -> set[str]:
        """The ids of all articles in all splits, licensed ones too."""


def open_edition(corpus: str | Path | None = None) -> Edition:
    """The corpus or dataset folder at a path, by default the corpus that comes along.

    Raises `MisuseError` for a folder that is neither, `InputError` for records that cannot be read.
    """
    root = Path(corpus) if corpus is not None else corpus_dir()
    if any((root / name).is_dir() and any((root / name).glob("*.parquet")) for name in _CONFIGS):
        return _Dataset(root)
    return _Corpus(root)


class _Corpus:
    """An edition read from the records of a corpus folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        registries = open_source(root).registries()
        if registries.issues:
            raise InputError(*registries.issues)
        assert registries.manifest is not None
        self.manifest = registries.manifest
        self.speakers = registries.speakers or {}
        self.targets = registries.targets or {}
        self._splits = registries.splits or {}

    def volumes(self, split: Split) -> Iterator[Volume]:
        """See `Edition`."""
        source = open_source(self._root)
        source.registries()
        for entry in source.entries():
            if entry.split != split:
                continue
            if entry.issues:
                raise InputError(*entry.issues)
            yield self._volume(entry, split)

    def _volume(self, entry: Entry, split: Split) -> Volume:
        assert entry.article is not None and entry.gold is not None
        article, text = entry.article, entry.text
        if text is None:
            return Volume(article.id, article.rights, None, ())
        gold = entry.gold.annotation
        return Volume(
            article.id,
            article.rights,
            _annotated(article, split, text, gold, self),
            tuple(_layer(article, split, text, sheet.annotation, self) for sheet in entry.layers),
        )

    def passages(self) -> Iterator[PassageRow]:
        """See `Edition`."""
        source = open_source(self._root)
        source.registries()
        for place, passage, issues in source.passages():
            if issues or passage is None:
                raise InputError(*issues)
            try:
                row = passage_row(passage)
            except (LookupError, ValueError):
                raise MisuseError(f"{place}: is not sound; run `onrecord validate`") from None
            yield msgspec.convert(row, PassageRow)

    def ids(self) -> set[str]:
        """See `Edition`."""
        return set(self._splits)


def _annotated(
    article: Article, split: Split, text: str, gold: Gold, edition: Edition
) -> AnnotatedArticle:
    try:
        row = article_row(article, split, text, gold, edition.speakers, edition.targets)
    except (LookupError, ValueError):
        who = f"{article.id} by {gold.layer.annotator}"
        raise MisuseError(f"{who}: is not sound; run `onrecord validate`") from None
    return msgspec.convert(row, AnnotatedArticle)


def _layer(
    article: Article, split: Split, text: str, gold: Gold, edition: Edition
) -> AnnotatedLayer:
    annotated = _annotated(article, split, text, gold, edition)
    return AnnotatedLayer(gold.layer.annotator, gold.layer.kind, annotated)


_CONFIGS = ("articles", "licensed", "challenge")


class _Dataset:
    """An edition read from the Parquet files of a dataset folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.manifest = read_manifest(root)
        self.speakers = {
            row.speaker_id: _renamed(row, Speaker, speaker_id="id")
            for row in self._rows("speakers", SpeakerRow)
        }
        self.targets = {
            row.target_id: _renamed(row, Target, target_id="id")
            for row in self._rows("targets", TargetRow)
        }

    def volumes(self, split: Split) -> Iterator[Volume]:
        """See `Edition`."""
        layers = groupby(
            self._rows("annotations", AnnotationRow, split), key=lambda row: row.article_id
        )
        id, group = next(layers, (None, iter(())))
        for article in self._rows("articles", AnnotatedArticle, split):
            own: tuple[AnnotatedLayer, ...] = ()
            if id == article.id:
                own = tuple(self._layer(article, row) for row in group)
                id, group = next(layers, (None, iter(())))
            yield Volume(article.id, article.rights, article, own)
        for article in self._rows("licensed", AnnotatedArticle):
            if article.split == split:
                yield Volume(article.id, article.rights, None, ())

    def _layer(self, article: AnnotatedArticle, row: AnnotationRow) -> AnnotatedLayer:
        about = _renamed(article, Article)
        fields = msgspec.to_builtins(row)
        fields["layer"] = {name: fields.pop(name) for name in Layer.__struct_fields__}
        gold = msgspec.convert(fields, Gold)
        return _layer(about, article.split, article.text or "", gold, self)

    def passages(self) -> Iterator[PassageRow]:
        """See `Edition`."""
        return self._rows("challenge", PassageRow)

    def ids(self) -> set[str]:
        """See `Edition`."""
        import pyarrow.parquet as pq

        return {
            str(id)
            for config in ("articles", "licensed")
            for path in (self._root / config).glob("*.parquet")
            for id in pq.read_table(path, columns=["id"])["id"].to_pylist()
        }

    def _rows(self, config: str, record: type[R], split: str = "") -> Iterator[R]:
        import pyarrow.parquet as pq

        for path in sorted((self._root / config).glob(f"{split}*.parquet")):
            try:
                for batch in pq.ParquetFile(path).iter_batches(batch_size=200):
                    yield from msgspec.convert(batch.to_pylist(), list[record])  # type: ignore[valid-type]
            except (OSError, ValueError) as error:
                raise InputError(
                    Issue(
                        file=str(path.relative_to(self._root)),
                        pointer="",
                        code="file-unreadable",
                        message=f"cannot be read: {error}",
                        hint="build or download it again",
                    )
                ) from None


def _renamed(row: msgspec.Struct, record: type[R], **names: str) -> R:
    """The record that a row was made from: fields that it knows, some under another name."""
    fields: dict[str, Any] = msgspec.to_builtins(row)
    renamed: Iterable[tuple[str, Any]] = (
        (names.get(name, name), value) for name, value in fields.items()
    )
    return msgspec.convert(
        {name: value for name, value in renamed if name in record.__struct_fields__}, record
    )
