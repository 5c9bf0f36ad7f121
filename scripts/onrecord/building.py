"""Corpus to dataset: validated in the same pass, streamed, atomic; same input, same bytes."""

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Final

from msgspec.structs import asdict, replace

from onrecord.card import FIGURES, default_card, parse_card, render_card
from onrecord.collector import collector_off
from onrecord.files import list_files, read_text, refuse_overlap, staged_folder, write_json
from onrecord.hydration import Hydration
from onrecord.issues import InputError, Issue, MisuseError
from onrecord.labels import labels
from onrecord.manifests import ConfigInfo, DatasetManifest, describe, listed_files, seal
from onrecord.model import SPLITS, Gold, Manifest
from onrecord.paths import StrPath
from onrecord.publishing.croissant import croissant
from onrecord.rows import (
    Row,
    annotation_row,
    article_row,
    flat_rows,
    passage_row,
    speaker_row,
    target_row,
)
from onrecord.sources import Entry, Registries, Source, open_source
from onrecord.tables import HASH_VERSION, TABLES, Writer, table_columns
from onrecord.validation import Validator

MAX_FINDINGS: Final = 10_000
"""Findings after which a build gives up reading."""

Progress = Callable[[int], None]


def build(
    corpus: StrPath,
    out: StrPath | None = None,
    *,
    jsonl: StrPath | None = None,
    texts: Mapping[str, str] | None = None,
    unjoined: list[Issue] | None = None,
    progress: Progress | None = None,
) -> tuple[Path, DatasetManifest]:
    """Validate a corpus folder or JSONL file and write it as a dataset folder.

    `out` is the dataset folder, by default `dist/<title>-<data version>`. A dataset that stands
    there is replaced as a whole once everything is written; anything else is left alone. With
    `texts`, private texts by sha256, it holds licensed articles with their words, says so in card,
    manifest and the folder's default name (`-hydrated`), and is not for others; what of them was
    not found in the texts is added to `unjoined`. `progress` is called with the number of articles
    done.
    Raises `InputError` with all the findings, and then leaves `out` alone, also where there are
    `texts` and none is a copy; and `MisuseError` for an `out` that holds something else or overlaps
    with the corpus, or where there is nothing to join `texts` to.
    """
    source = open_source(corpus, jsonl=jsonl, texts=texts)
    validator = Validator(source)
    manifest = validator.registries.manifest
    if manifest is None:
        raise InputError(*validator.issues)
    manifest = replace(manifest, hydrated=manifest.hydrated or texts is not None)
    target = Path(out) if out else Path("dist") / _name(manifest)
    refuse_overlap(target, Path(jsonl or corpus))
    _refuse_foreign(target)
    with staged_folder(target) as stage, collector_off():
        tables = _Tables(stage)
        _write_registries(tables, validator.registries)
        issues = list(validator.issues)
        hydration = Hydration(source.name)
        for number, entry in enumerate(source.entries(), 1):
            issues += validator.entry(entry)
            hydration.add(entry)
            if not issues:
                _write_entry(tables, entry, validator.registries)
            if progress:
                progress(number)
            if len(issues) > MAX_FINDINGS:
                raise InputError(*issues)
        issues += _write_passages(tables, source, validator, write=not issues)
        issues += validator.finish()
        if issues:
            raise InputError(*issues)
        if texts is not None:
            hydration.require()
        info = _dataset_manifest(manifest, tables.close(stage))
        if not info.configs:
            raise MisuseError(f"{source.name}: there is nothing to publish")
        _write_card(stage, Path(corpus).resolve().parent, info)
        info = seal(stage, info)
    if unjoined is not None:
        unjoined += hydration.issues
    return target, info


def _name(manifest: Manifest) -> str:
    """The name of a dataset's folder; one that is not for others has a name of its own."""
    title = "-".join(re.findall(r"[a-z0-9]+", manifest.title.lower())) or "dataset"
    return f"{title}-{manifest.data_version}{'-hydrated' if manifest.hydrated else ''}"


def _refuse_foreign(target: Path) -> None:
    """Only a dataset may be replaced, and only one that nobody has put anything into."""
    if "\ufffd" in os.fsencode(target).decode("utf-8", "replace"):
        raise MisuseError(f"{target}: is not UTF-8, which Parquet's library needs; name another")
    if target.exists() and not target.is_dir():
        raise MisuseError(f"{target}: is a file; name a folder")
    if not target.is_dir() or not any(target.iterdir()):
        return
    listed = listed_files(target)
    if listed is None:
        raise MisuseError(f"{target}: is not a dataset folder and is not empty; name another")
    found = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    if found - listed:
        surplus = ", ".join(sorted(found - listed)[:3])
        raise MisuseError(f"{target}: holds what no build has written ({surplus}); name another")


