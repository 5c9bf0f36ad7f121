"""A dataset folder as one of the two that are compared: Arrow rows, compared without unpacking."""

from collections.abc import Iterable, Iterator, Mapping
from heapq import merge
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from onrecord.issues import InputError, Issue
from onrecord.manifests import DatasetManifest, read_manifest
from onrecord.releases.listings import check_files, read_listing
from onrecord.releases.parquet import read_batches
from onrecord.releases.sides import Side, Unit
from onrecord.rows import Row

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH: Final = 200


class ArrowRow(NamedTuple):
    """A row of a record batch."""

    key: tuple[str, ...]
    batch: "pa.RecordBatch"
    place: int

    def equals(self, other: "ArrowRow") -> bool:
        """Whether names, types and values are the same."""
        return self.batch.slice(self.place, 1).equals(other.batch.slice(other.place, 1))

    def unpack(self) -> Row:
        """The row as a plain dict."""
        row: Row = self.batch.slice(self.place, 1).to_pylist()[0]
        return row


class DatasetUnit:
    """An article of a dataset with its layers."""

    def __init__(self, article: ArrowRow, layers: list[ArrowRow]) -> None:
        self.id = article.key[0]
        self._article = article
        self._layers = layers

    @property
    def row(self) -> Row:
        """See `Unit`."""
        return self._article.unpack()

    @property
    def layers(self) -> dict[str, Row]:
        """See `Unit`."""
        return {layer.key[1]: layer.unpack() for layer in self._layers}

    def same(self, other: Unit) -> bool:
        """See `Unit`."""
        return (
            isinstance(other, DatasetUnit)
            and self._article.equals(other._article)
            and len(self._layers) == len(other._layers)
            and all(map(ArrowRow.equals, self._layers, other._layers))
        )


def dataset_side(folder: Path, name: str) -> Side:
    """The side of a dataset folder; raises `MisuseError` where there is none.

    Flat tables are counted from the articles, so all files must be those that were built together:
    of a copy that is not whole nothing is read.
    """
    manifest = read_manifest(folder)
    listing = read_listing(folder)
    issues = [*listing.issues, *check_files(listing)]
    if issues:
        manifest = replace(manifest, configs={})

    def records(config: str, key: str) -> dict[str, Row]:
        return {row.key[0]: row.unpack() for row in _table(folder, manifest, config, (key,))}

    side = Side(
        name=name,
        manifest=manifest,
        columns=manifest.columns,
        labels=manifest.labels,
        speakers=records("speakers", "speaker_id"),
        targets=records("targets", "target_id"),
        passages=records("challenge", "id"),
        units=iter(()),
        issues=[replace(issue, file=f"{name}/{issue.file}") for issue in sorted(issues)],
    )
    side.units = _units(folder, manifest, side.quoted)
    return side


def _units(folder: Path, manifest: DatasetManifest, quoted: set[str]) -> Iterator[Unit]:
    """Articles and licensed ones in the order of their ids, each with its layers."""
    articles = merge(
        _table(folder, manifest, "articles", ("id",), quoted),
        _table(folder, manifest, "licensed", ("id",), quoted),
        key=itemgetter(0),
    )
    layers = _table(folder, manifest, "annotations", ("article_id", "annotator"))
    waiting = next(layers, None)
    for article in _in_order(articles, "articles"):
        own = []
        while waiting is not None and waiting.key[:1] <= article.key:
            own.append(waiting)
            waiting = next(layers, None)
        yield DatasetUnit(article, own)


def _table(
    folder: Path,
    manifest: DatasetManifest,
    config: str,
    keys: tuple[str, ...],
    quoted: set[str] | None = None,
) -> Iterator[ArrowRow]:
    """The rows of all splits of a config, in the order of their keys."""
    if config not in manifest.configs:
        return iter(())
    info = manifest.configs[config]
    splits = (
        [file.path for file in info.files if file.path.startswith(f"{config}/{split}-")]
        for split in info.rows
    )
    columns = manifest.columns.get(config, {})
    return merge(
        *(_rows(folder, paths, columns, keys, quoted) for paths in splits), key=itemgetter(0)
    )


def _rows(
    folder: Path,
    paths: Iterable[str],
    columns: Mapping[str, str],
    keys: tuple[str, ...],
    quoted: set[str] | None,
) -> Iterator[ArrowRow]:
    for path in paths:
        for batch in read_batches(folder, path, columns, _BATCH):
            if quoted is not None:
                quoted.update(_speakers(batch))
            names = [batch.column(name).to_pylist() for name in keys]
            for place, key in enumerate(zip(*names, strict=True)):
                yield ArrowRow(key, batch, place)


def _speakers(batch: "pa.RecordBatch") -> list[str]:
    """The speakers of all quotes of a batch of articles."""
    import pyarrow.compute as pc

    quotes = pc.list_flatten(batch.column("quotes"))
    speakers: list[str] = pc.list_flatten(pc.struct_field(quotes, "speaker")).unique().to_pylist()
    return speakers


def _in_order(rows: Iterable[ArrowRow], file: str) -> Iterator[ArrowRow]:
    """The rows, each with an id greater than the last; raises `InputError` for others."""
    last: tuple[str, ...] = ()
    for row in rows:
        if row.key <= last:
            raise InputError(
                Issue(
                    file=file,
                    pointer="",
                    code="id-order",
                    message=f"{row.key[0]!r} comes after {last[0]!r}",
                    hint="rows stand in the order of their ids: build the dataset again",
                )
            )
        last = row.key
        yield row
