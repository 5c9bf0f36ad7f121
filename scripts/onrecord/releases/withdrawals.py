"""What is gone from a version, and whether it left a tombstone."""

from onrecord.model import Manifest, Tombstone, TombstoneKind
from onrecord.releases.ledger import Ledger


class Withdrawals:
    """The tombstones of the new version, asked about every record that is gone."""

    def __init__(self, old: Manifest, new: Manifest, ledger: Ledger) -> None:
        self._ledger = ledger
        self._stones = {(stone.kind, stone.id): stone for stone in new.tombstones}
        self.takedowns: list[Tombstone] = []
        for stone in old.tombstones:
            if (stone.kind, stone.id) not in self._stones:
                ledger.note("tombstones-removed", f"{stone.kind} {stone.id}")

    def gone(self, kind: TombstoneKind, id: str) -> bool:
        """Write down that a record is gone; whether it left a tombstone."""
        stone = self._stones.get((kind, id))
        self._ledger.note("takedowns" if stone else "ids-removed", f"{kind} {id}")
        if stone:
            self.takedowns.append(stone)
        return stone is not None