class _Tables:
    """The writers of all configs and splits, made when their first row comes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[tuple[str, str], Writer] = {}

    def add(self, name: str, split: str, rows: list[Row]) -> None:
        if not rows:
            return
        key = (name, split)
        if key not in self._writers:
            self._writers[key] = Writer(self._folder, TABLES[name], split)
        self._writers[key].add(rows)

    def close(self, stage: Path) -> dict[str, ConfigInfo]:
        """Finish all files and describe them, in the order of `TABLES` and `SPLITS`."""
        configs: dict[str, ConfigInfo] = {}
        for name in TABLES:
            writers = [
                (split, self._writers[name, split])
                for split in (*SPLITS, "registry")
                if (name, split) in self._writers
            ]
            if not writers:
                continue
            files = [file for _, writer in writers for file in writer.close()]
            combined = hashlib.sha256()
            for split, writer in writers:
                combined.update(f"{split}\n{writer.content_sha256}\n".encode())
            configs[name] = ConfigInfo(
                rows={split: writer.rows for split, writer in writers},
                content_sha256=combined.hexdigest(),
                files=tuple(describe(stage, file) for file in files),
            )
        return configs


def _write_registries(tables: _Tables, registries: Registries) -> None:
    speakers, targets = registries.speakers or {}, registries.targets or {}
    tables.add("speakers", "registry", [speaker_row(speakers[id]) for id in sorted(speakers)])
    tables.add("targets", "registry", [target_row(targets[id]) for id in sorted(targets)])


def _write_entry(tables: _Tables, entry: Entry, registries: Registries) -> None:
    article, gold, split = entry.article, entry.gold, entry.split
    assert article is not None and gold is not None and split is not None
    row = article_row(
        article,
        split,
        entry.text,
        gold.annotation,
        registries.speakers or {},
        registries.targets or {},
        gold.derived,
    )
    if entry.text is None:
        tables.add("licensed", "test", [row])
        return
    tables.add("articles", split, [row])
    for name, rows in zip(
        ("quotes", "stances", "marks"), flat_rows(row, gold.annotation.marks), strict=True
    ):
        tables.add(name, split, rows)
    layers: list[Gold] = [sheet.annotation for sheet in entry.layers]
    tables.add("annotations", split, [annotation_row(layer) for layer in layers])


def _write_passages(
    tables: _Tables, source: Source, validator: Validator, *, write: bool
) -> list[Issue]:
    issues: list[Issue] = []
    for place, passage, found in source.passages():
        issues += validator.passage(place, passage, found)
        if write and passage is not None and not issues:
            tables.add("challenge", "test", [passage_row(passage)])
    return issues


def _dataset_manifest(manifest: Manifest, configs: dict[str, ConfigInfo]) -> DatasetManifest:
    return DatasetManifest(
        **asdict(manifest),
        code_version=version("onrecord"),
        hash_version=HASH_VERSION,
        labels=labels(),
        columns=table_columns(),
        configs=configs,
        files=(),
    )


def _write_card(stage: Path, home: Path, info: DatasetManifest) -> None:
    """The card as README.md with its figures and Croissant; changelog and licence beside it.

    They stand beside the corpus, in `home`, and belong to it if the card is called as the corpus
    is; other corpora have a card made from their manifest.
    """
    path = home / "DATASET_CARD.md"
    own = parse_card(read_text(path, path.name)) if path.is_file() else None
    card = own if own and own.matter.get("pretty_name") == info.title else default_card(info)
    (stage / "README.md").write_text(render_card(card, info), "utf-8")
    write_json(stage / "croissant.json", croissant(info, card))
    if card is not own:
        return
    for name, target in (("CHANGELOG.md", "CHANGELOG.md"), ("LICENSE-CORPUS", "LICENSE")):
        if (home / name).is_file():
            shutil.copyfile(home / name, stage / target)
    for figure in list_files(home / FIGURES, "*.svg", FIGURES):
        if f"]({FIGURES}/{figure.name})" in card.body:
            (stage / FIGURES).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(figure, stage / FIGURES / figure.name)
