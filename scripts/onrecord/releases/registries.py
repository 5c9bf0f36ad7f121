"""Speakers, targets and challenge passages by id: what fits into memory."""

from collections.abc import Mapping
from typing import Final

from onrecord.model import TombstoneKind
from onrecord.releases.annotations import AnnotationComparison
from onrecord.releases.ledger import Ledger, differing
from onrecord.releases.regrouping import Regroupings
from onrecord.releases.withdrawals import Withdrawals
from onrecord.rows import Row

_ANNOTATION: Final = frozenset({"text", "marks", "mentions", "quotes"})
Rows = Mapping[str, Row]


def compare_registry(
    kind: TombstoneKind, old: Rows, new: Rows, ledger: Ledger, withdrawals: Withdrawals
) -> None:
    """Speakers or targets, which are compared field by field."""
    table = f"{kind}s"
    _lone(kind, table, "registry-added", old, new, ledger, withdrawals)
    for id in sorted(old.keys() & new.keys()):
        fields = differing(old[id], new[id])
        for name in fields:
            ledger.show(table, id, name, old[id], new[id])
        if fields:
            ledger.note("registry-changed", f"{kind} {id}")
            ledger.changed(table, fields)


def compare_passages(old: Rows, new: Rows, ledger: Ledger, withdrawals: Withdrawals) -> None:
    """Challenge passages, which are compared as articles are; their speakers are their own."""
    _lone("passage", "challenge", "passages-added", old, new, ledger, withdrawals)
    for id in sorted(old.keys() & new.keys()):
        before, after = old[id], new[id]
        same_text = before["text"] == after["text"]
        if not same_text:
            ledger.note("texts-changed", id)
        metadata = [name for name in differing(before, after) if name not in _ANNOTATION]
        for name in metadata:
            ledger.note("metadata-changed", f"{id}: {name}")
            ledger.show("challenge", id, name, before, after)
        comparison = AnnotationComparison(ledger, Regroupings(), id, same_text, in_tables=False)
        fields = [*metadata, *comparison.run(before, after), *([] if same_text else ["text"])]
        if fields:
            ledger.changed("challenge", fields)


def _lone(
    kind: TombstoneKind,
    table: str,
    code: str,
    old: Rows,
    new: Rows,
    ledger: Ledger,
    withdrawals: Withdrawals,
) -> None:
    """Records that only one side has."""
    for id in sorted(old.keys() - new.keys()):
        withdrawals.gone(kind, id)
        ledger.row(table, added=False)
    for id in sorted(new.keys() - old.keys()):
        ledger.note(code, f"{kind} {id}")
        ledger.row(table, added=True)
