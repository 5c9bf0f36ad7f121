"""Whether a copy of a dataset is whole: every byte of every file, and what the rows add up to.

A copy has the rows, and so the content hashes, of what it was made from if its files have the
same SHA-256. Whether those hashes are right is looked at once, where a dataset is made or sent.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from onrecord.card import names_configs
from onrecord.issues import InputError, Issue
from onrecord.manifests import MANIFEST, SUMS, ConfigInfo, DatasetManifest
from onrecord.paths import StrPath
from onrecord.releases.listings import check_files, finding, read_listing
from onrecord.releases.parquet import count_rows, read_batches
from onrecord.rows import Row

CODES: Final = {
    "file-missing": "Every listed file is there.",
    "file-surplus": "Every file is listed; names that begin with a dot do not count.",
    "file-damaged": "A file has the SHA-256 that is listed.",
    "file-unreadable": "Files can be read, and tables as Parquet.",
    "list-damaged": "`manifest.json` and `SHA256SUMS` can be read and are right about all files.",
    "table-columns": "A table has the columns that the manifest gives.",
    "table-rows": "A split has as many rows as the manifest says.",
    "table-hash": "The rows of a table give its content hash (`--content`).",
    "card-config": "The card gives every config its version and content hash.",
}
_BATCH: Final = 500
_CARD: Final = "README.md"

Progress = Callable[[int], None]


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at and what is wrong with it.

    `content` says that content hashes were computed, `sums_sha256` is the hash of `SHA256SUMS`.
    """

    data_version: str | None
    files: int
    rows: int
    content: bool
    sums_sha256: str | None
    issues: tuple[Issue, ...]


def verify(folder: StrPath, *, content: bool = False, progress: Progress | None = None) -> Verified:
    """Compare a dataset folder with its manifest: files, columns, numbers of rows, card.

    With `content` all rows are read and the content hashes computed from them; `progress` is then
    called with the number of rows read. Tables are looked into only where their bytes are right.
    Raises `MisuseError` where there is no dataset.
    """
    folder = Path(folder)
    listing = read_listing(folder)
    issues = [*listing.issues, *check_files(listing)]
    wrong = {issue.file for issue in issues}
    manifest = listing.manifest
    tables = _Tables(folder, content, progress)
    if manifest is not None:
        issues += tables.check(manifest, wrong)
        if _CARD in listing.found and _CARD not in wrong:
            issues += _check_card(folder, manifest)
    return Verified(
        data_version=manifest.data_version if manifest else None,
        files=len(listing.found),
        rows=tables.rows,
        content=content,
        sums_sha256=listing.found[SUMS].sha256 if SUMS in listing.found else None,
        issues=tuple(sorted(issues)),
    )


def _check_card(folder: Path, manifest: DatasetManifest) -> Iterator[Issue]:
    """`datasets` finds tables, and knows old from new, by what stands in the card."""
    if not names_configs((folder / _CARD).read_text("utf-8", "replace"), manifest):
        yield finding(_CARD, "card-config", "its configs are not those of the manifest")


class _Tables:
    """Looks into the tables of a dataset and counts the rows."""

    def __init__(self, folder: Path, content: bool, progress: Progress | None) -> None:
        self.rows = self._read = 0
        self._folder = folder
        self._content = content
        self._progress = progress

    def check(self, manifest: DatasetManifest, wrong: set[str]) -> Iterator[Issue]:
        """The findings of all configs but those with files that are wrong already."""
        from onrecord.tables import HASH_VERSION

        if manifest.hash_version != HASH_VERSION:
            message = f"has hash version {manifest.hash_version}, this code knows {HASH_VERSION}"
            yield finding(MANIFEST, "table-hash", message)
            return
        for name, config in manifest.configs.items():
            if wrong & {file.path for file in config.files}:
                continue
            columns = manifest.columns.get(name, {})
            try:
                yield from self._rows(name, config, columns)
                if self._content:
                    yield from self._hash(name, config, columns)
            except InputError as error:
                yield from error.issues

    def _rows(self, name: str, config: ConfigInfo, columns: Mapping[str, str]) -> Iterator[Issue]:
        """As many as the files of each split say; raises `InputError` for other columns."""
        for split, rows in config.rows.items():
            files = _files(name, split, config)
            count = sum(count_rows(self._folder, file, columns) for file in files)
            self.rows += count
            if count != rows:
                message = f"{name} {split} has {count} rows, the manifest says {rows}"
                yield finding(MANIFEST, "table-rows", message)

    def _hash(self, name: str, config: ConfigInfo, columns: Mapping[str, str]) -> Iterator[Issue]:
        combined = hashlib.sha256()
        for split in config.rows:
            digest = hashlib.sha256()
            for file in _files(name, split, config):
                self._update(digest, file, columns)
            combined.update(f"{split}\n{digest.hexdigest()}\n".encode())
        if combined.hexdigest() != config.content_sha256:
            message = f"{name}: its rows give the hash {combined.hexdigest()}"
            yield finding(MANIFEST, "table-hash", message)

    def _update(self, digest: "hashlib._Hash", file: str, columns: Mapping[str, str]) -> None:
        """Add the rows of a file to a content hash; raises `InputError`."""
        from onrecord.tables import content_line

        for batch in read_batches(self._folder, file, columns, _BATCH):
            names = batch.schema.names
            rows: list[Row] = batch.to_pylist()
            digest.update(b"".join([content_line(row, names) for row in rows]))
            self._read += len(rows)
            if self._progress:
                self._progress(self._read)


def _files(name: str, split: str, config: ConfigInfo) -> list[str]:
    return [file.path for file in config.files if file.path.startswith(f"{name}/{split}-")]
