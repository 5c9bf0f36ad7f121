"""Grade 3: what was taken down stays down, and its id with it."""

from collections.abc import Iterator
from typing import Final

from onrecord.issues import Issue
from onrecord.model import Manifest, Tombstone, TombstoneKind
from onrecord.sources import Registries
from onrecord.validation.registries import is_day

CODES: Final = {
    "tombstone-used": "An id with a tombstone is not used again.",
    "tombstone-repeated": "A record has one tombstone.",
}


class Tombstones:
    """The tombstones of a corpus, by kind and id."""

    def __init__(self, manifest: Manifest | None) -> None:
        self._stones = manifest.tombstones if manifest else ()
        self._by_id = {(stone.kind, stone.id): stone for stone in self._stones}

    def check(self, registries: Registries) -> Iterator[Issue]:
        """The tombstones by themselves, and against the registries."""
        seen: set[tuple[str, str]] = set()
        for number, stone in enumerate(self._stones):
            yield from _by_itself(number, stone, seen)
        for id in registries.speakers or ():
            yield from self.used("speaker", id, registries.files.get("speakers", "speakers"))
        for id in registries.targets or ():
            yield from self.used("target", id, registries.files.get("targets", "targets"))

    def used(self, kind: TombstoneKind, id: str, file: str, pointer: str = "") -> Iterator[Issue]:
        """The finding for a record whose id has a tombstone."""
        stone = self._by_id.get((kind, id))
        if stone is not None:
            yield Issue(
                file=file,
                pointer=pointer,
                code="tombstone-used",
                message=f"{kind} {id!r} was taken down on {stone.date}",
                hint="ids are never reused: remove the record, or give it a new id",
            )


def _by_itself(number: int, stone: Tombstone, seen: set[tuple[str, str]]) -> Iterator[Issue]:
    if (stone.kind, stone.id) in seen:
        yield Issue(
            file="manifest.json",
            pointer=f"/tombstones/{number}",
            code="tombstone-repeated",
            message=f"{stone.kind} {stone.id!r} has one already",
            hint="keep the first",
        )
    seen.add((stone.kind, stone.id))
    if not is_day(stone.date):
        yield Issue(
            file="manifest.json",
            pointer=f"/tombstones/{number}/date",
            code="article-date",
            message=f"{stone.date} is no day",
            hint="correct it",
        )
