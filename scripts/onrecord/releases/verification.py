"""Whether a copy of a dataset is whole: every byte of every file, and what the rows add up to."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from onrecord.card import names_configs
from onrecord.issues import InputError, Issue
from onrecord.manifests import MANIFEST, SUMS, ConfigInfo, DatasetManifest
from onrecord.releases.listings import check_files, finding, read_listing
from onrecord.releases.parquet import read_batches
from onrecord.rows import Row

CODES: Final = {
    "file-missing": "Every listed file is there.",
    "file-surplus": "Every file is listed; names that begin with a dot do not count.",
    "file-damaged": "A file has the SHA-256 that is listed.",
    "file-unreadable": "Files can be read, and tables as Parquet.",
    "list-damaged": "`manifest.json` and `SHA256SUMS` can be read and are right about all files.",
    "table-columns": "A table has the columns that the manifest gives.",
    "table-rows": "A split has as many rows as the manifest says.",
    "table-hash": "The rows of a table give its content hash.",
    "card-config": "The card gives every config its version and content hash.",
}
_BATCH: Final = 500
_CARD: Final = "README.md"

Progress = Callable[[int], None]


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at and what is wrong with it; `sums_sha256` is the hash of `SHA256SUMS`."""

    data_version: str | None
    files: int
    rows: int
    sums_sha256: str | None
    issues: tuple[Issue, ...]


def verify(folder: Path, progress: Progress | None = None) -> Verified:
    """Compare a dataset folder with its manifest: files, columns, rows, content hashes, card.

    Tables are read, in pieces, only where their bytes are right. `progress` is called with the
    number of rows read. Raises `MisuseError` where there is no dataset.
    """
    listing = read_listing(folder)
    issues = [*listing.issues, *check_files(listing)]
    wrong = {issue.file for issue in issues}
    manifest = listing.manifest
    tables = _Tables(folder, progress)
    if manifest is not None:
        issues += tables.check(manifest, wrong)
        if _CARD in listing.found and _CARD not in wrong:
            issues += _check_card(folder, manifest)
    return Verified(
        data_version=manifest.data_version if manifest else None,
        files=len(listing.found),
        rows=tables.rows,
        sums_sha256=listing.found[SUMS].sha256 if SUMS in listing.found else None,
        issues=tuple(sorted(issues)),
    )


def _check_card(folder: Path, manifest: DatasetManifest) -> Iterator[Issue]:
    """`datasets` finds tables, and knows old from new, by what stands in the card."""
    if not names_configs((folder / _CARD).read_text("utf-8", "replace"), manifest):
        yield finding(_CARD, "card-config", "its configs are not those of the manifest")


class _Tables:
    """Reads the tables of a dataset and counts the rows."""

    def __init__(self, folder: Path, progress: Progress | None) -> None:
        self.rows = 0
        self._folder = folder
        self._progress = progress

    def check(self, manifest: DatasetManifest, wrong: set[str]) -> Iterator[Issue]:
        """The findings of all configs but those with files that are wrong already."""
        from onrecord.tables import HASH_VERSION

        if manifest.hash_version != HASH_VERSION:
            message = f"has hash version {manifest.hash_version}, this code knows {HASH_VERSION}"
            yield finding(MANIFEST, "table-hash", message)
            return
        for name, config in manifest.configs.items():
            if not wrong & {file.path for file in config.files}:
                yield from self._config(name, config, manifest.columns.get(name, {}))

    def _config(self, name: str, config: ConfigInfo, columns: Mapping[str, str]) -> Iterator[Issue]:
        combined = hashlib.sha256()
        for split, rows in config.rows.items():
            files = [file.path for file in config.files if file.path.startswith(f"{name}/{split}-")]
            try:
                count, digest = self._read(files, columns)
            except InputError as error:
                yield from error.issues
                return
            if count != rows:
                message = f"{name} {split} has {count} rows, the manifest says {rows}"
                yield finding(MANIFEST, "table-rows", message)
            combined.update(f"{split}\n{digest}\n".encode())
        if combined.hexdigest() != config.content_sha256:
            message = f"{name}: its rows give the hash {combined.hexdigest()}"
            yield finding(MANIFEST, "table-hash", message)

    def _read(self, files: list[str], columns: Mapping[str, str]) -> tuple[int, str]:
        """Number and content hash of the rows of one split; raises `InputError`."""
        from onrecord.tables import content_line

        digest, count = hashlib.sha256(), 0
        for file in files:
            for batch in read_batches(self._folder, file, columns, _BATCH):
                names = batch.schema.names
                rows: list[Row] = batch.to_pylist()
                digest.update(b"".join([content_line(row, names) for row in rows]))
                count += len(rows)
                self.rows += len(rows)
                if self._progress:
                    self._progress(self.rows)
        return count, digest.hexdigest()
