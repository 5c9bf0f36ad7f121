"""Two versions of the annotation of one text: marks, mentions, quotes and their stances."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from onrecord.releases.ledger import Ledger, differing
from onrecord.releases.pairing import (
    Extents,
    Pairs,
    mark_extents,
    mention_extents,
    pair,
    quote_extents,
)
from onrecord.releases.regrouping import Regroupings
from onrecord.rows import Row

LABELS: Final = ("type", "tier", "form", "act", "status", "attribution")
"""Labels of a quote, counted old -> new."""

_ELSEWHERE: Final = frozenset({"stances", "text", "speaker_names", "target_kind"})
"""What is compared on its own, or follows from a span or a registry."""

_TABLES: Final = {"marks": "marks", "mentions": "articles.mentions", "quotes": "quotes"}
"""Where rows of a kind are counted; mentions have no table of their own."""


def fields_changed(old: Row, new: Row) -> list[str]:
    """The fields of both rows whose values differ, but for those that repeat others."""
    return [
        name
        for name in differing(old, new)
        if name not in _ELSEWHERE and not name.endswith("_text")
    ]


@dataclass(frozen=True)
class AnnotationComparison:
    """Compares two annotations of the article or passage `place`.

    `same_text` says that offsets mean the same in both, `in_tables` that the flat tables hold
    the rows as well.
    """

    ledger: Ledger
    regroupings: Regroupings
    place: str
    same_text: bool
    in_tables: bool

    def run(self, old: Row, new: Row) -> list[str]:
        """Write all differences down; the nested fields that differ."""
        compared: tuple[tuple[str, Callable[[Row], Extents]], ...] = (
            ("marks", mark_extents),
            ("mentions", mention_extents),
            ("quotes", quote_extents),
        )
        return [
            kind
            for kind, extents in compared
            if old.get(kind) != new.get(kind)
            and self._records(
                kind,
                pair(old.get(kind) or [], new.get(kind) or [], extents, same_text=self.same_text),
            )
        ]

    def _records(self, kind: str, pairs: Pairs) -> bool:
        """Whether anything differs in the records of one kind."""
        for row in pairs.added:
            self._lone(kind, {}, row)
        for row in pairs.removed:
            self._lone(kind, row, {})
        changed = [self._matched(kind, old, new) for old, new in pairs.matched]
        if kind == "quotes":
            for id in pairs.renumbered():
                self.ledger.note("ids-changed", f"{self.place}#{id}")
        return any(changed) or bool(pairs.added or pairs.removed)

    def _lone(self, kind: str, old: Row, new: Row) -> None:
        """A record in one version only. Every mark of a text stands in some record: no addition."""
        row = new or old
        place = f"{self.place}#{row['id']}"
        added = bool(new) and kind != "marks"
        self.ledger.note("annotations-added" if added else "annotations-corrected", place)
        self._count(_TABLES[kind], old, new)
        if kind == "quotes":
            self.ledger.show(kind, place, "content", old, new)
            for stance in row["stances"]:
                self._count("stances", stance if old else {}, stance if new else {})

    def _matched(self, kind: str, old: Row, new: Row) -> bool:
        fields = fields_changed(old, new)
        place = f"{self.place}#{new['id']}"
        if fields:
            self._corrected(_TABLES[kind], place, fields)
        if kind != "quotes":
            return bool(fields)
        for name in fields:
            self.ledger.show(kind, place, name, old, new, new["content_text"])
            if name in LABELS:
                self.ledger.confuse(name, old[name], new[name])
        self.regroupings.link(old["speaker"], new["speaker"])
        return self._stances(place, old, new, corrected=bool(fields)) or bool(fields)

    def _stances(self, place: str, old: Row, new: Row, *, corrected: bool) -> bool:
        """Stances by target; those that a corrected quote brings along are no additions."""
        before = {stance["target"]: stance for stance in old["stances"]}
        after = {stance["target"]: stance for stance in new["stances"]}
        changed = False
        for target in sorted(before.keys() | after.keys()):
            one, other = before.get(target, {}), after.get(target, {})
            fields = fields_changed(one, other) if one and other else ["label"]
            if not fields:
                continue
            changed = True
            at = f"{place}/{target}"
            for name in fields:
                self.ledger.show("stances", at, name, one, other, new["content_text"])
            if one and other:
                self._corrected("stances", at, fields)
                if "label" in fields:
                    self.ledger.confuse("stance", one["label"], other["label"])
            else:
                added = bool(other) and not corrected
                self.ledger.note("annotations-added" if added else "annotations-corrected", at)
                self._count("stances", one, other)
        return changed

    def _corrected(self, table: str, place: str, fields: list[str]) -> None:
        self.ledger.note("annotations-corrected", place)
        if self.in_tables:
            self.ledger.changed(table, fields)

    def _count(self, table: str, old: Row, new: Row) -> None:
        """A row of a flat table that is in one version only."""
        if self.in_tables:
            self.ledger.row(table, added=bool(new))
