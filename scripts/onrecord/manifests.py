"""The manifest of a built dataset: what is in it, and how to know that it is whole.

`manifest.json` lists every other file with its length and SHA-256. Its own hash stands in
`SHA256SUMS`, which lists all files, so that `sha256sum -c SHA256SUMS` checks a copy anywhere.
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from onrecord.files import write_json
from onrecord.issues import MisuseError
from onrecord.model import Manifest, Record, Sha256

MANIFEST: Final = "manifest.json"
SUMS: Final = "SHA256SUMS"


class FileInfo(Record, frozen=True, kw_only=True):
    """A file of the dataset; the hash is a download check, not the identity of the data."""

    path: str
    bytes: int
    sha256: Sha256


class ConfigInfo(Record, frozen=True, kw_only=True):
    """A config: rows by split, and the hash of its rows that no Parquet writer changes."""

    rows: dict[str, int]
    content_sha256: Sha256
    files: tuple[FileInfo, ...]


class DatasetManifest(Manifest, frozen=True, kw_only=True):
    """What stands in the manifest.json of a dataset folder.

    `labels` holds the definition of every label by field, `columns` the type of every column by
    table, also of tables that are empty; `files` all that belongs to no config, except this
    manifest and `SHA256SUMS`.
    """

    code_version: str
    hash_version: int
    labels: dict[str, dict[str, str]]
    columns: dict[str, dict[str, str]]
    configs: dict[str, ConfigInfo]
    files: tuple[FileInfo, ...]

    def listed(self) -> dict[str, FileInfo]:
        """Every file that the manifest lists, by its path."""
        tables = [file for config in self.configs.values() for file in config.files]
        return {file.path: file for file in (*tables, *self.files)}


def read_manifest(folder: Path) -> DatasetManifest:
    """The manifest of a dataset folder; raises `MisuseError` where there is none."""
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=DatasetManifest)
    except (OSError, UnicodeDecodeError, RecursionError, msgspec.DecodeError) as error:
        raise MisuseError(f"{folder}: not a dataset folder ({error})") from None


def listed_files(folder: Path) -> set[str] | None:
    """The paths of all files that a build of this or another version wrote; None for no dataset."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=dict[str, Any])
        tables = [file for config in manifest["configs"].values() for file in config["files"]]
        listed = {file["path"] for file in (*tables, *manifest.get("files", ()))}
    except (OSError, RecursionError, ValueError, LookupError, TypeError, AttributeError):
        return None  # whatever it is, it is no manifest of ours
    return listed | {MANIFEST, SUMS, "README.md", "CHANGELOG.md", "LICENSE"}


def describe(folder: Path, file: Path) -> FileInfo:
    """Length and hash of a file in a dataset folder, read piece by piece."""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return FileInfo(
        path=file.relative_to(folder).as_posix(), bytes=file.stat().st_size, sha256=digest
    )


def files_in(folder: Path) -> list[Path]:
    """The files of a dataset folder by their paths; what begins with a dot is nobody's."""
    return sorted(
        path
        for path in folder.rglob("*")
        if os.path.isfile(path)  # noqa: PTH113 - False, too, where nobody may look
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def seal(folder: Path, info: DatasetManifest) -> DatasetManifest:
    """Write the manifest, with all files that stand beside the tables, and `SHA256SUMS`."""
    tables = info.listed()
    found = [path for path in files_in(folder) if path.relative_to(folder).as_posix() not in tables]
    info = msgspec.structs.replace(info, files=tuple(describe(folder, path) for path in found))
    write_json(folder / MANIFEST, info)
    sums = {path: file.sha256 for path, file in info.listed().items()}
    sums[MANIFEST] = describe(folder, folder / MANIFEST).sha256
    (folder / SUMS).write_bytes(render_sums(sums))
    return info


def read_sums(raw: bytes) -> dict[str, str]:
    """SHA-256 by path from the bytes of `SHA256SUMS`.

    Raises `ValueError` for anything but what `render_sums` writes.
    """
    lines = [line.split("  ", 1) for line in raw.decode("utf-8").splitlines()]
    sums = {path: digest for digest, path in lines}
    if render_sums(sums) != raw:
        raise ValueError("is not written as onrecord writes it")
    return sums


def render_sums(sums: Mapping[str, str]) -> bytes:
    """SHA-256 by path as `sha256sum` writes and reads it, sorted by path."""
    return "".join(f"{sums[path]}  {path}\n" for path in sorted(sums)).encode()
