"""The manifest of a built dataset: what is in it, and how to know that it is whole."""

from pathlib import Path

import msgspec

from onrecord.issues import MisuseError
from onrecord.model import Manifest, Record, Sha256


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
    """What stands in the manifest.json of a dataset folder."""

    code_version: str
    hash_version: int
    configs: dict[str, ConfigInfo]


def read_manifest(folder: Path) -> DatasetManifest:
    """The manifest of a dataset folder; raises `MisuseError` where there is none."""
    try:
        return msgspec.json.decode((folder / "manifest.json").read_bytes(), type=DatasetManifest)
    except (OSError, msgspec.DecodeError) as error:
        raise MisuseError(f"{folder}: not a dataset folder ({error})") from None
