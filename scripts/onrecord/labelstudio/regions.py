"""A result of Label Studio, read: regions with their fields, and what the relations join.

Nothing on the server checks an annotation, so everything is looked at here. What breaks a rule is
a finding and is left out; everything else is kept. Words of a region come from its offsets, since
`value.text` writes a line break as two characters.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from onrecord.labelstudio.controls import CONTROLS, LABELS, RELATIONS, SPAN, TEXT

CODES: Final = {
    "region-offsets": "A region has whole numbers as offsets, start before end, inside the text.",
    "region-label": "A region has one label, which the config knows.",
    "region-repeated": "The id of a region occurs once.",
    "region-field": "A field belongs to a region, goes with its label and has values it allows.",
    "region-words": "The words that came with a region are those of the text at its offsets.",
    "relation-dangling": "A relation joins two regions that exist.",
    "relation-label": "A relation has one of the labels continues, repeats and parent, or none.",
}
_MEND: Final = "open the task, mend it, and update the annotation"

Report = Callable[[str, str, str, str], None]
"""Takes code, pointer, message and hint of a finding."""


@dataclass(frozen=True)
class Region:
    """A stretch of the text with a label, and what was said of it by the name of the control."""

    id: str
    pointer: str
    label: str
    start: int
    end: int
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def one(self, name: str) -> str | None:
        """The value of a field that has at most one."""
        values = self.fields.get(name, ())
        return values[0] if values else None


class Relation(NamedTuple):
    """From one region to another; the label is None where nobody picked one."""

    pointer: str
    one: Region
    other: Region
    label: str | None


@dataclass
class Marked:
    """Everything sound in a result."""

    regions: dict[str, Region] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)

    def labelled(self, *labels: str) -> Iterator[Region]:
        """The regions with one of the labels, in the order of the text."""
        found = [region for region in self.regions.values() if region.label in labels]
        return iter(sorted(found, key=lambda region: (region.start, -region.end, region.id)))


def read_result(result: object, text: str, report: Report) -> Marked:
    """The sound regions and relations of a result over `text`; what is not is reported."""
    marked = Marked()
    if not isinstance(result, list):
        report("region-label", "", "the result is no list", _MEND)
        return marked
    items = [
        (f"/{number}", item if isinstance(item, dict) else {}) for number, item in enumerate(result)
    ]
    for pointer, item in items:
        if item.get("from_name") == SPAN:
            _add_region(marked, item, pointer, text, report)
    for pointer, item in items:
        if item.get("type") == "relation":
            _add_relation(marked, item, pointer, report)
        elif item.get("from_name") != SPAN:
            _add_field(marked, item, pointer, report)
    return marked


def _add_region(marked: Marked, item: dict[str, Any], at: str, text: str, report: Report) -> None:
    value = item.get("value") if isinstance(item.get("value"), dict) else {}
    assert isinstance(value, dict)
    start, end, id, names = (
        value.get("start"),
        value.get("end"),
        item.get("id"),
        value.get("labels"),
    )
    words = repr(value.get("text", ""))[:60]
    if not isinstance(id, str) or id in marked.regions:
        report("region-repeated", at, f"id {id!r} occurs twice, or is none: {words}", _MEND)
    elif not isinstance(names, list) or len(names) != 1 or names[0] not in LABELS:
        report("region-label", at, f"has the labels {names!r}: {words}", "give it one label")
    elif type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        message = f"{names[0]} from {start!r} to {end!r}, the text ends at {len(text)}: {words}"
        report("region-offsets", at, message, "delete it and select the words again")
    else:
        _compare_words(value.get("text"), text[start:end], at, report)
        marked.regions[id] = Region(id, at, names[0], start, end)


def _compare_words(given: object, words: str, at: str, report: Report) -> None:
    """The editor writes a line break as a backslash and n; other differences are reported."""
    if isinstance(given, str) and _plain(given) != _plain(words):
        report(
            "region-words",
            at,
            f"came with the words {given[:60]!r}, at its offsets stands {words[:60]!r}",
            "the offsets are taken; look whether they are meant",
        )


def _plain(words: str) -> str:
    return "".join(words.replace("\\n", "\n").split())


def _add_field(marked: Marked, item: dict[str, Any], at: str, report: Report) -> None:
    name, id = item.get("from_name"), item.get("id")
    region = marked.regions.get(id) if isinstance(id, str) else None
    control = CONTROLS.get(name) if isinstance(name, str) else None
    value = item.get("value")
    kind = item.get("type") if isinstance(item.get("type"), str) else ""
    key = TEXT if kind == "textarea" else kind
    values = value.get(key) if isinstance(value, dict) and isinstance(key, str) else None
    if isinstance(values, str):
        values = [values]
    if region is None or control is None or region.label not in control.labels:
        place = f"a {region.label}" if region else f"no region ({id!r})"
        report("region-field", at, f"{name!r} belongs to {place}", _MEND)
    elif not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        report("region-field", at, f"{name} of {region.id} has no values", _MEND)
    elif control.choices is not None and not set(values) <= set(control.choices):
        report(
            "region-field", at, f"{name} of {region.id} is {values!r}", "choose one of those shown"
        )
    elif name in region.fields or (len(values) > 1 and control.choices and not control.multiple):
        report("region-field", at, f"{name} of {region.id} has several values", "choose one")
    else:
        region.fields[str(name)] = tuple(filter(None, values))


def _add_relation(marked: Marked, item: dict[str, Any], at: str, report: Report) -> None:
    ends = [marked.regions.get(str(item.get(name))) for name in ("from_id", "to_id")]
    one, other = ends
    names = item.get("labels") or [None]
    if one is None or other is None or one is other:
        message = f"joins {item.get('from_id')!r} and {item.get('to_id')!r}, not two regions"
        report("relation-dangling", at, message, "delete the relation")
    elif not isinstance(names, list) or len(names) > 1 or names[0] not in (None, *RELATIONS):
        report("relation-label", at, f"has the labels {names!r}", "give it one, or none")
    else:
        if item.get("direction") == "left":
            one, other = other, one
        marked.relations.append(Relation(at, one, other, names[0]))
