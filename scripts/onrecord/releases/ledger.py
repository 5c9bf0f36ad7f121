"""Where changes are written down as they are met: counts, and the first few of each kind."""

from typing import Any, Final

from onrecord.releases.differences import Confusion, Demand, Example, RowChanges, SchemaChange
from onrecord.releases.rules import RULES
from onrecord.rows import Row

_PLACES: Final = 10
_EXAMPLES: Final = 3


class Ledger:
    """Counts all changes; holds at most a few places and examples of each kind."""

    def __init__(self) -> None:
        self.tables: dict[str, RowChanges] = {}
        self.layers: dict[str, RowChanges] = {}
        self.confusions: dict[str, Confusion] = {}
        self.schema: list[SchemaChange] = []
        self.examples: list[Example] = []
        self._counts: dict[str, int] = {}
        self._places: dict[str, list[str]] = {}
        self._shown: dict[tuple[str, str, bool, bool], int] = {}

    def note(self, code: str, place: str) -> None:
        """A change that demands what `RULES` says for its code."""
        self._counts[code] = self._counts.get(code, 0) + 1
        places = self._places.setdefault(code, [])
        if len(places) < _PLACES and place not in places:
            places.append(place)

    def row(self, table: str, count: int = 1, *, added: bool) -> None:
        """Rows that only one side has."""
        _add(self.tables, table, count, added=added)

    def changed(self, table: str, fields: list[str]) -> None:
        """A row that changed in these fields."""
        _change(self.tables, table, fields)

    def layer(self, annotator: str, *, added: bool) -> None:
        """An annotator's layer that only one side has."""
        _add(self.layers, annotator, 1, added=added)

    def layer_changed(self, annotator: str, fields: list[str]) -> None:
        """An annotator's layer that changed in these fields."""
        _change(self.layers, annotator, fields)

    def confuse(self, field: str, old: object, new: object) -> None:
        """A label that changed."""
        by_new = self.confusions.setdefault(field, {}).setdefault(_label(old), {})
        by_new[_label(new)] = by_new.get(_label(new), 0) + 1

    def show(
        self, table: str, place: str, field: str, old: Row, new: Row, words: str | None = None
    ) -> None:
        """An example of a field of two rows, one of them empty if there is no such row.

        The first few of each kind are kept.
        """
        kind = (table, field, bool(old), bool(new))
        self._shown[kind] = self._shown.get(kind, 0) + 1
        if self._shown[kind] > _EXAMPLES:
            return
        before, after = _worded(old, field), _worded(new, field)
        self.examples.append(
            Example(
                table=table,
                place=place,
                field=field,
                old=before,
                new=after,
                words=None if words in (before, after) else words,
            )
        )

    def demands(self) -> tuple[Demand, ...]:
        """All that was noted, in the order of the rules: the gravest first."""
        return tuple(
            Demand(
                code=code,
                bump=bump,
                meaning=meaning,
                count=self._counts[code],
                places=tuple(self._places[code]),
            )
            for code, (bump, meaning) in RULES.items()
            if code in self._counts
        )


def differing(old: Row, new: Row) -> list[str]:
    """The fields that both rows have, with other values, sorted."""
    return sorted(name for name in old if name in new and old[name] != new[name])


def _add(counted: dict[str, RowChanges], name: str, count: int, *, added: bool) -> None:
    if count:
        changes = counted.setdefault(name, RowChanges())
        changes.added += count if added else 0
        changes.removed += 0 if added else count


def _change(counted: dict[str, RowChanges], name: str, fields: list[str]) -> None:
    changes = counted.setdefault(name, RowChanges())
    changes.changed += 1
    for field in fields:
        changes.fields[field] = changes.fields.get(field, 0) + 1


def _label(value: object) -> str:
    return "null" if value is None else str(value)


def _worded(row: Row, field: str) -> Any:
    """The words of a span where the row has them, its value elsewhere."""
    words = row.get(f"{field}_text")
    return row.get(field) if words is None else words
