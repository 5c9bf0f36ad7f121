"""What is sent: the files of a verified dataset, in the order in which they go.

Data goes first, then what describes it, the manifest and the card last: without a card no config
can be loaded, so that an interrupted upload shows nobody half a dataset.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from onrecord.issues import InputError, Issue
from onrecord.manifests import MANIFEST, SUMS, DatasetManifest, FileInfo, describe, read_manifest
from onrecord.model import Record
from onrecord.releases.verification import verify

CARD: Final = "README.md"
LAST: Final = (SUMS, MANIFEST, CARD)
Progress = Callable[[str], None]
"""Called with what is being done."""


class Shipment(NamedTuple):
    """The files of one data version; `tag` names the version wherever it is published."""

    folder: Path
    manifest: DatasetManifest
    files: tuple[FileInfo, ...]

    @property
    def tag(self) -> str:
        """Such as v1.2.0."""
        return f"v{self.manifest.data_version}"


class Standing(Protocol):
    """A file that stands at a destination."""

    def holds(self, file: FileInfo, path: Path) -> bool:
        """Whether it has the bytes of `file`, which stands at `path` here."""


class Comparison(Record, frozen=True, kw_only=True):
    """A shipment beside what stands at its destination, by path.

    `gone` are Parquet files that the shipment lacks: the card's globs would read them. Other files
    at the destination are nobody's concern.
    """

    new: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def differing(self) -> tuple[str, ...]:
        """What would have to be sent or deleted; empty where the whole shipment stands there."""
        return (*self.new, *self.changed, *self.gone)


def pack(folder: Path) -> Shipment:
    """The shipment of a dataset folder.

    Raises `MisuseError` where there is no dataset, `InputError` where it holds licensed texts or
    `onrecord verify --content` has findings.
    """
    manifest = read_manifest(folder)
    issues = [*_hydrated(manifest), *verify(folder, content=True).issues]
    if issues:
        raise InputError(*issues)
    lists = [describe(folder, folder / name) for name in (SUMS, MANIFEST)]
    files = [*manifest.listed().values(), *lists]
    return Shipment(folder, manifest, tuple(sorted(files, key=lambda file: file.path == CARD)))


def _hydrated(manifest: DatasetManifest) -> list[Issue]:
    if not manifest.hydrated:
        return []
    return [
        Issue(
            file="manifest.json",
            pointer="/hydrated",
            code="publish-hydrated",
            message="the dataset holds the words of licensed articles",
            hint="build it without --texts",
        )
    ]


def compare(shipment: Shipment, standing: Mapping[str, Standing]) -> Comparison:
    """What of a shipment stands at its destination already."""
    new, changed, same = [], [], []
    for file in shipment.files:
        there = standing.get(file.path)
        if there is None:
            new.append(file.path)
        elif there.holds(file, shipment.folder / file.path):
            same.append(file.path)
        else:
            changed.append(file.path)
    ours = {file.path for file in shipment.files}
    gone = sorted(path for path in standing if path.endswith(".parquet") and path not in ours)
    return Comparison(new=tuple(new), changed=tuple(changed), same=tuple(same), gone=tuple(gone))
