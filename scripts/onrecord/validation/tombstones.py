"""Grade 3: what was taken down stays down, and its id with it."""

from collections.abc import Iterator
from typing import Final

from onrecord.issues import Issue
from onrecord.model import Manifest, Tombstone, TombstoneKind
from onrecord.sources import Registries, Where
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
        file, pointer = registries.where("manifest")
        for number, stone in enumerate(self._stones):
            yield from _by_itself(stone, Where(file, f"{pointer}/tombstones/{number}"), seen)
        for id in registries.speakers or ():
            yield from self.used("speaker", id, registries.where("speakers", id))
        for id in registries.targets or ():
            yield from self.used("target", id, registries.where("targets", id))

    def used(self, kind: TombstoneKind, id: str, where: Where) -> Iterator[Issue]:
        """The finding for the record at `where`, if its id has a tombstone."""
        stone = self._by_id.get((kind, id))
        if stone is not None:
            yield Issue(
                file=where.file,
                pointer=f"{where.pointer}/id",
                code="tombstone-used",
                message=f"{kind} {id!r} was taken down on {stone.date}",
                hint="ids are never reused: remove the record, or give it a new id",
            )


def _by_itself(stone: Tombstone, where: Where, seen: set[tuple[str, str]]) -> Iterator[Issue]:
    if (stone.kind, stone.id) in seen:
        yield Issue(
            file=where.file,
            pointer=where.pointer,
            code="tombstone-repeated",
            message=f"{stone.kind} {stone.id!r} has one already",
            hint="keep the first",
        )
    seen.add((stone.kind, stone.id))
    if not is_day(stone.date):
        yield Issue(
            file=where.file,
            pointer=f"{where.pointer}/date",
            code="article-date",
            message=f"{stone.date} is no day",
            hint="correct it",
        )
