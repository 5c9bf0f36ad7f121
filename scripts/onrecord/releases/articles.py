"""Articles that came, went or changed, with all that belongs to them."""

from typing import Final, NamedTuple

from onrecord.releases.annotations import AnnotationComparison, fields_changed
from onrecord.releases.ledger import Ledger, differing
from onrecord.releases.regrouping import Regroupings
from onrecord.releases.sides import Unit
from onrecord.releases.withdrawals import Withdrawals
from onrecord.rows import Row

_NESTED: Final = frozenset({"marks", "mentions", "quotes"})
_IDENTITY: Final = frozenset({"text_sha256", "text_length", "split", "rights"})


class Known(NamedTuple):
    """What is kept of an article that only one side has."""

    text_sha256: str
    split: str


class ArticleComparison:
    """Compares articles one by one, and at the end those that came with those that went."""

    def __init__(self, ledger: Ledger, regroupings: Regroupings, withdrawals: Withdrawals) -> None:
        self._ledger = ledger
        self._regroupings = regroupings
        self._withdrawals = withdrawals
        self._added: dict[str, Known] = {}
        self._removed: dict[str, Known] = {}

    def compare(self, old: Unit | None, new: Unit | None) -> None:
        """Write down how one article differs; None where a side lacks it."""
        if old is None and new is not None:
            self._lone(new, self._added, added=True)
        elif new is None and old is not None:
            self._lone(old, self._removed, added=False)
        elif old is not None and new is not None and not old.same(new):
            self._both(old.id, old.row, new.row)
            self._layers(old.id, old.layers, new.layers)

    def finish(self) -> None:
        """Tell articles that came and went from those that were renamed: the same text again."""
        by_text = {known.text_sha256: id for id, known in self._added.items()}
        for id, (text, split) in self._removed.items():
            withdrawn = self._withdrawals.gone("article", id)
            other = by_text.pop(text, None)
            if other is not None:
                self._ledger.note("ids-changed", f"{id} → {other}")
                frozen = "test" in (split, self._added.pop(other).split)
            else:
                frozen = split == "test" and not withdrawn
            if frozen:
                self._ledger.note("test-changed", id)
        for id, (_, split) in self._added.items():
            self._ledger.note("test-changed" if split == "test" else "articles-added", id)

    def _lone(self, unit: Unit, kept: dict[str, Known], *, added: bool) -> None:
        row = unit.row
        kept[unit.id] = Known(row["text_sha256"], row["split"])
        self._count(row, added=added)
        for annotator in unit.layers:
            self._ledger.row("annotations", added=added)
            self._ledger.layer(annotator, added=added)

    def _count(self, row: Row, *, added: bool) -> None:
        """The rows of all tables for an article that is in one of the sides only."""
        if row["rights"] == "licensed":
            self._ledger.row("licensed", added=added)
            return
        self._ledger.row("articles", added=added)
        self._ledger.row("quotes", len(row["quotes"]), added=added)
        self._ledger.row(
            "stances", sum(len(quote["stances"]) for quote in row["quotes"]), added=added
        )
        self._ledger.row("marks", len(row["marks"]), added=added)

    def _both(self, id: str, old: Row, new: Row) -> None:
        same_text = old["text_sha256"] == new["text_sha256"]
        moved = old["rights"] != new["rights"]
        self._identity(id, old, new, same_text=same_text)
        metadata = [name for name in fields_changed(old, new) if name not in _NESTED | _IDENTITY]
        for name in metadata:
            self._ledger.note("metadata-changed", f"{id}: {name}")
            self._ledger.show("articles", id, name, old, new)
        comparison = AnnotationComparison(
            self._ledger,
            self._regroupings,
            id,
            same_text=same_text,
            in_tables=not moved and new["rights"] == "open",
        )
        fields = [*metadata, *comparison.run(old, new)]
        fields += [] if same_text else ["text"]
        fields += [name for name in ("split", "rights") if old[name] != new[name]]
        if moved:
            self._count(old, added=False)
            self._count(new, added=True)
        elif fields:
            self._ledger.changed("licensed" if new["rights"] == "licensed" else "articles", fields)

    def _identity(self, id: str, old: Row, new: Row, *, same_text: bool) -> None:
        """Text, rights and split: what nobody may change within a major version."""
        if not same_text:
            self._ledger.note("texts-changed", id)
        if old["rights"] != new["rights"]:
            self._ledger.note("rights-changed", id)
        if old["split"] != new["split"]:
            self._ledger.note("splits-changed", f"{id}: {old['split']} → {new['split']}")
            self._ledger.confuse("split", old["split"], new["split"])
        changed = not same_text or any(old[name] != new[name] for name in ("rights", "split"))
        if changed and "test" in (old["split"], new["split"]):
            self._ledger.note("test-changed", id)

    def _layers(self, id: str, old: dict[str, Row], new: dict[str, Row]) -> None:
        for annotator in sorted(old.keys() | new.keys()):
            place = f"{id} by {annotator}"
            if annotator in old and annotator in new:
                fields = differing(old[annotator], new[annotator])
                if fields:
                    self._ledger.note("layers-changed", place)
                    self._ledger.changed("annotations", fields)
                    self._ledger.layer_changed(annotator, fields)
                continue
            added = annotator in new
            self._ledger.note("layers-added" if added else "layers-removed", place)
            self._ledger.row("annotations", added=added)
            self._ledger.layer(annotator, added=added)
