"""What is compared: a dataset folder, a corpus folder, or a corpus at a git revision."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from onrecord.issues import Issue
from onrecord.model import Manifest
from onrecord.rows import Row


class Unit(Protocol):
    """One article with all that belongs to it, as rows that are made when they are asked for."""

    id: str

    @property
    def row(self) -> Row:
        """The row of config `articles` or `licensed`."""

    @property
    def layers(self) -> dict[str, Row]:
        """The rows of config `annotations` by annotator."""

    def same(self, other: "Unit") -> bool:
        """Whether both are known to be the same without a look at their rows."""


@dataclass
class Side:
    """One of the two that are compared. Only `units` is not in memory; it is read once, by id.

    `quoted` holds the speakers of all quotes read so far, `issues` what could not be read.
    """

    name: str
    manifest: Manifest
    columns: Mapping[str, Mapping[str, str]]
    labels: Mapping[str, Mapping[str, str]]
    speakers: Mapping[str, Row]
    targets: Mapping[str, Row]
    passages: Mapping[str, Row]
    units: Iterator[Unit]
    quoted: set[str] = field(default_factory=set)
    issues: list[Issue] = field(default_factory=list)


@contextmanager
def open_side(what: str, repository: Path) -> Iterator[Side]:
    """The side called `what`: a folder, or `REV` or `REV:CORPUS` of a git repository.

    Raises `MisuseError` if it is neither, `InputError` if its registries cannot be read.
    """
    from onrecord.releases.revisions import checked_out

    folder = Path(what)
    if folder.is_dir():
        yield folder_side(folder, what)
        return
    with checked_out(what, repository) as (corpus, columns):
        from onrecord.releases.corpus_side import corpus_side

        yield corpus_side(corpus, what, columns)


def folder_side(folder: Path, name: str) -> Side:
    """The side of a dataset folder or a corpus folder; raises `MisuseError` if it is neither."""
    if (folder / "splits.json").is_file():
        from onrecord.releases.corpus_side import corpus_side

        return corpus_side(folder, name)
    from onrecord.releases.dataset_side import dataset_side

    return dataset_side(folder, name)
