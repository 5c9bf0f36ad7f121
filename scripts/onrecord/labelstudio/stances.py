"""Stances: the slots of a quote in which they stand, and what they are from what the page says.

A quote has a slot for every issue of its article, and three for local targets.
"""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from onrecord.anchors.filling import missing_rows
from onrecord.labelstudio.controls import ISSUES, LOCALS, SHOWING, SLOTS
from onrecord.labelstudio.regions import Region
from onrecord.labelstudio.sheets import Reading, merged
from onrecord.model import Annotation, Gold, Span, Stance

Shown = dict[tuple[str, str, str], list[Region]]
"""Evidence and conditions by content, slot and label."""


def slotted(annotation: Annotation) -> Iterator[tuple[Stance, str]]:
    """Every stance with the slot of its quote in which it stands."""
    taken: dict[str, int] = {}
    for stance in annotation.stances:
        if stance.target in annotation.issues:
            yield stance, ISSUES[annotation.issues.index(stance.target)]
        else:
            number = taken.setdefault(stance.quote, 0)
            taken[stance.quote] += 1
            yield stance, LOCALS[number]


def read_stances(reading: Reading, draft: Gold) -> tuple[Stance, ...]:
    """The stances of the page, and rows with the label none for whatever else needs a row."""
    shown = _shown(reading)
    orig = {(each.quote, each.target): each.orig for each in reading.sheet.base.stances}
    rows = []
    for region in reading.contents:
        for slot in SLOTS:
            if stance := _stance(reading, region, slot, shown):
                rows.append(replace(stance, orig=orig.get((stance.quote, stance.target), ())))
    if reading.sheet.expects("stances"):
        rows = _dense(rows, draft)
    order = {quote.id: number for number, quote in enumerate(draft.quotes)}
    targets = {id: number for number, id in enumerate(draft.issues)}
    return merged(
        rows,
        reading.sheet.base.stances,
        lambda row: (row.quote, row.target),
        lambda row: (order[row.quote], targets.get(row.target, len(targets))),
    )


def _dense(rows: list[Stance], draft: Gold) -> list[Stance]:
    """Rows with the label none for issues where a quote needs them, and nowhere else."""
    needed = {(row.quote, row.target): row for row in missing_rows(draft)}
    kept = [
        row
        for row in rows
        if row.label != "none"
        or row.target not in draft.issues
        or (row.quote, row.target) in needed
    ]
    have = {(row.quote, row.target) for row in kept}
    return kept + [row for key, row in needed.items() if key not in have]


def _stance(reading: Reading, region: Region, slot: str, shown: Shown) -> Stance | None:
    label: Any = region.one(slot)
    beside = {name: region.one(f"{slot}_{name}") for name in ("basis", "carrier", "note")}
    spans = {name: shown.get((region.id, slot, name), []) for name in SHOWING}
    if label is None:
        if any(beside.values()) or any(spans.values()) or region.one(f"{slot}_target"):
            name = region.one(f"{slot}_target") or slot.replace("_", " ")
            message = f"the stance towards {name} has no label"
            reading.report("field-label", region.pointer, message, "choose one")
        return None
    target = _target(reading, region, slot)
    if target is None:
        return None
    fields: dict[str, Any] = beside | {"carrier": beside["carrier"] or "content"}
    fields |= {name: _union(reading, regions) for name, regions in spans.items()}
    return Stance(quote=reading.quote_ids[region.id], target=target, label=label, **fields)


def _union(reading: Reading, regions: list[Region]) -> Span:
    parts = [part for region in regions for part in reading.span(region)]
    return tuple(sorted(parts, key=lambda part: (part.start, part.end)))


def _target(reading: Reading, region: Region, slot: str) -> str | None:
    """The target of a slot: the article's issue, or what the annotator wrote."""
    if slot in LOCALS:
        if words := region.one(f"{slot}_target"):
            try:
                return reading.names.target(words)
            except ValueError as error:
                reading.report("field-speaker", region.pointer, str(error), "write the id")
                return None
        reading.report("field-target", region.pointer, f"{slot} names no target", "name it")
        return None
    number, issues = ISSUES.index(slot), reading.sheet.base.issues
    if number < len(issues):
        return issues[number]
    message = f"a stance towards issue {number + 1} of {len(issues)}"
    reading.report("field-slot", region.pointer, message, "remove its label")
    return None


def _shown(reading: Reading) -> Shown:
    found: Shown = {}
    for region in reading.marked.labelled(*SHOWING):
        for content in reading.joins.contents.get(region.id, ()):
            slots = region.fields.get("towards") or _only_side(reading, content)
            if not slots:
                reading.report(
                    "field-towards",
                    region.pointer,
                    f"the {region.label} belongs to none of the quote's stances, or to several",
                    "choose the stance that it shows",
                )
            for slot in slots:
                found.setdefault((content, slot, region.label), []).append(region)
    return found


def _only_side(reading: Reading, content: str) -> tuple[str, ...]:
    """The slot of the one stance of a content that takes a side."""
    region = reading.marked.regions[content]
    sides = tuple(slot for slot in SLOTS if region.one(slot) not in (None, "none"))
    return sides if len(sides) == 1 else ()
