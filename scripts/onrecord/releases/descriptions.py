"""What is said of the data as a whole: schema, labels, coverage, manifest."""

from collections.abc import Mapping
from typing import Final

from onrecord.model import WORD, Manifest
from onrecord.releases.differences import SchemaChange
from onrecord.releases.ledger import Ledger
from onrecord.releases.rules import parts
from onrecord.releases.sides import Side

_METADATA: Final = ("title", "licence", "creators", "url")


def compare_manifests(old: Manifest, new: Manifest, ledger: Ledger) -> None:
    """Schema version, coverage and metadata."""
    if parts(old.schema_version)[0] != parts(new.schema_version)[0]:
        ledger.note("schema-version", f"{old.schema_version} → {new.schema_version}")
    for name in sorted(set(new.incomplete) - set(old.incomplete)):
        ledger.note("coverage-reduced", name)
    for name in sorted(set(old.incomplete) - set(new.incomplete)):
        ledger.note("coverage-extended", name)
    for name in _METADATA:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            ledger.note("metadata-changed", f"manifest: {name}")
            ledger.show("manifest", "manifest.json", name, {name: before}, {name: after})


def compare_schemas(old: Side, new: Side, ledger: Ledger) -> None:
    """Columns and their types, labels and their definitions."""
    _columns(old.columns, new.columns, ledger)
    for field in sorted(old.labels.keys() | new.labels.keys()):
        _labels(field, old.labels.get(field, {}), new.labels.get(field, {}), ledger)


def _columns(
    old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str]], ledger: Ledger
) -> None:
    before, after = _flat(old), _flat(new)
    for name in sorted(before.keys() | after.keys()):
        change = SchemaChange(what="column", name=name, old=before.get(name), new=after.get(name))
        if change.old != change.new:
            ledger.schema.append(change)
            ledger.note(f"columns-{_event(change)}", name)


def _flat(tables: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {
        f"{table}.{path}": kind for table, paths in tables.items() for path, kind in paths.items()
    }


def _labels(field: str, old: Mapping[str, str], new: Mapping[str, str], ledger: Ledger) -> None:
    for label in sorted(old.keys() | new.keys()):
        change = SchemaChange(
            what="label", name=f"{field}: {label}", old=old.get(label), new=new.get(label)
        )
        if change.old == change.new:
            continue
        ledger.schema.append(change)
        event = _event(change)
        if event == "changed":
            event = "redefined" if _words(change.old) != _words(change.new) else "reworded"
        ledger.note(f"labels-{event}", change.name)


def _event(change: SchemaChange) -> str:
    if change.old is None:
        return "added"
    return "removed" if change.new is None else "changed"


def _words(definition: str | None) -> list[str]:
    """The words of a definition, on which its meaning rests."""
    return WORD.findall((definition or "").lower())
