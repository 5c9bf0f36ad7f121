"""A corpus folder as one of the two that are compared: records, made into rows when they differ."""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

import orjson
from msgspec.structs import replace

from onrecord.issues import InputError, Issue, MisuseError
from onrecord.labels import labels
from onrecord.model import SCHEMA_VERSION, Passage
from onrecord.releases.rules import parts
from onrecord.releases.sides import Side, Unit
from onrecord.rows import Row, annotation_row, article_row, passage_row, speaker_row, target_row
from onrecord.sources import Entry, Registries, Source, open_source


class CorpusUnit:
    """An article of a corpus with its layers; licensed ones publish none."""

    def __init__(self, entry: Entry, registries: Registries) -> None:
        self.id = entry.id
        self._entry = entry
        self._registries = registries
        self._layers = entry.layers if entry.text is not None else []

    @cached_property
    def row(self) -> Row:
        """See `Unit`; raises `MisuseError` for gold that is not sound."""
        entry = self._entry
        assert entry.article is not None and entry.gold is not None and entry.split is not None
        try:
            return _plain(
                article_row(
                    entry.article,
                    entry.split,
                    entry.text,
                    entry.gold.annotation,
                    self._registries.speakers or {},
                    self._registries.targets or {},
                )
            )
        except (LookupError, ValueError):
            raise MisuseError(
                f"{self.id}: its gold is not sound; run `onrecord validate`"
            ) from None

    @property
    def layers(self) -> dict[str, Row]:
        """See `Unit`."""
        rows = (_plain(annotation_row(sheet.annotation)) for sheet in self._layers)
        return {row["annotator"]: row for row in rows}

    def same(self, other: Unit) -> bool:
        """See `Unit`."""
        return isinstance(other, CorpusUnit) and self._records() == other._records()

    def _records(self) -> tuple[object, ...]:
        entry = self._entry
        gold = entry.gold.annotation if entry.gold else None
        layers = [sheet.annotation for sheet in self._layers]
        return entry.split, entry.article, entry.text, gold, layers


def corpus_side(
    folder: Path, name: str, columns: Mapping[str, Mapping[str, str]] | None = None
) -> Side:
    """The side of a corpus folder, whose tables have these columns (by default as built now).

    Raises `MisuseError` where there is no corpus of a schema that this code reads, `InputError`
    if its manifest or registries cannot be read.
    """
    from onrecord.tables import table_columns

    source = open_source(folder)
    found = source.registries()
    if found.issues or found.manifest is None:
        raise InputError(*(_placed(issue, name) for issue in found.issues))
    if parts(found.manifest.schema_version)[0] != parts(SCHEMA_VERSION)[0]:
        raise MisuseError(
            f"{name}: has schema version {found.manifest.schema_version}, this code reads"
            f" {SCHEMA_VERSION}; build it with the code of its time and compare the dataset"
        )
    side = Side(
        name=name,
        manifest=found.manifest,
        columns=columns or table_columns(),
        labels=_labels(folder),
        speakers={id: _plain(speaker_row(item)) for id, item in (found.speakers or {}).items()},
        targets={id: _plain(target_row(item)) for id, item in (found.targets or {}).items()},
        passages={},
        units=iter(()),
    )
    side.passages = _passages(source, side)
    side.units = _units(source, found, side)
    return side


def _labels(folder: Path) -> Mapping[str, Mapping[str, str]]:
    """The definitions that come with the corpus, or those of this version."""
    own = folder / "labels.json"
    if not own.is_file():
        return labels()
    try:
        found: dict[str, dict[str, str]] = json.loads(own.read_bytes())
    except ValueError as error:
        raise MisuseError(f"{own}: is not JSON ({error})") from None
    return found


def _units(source: Source, registries: Registries, side: Side) -> Iterator[Unit]:
    """The articles that can be read; findings of the others go to the side's issues."""
    for entry in source.entries():
        if entry.issues or entry.split is None or entry.gold is None:
            missing = Issue(
                file="splits.json",
                pointer="",
                code="split-missing",
                message=f"{entry.id!r} is in no split",
                hint="add it",
            )
            side.issues += [_placed(issue, side.name) for issue in entry.issues or [missing]]
            continue
        for quote in entry.gold.annotation.quotes:
            side.quoted.update(quote.speaker)
        yield CorpusUnit(entry, registries)


def _passages(source: Source, side: Side) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for _, passage, issues in source.passages():
        side.issues += [_placed(issue, side.name) for issue in issues]
        if passage is not None:
            rows[passage.id] = _passage(passage)
    return rows


def _passage(passage: Passage) -> Row:
    try:
        return _plain(passage_row(passage))
    except (LookupError, ValueError):
        raise _unsound(passage.id) from None


def _unsound(id: str) -> MisuseError:
    return MisuseError(f"{id}: its gold is not sound; run `onrecord validate`")


def _plain(row: Row) -> Row:
    """A row as it comes back from Parquet: lists, no tuples."""
    plain: Row = orjson.loads(orjson.dumps(row))
    return plain


def _placed(issue: Issue, name: str) -> Issue:
    return replace(issue, file=f"{name}/{issue.file}")
