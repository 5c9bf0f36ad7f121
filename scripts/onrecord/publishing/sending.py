"""Sending a dataset where others read it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

from onrecord.issues import InputError, Issue, MisuseError
from onrecord.model import Record
from onrecord.paths import StrPath
from onrecord.publishing.shipments import (
    Comparison,
    Progress,
    Shipment,
    Standing,
    compare,
    pack,
)

_HUB: Final = re.compile(r"hf://datasets/([\w.-]+/[\w.-]+?)/?")


class Publication(Record, frozen=True, kw_only=True):
    """A version and where it stands.

    `files` compares with what stood there before: what is new or changed was sent, or with
    `dry_run` would be; `bytes` is the size of that.
    """

    place: str
    tag: str
    files: Comparison
    bytes: int
    dry_run: bool


class Destination(Protocol):
    """A place that holds tagged versions."""

    def place(self, tag: str) -> str:
        """How a reader names a version."""

    def tagged(self, tag: str) -> Mapping[str, Standing] | None:
        """The files of a published version, or None where there is none of this name."""

    def standing(self, tag: str) -> Mapping[str, Standing]:
        """The files that a new version would replace or complete."""

    def send(self, shipment: Shipment, comparison: Comparison, progress: Progress) -> None:
        """Send what differs, and tag it; raises `InputError` where somebody else did so meanwhile.

        `comparison` is with `standing`, as it was last called.
        """


def publish(
    folder: StrPath, to: str, *, dry_run: bool = False, progress: Progress | None = None
) -> Publication:
    """Verify a dataset folder and send it to `hf://datasets/OWNER/NAME` or a folder's URL.

    What stands there already is not sent again, so that an interrupted upload goes on where it
    stopped. `progress` is called with what is being done. Raises `MisuseError` for a destination
    that is none or refuses, `InputError` for findings of `onrecord verify`, a hydrated dataset and
    a version that is published with other content, `OSError` where the network or disk fails.
    """
    tell = progress or (lambda _: None)
    tell("verifying")
    shipment = pack(Path(folder))
    destination = open_destination(to, shipment)
    tell(f"looking at {to}")
    tagged = destination.tagged(shipment.tag)
    if tagged is not None:
        comparison = compare(shipment, tagged)
        if comparison.differing:
            raise InputError(*_published_otherwise(comparison, destination.place(shipment.tag)))
    else:
        comparison = compare(shipment, destination.standing(shipment.tag))
        if not dry_run:
            destination.send(shipment, comparison, tell)
    sizes = {file.path: file.bytes for file in shipment.files}
    return Publication(
        place=destination.place(shipment.tag),
        tag=shipment.tag,
        files=comparison,
        bytes=sum(sizes[path] for path in (*comparison.new, *comparison.changed)),
        dry_run=dry_run,
    )


def open_destination(to: str, shipment: Shipment) -> Destination:
    """The destination with this URL; raises `MisuseError` where it is none for the shipment."""
    if hub := _HUB.fullmatch(to):
        from onrecord.publishing.hub import HubRepository

        return HubRepository(hub[1])
    if to.startswith("hf:") or "://" not in to:
        raise MisuseError(f"{to}: publish to hf://datasets/OWNER/NAME or file:///FOLDER")
    from onrecord.publishing.folders import VersionFolders

    return VersionFolders(to, shipment)


def _published_otherwise(comparison: Comparison, place: str) -> list[Issue]:
    return [
        Issue(
            file=path,
            pointer="",
            code="publish-tag",
            message=f"is not what {place} holds",
            hint="a published version stays as it is: raise data_version in manifest.json",
        )
        for path in comparison.differing
    ]
