"""What relations mean: understood from the labels of the two regions that they join."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from onrecord.labelstudio.controls import BESIDE, CONTENT, FRAGMENT, MARK, SHOWING
from onrecord.labelstudio.region_ids import record_id
from onrecord.labelstudio.regions import Marked, Region, Relation, Report
from onrecord.model import Fragment, Span, ZoneKind
from onrecord.text import covers, fragment

CODES: Final = {
    "relation-unclear": "What a relation joins tells what it means, or its label does.",
    "region-alone": "A cue, source or other span is joined to a content, a fragment to its span.",
    "region-cuts-word": "A region that was drawn by hand ends where words end.",
}
_DISPLAYED: Final[frozenset[ZoneKind]] = frozenset(
    {"headline", "standfirst", "caption", "pullquote"}
)
_TO_CONTENT: Final = (*BESIDE, *SHOWING, MARK)


@dataclass
class Joins:
    """Regions by what they belong to, as ids."""

    contents: dict[str, list[str]] = field(default_factory=dict)
    """Ids of contents by the id of a region that belongs to them."""
    pieces: dict[str, list[Region]] = field(default_factory=dict)
    """Further pieces by the id of a span's first region."""
    chains: list[tuple[str, str, str]] = field(default_factory=list)
    """(id of a content, `continues`, `repeats` or `parent`, id of another content)."""

    def beside(self, marked: Marked, content: str, label: str) -> Iterator[Region]:
        """The regions with a label that belong to a content, in the order of the text."""
        for region in marked.labelled(label):
            if content in self.contents.get(region.id, ()):
                yield region


def read_joins(marked: Marked, zones: dict[int, ZoneKind | None], report: Report) -> Joins:
    """The joins of sound regions; a region that should belong to another and does not is reported.

    `zones` gives the zone of the first character of every content, by its offset.
    """
    joins, heads = Joins(), dict[str, Region]()
    unlabelled = []
    for relation in marked.relations:
        if not _join(relation, joins, heads):
            unlabelled.append(relation)
    for relation in unlabelled:
        _chain(relation, marked, joins, zones, report)
    for piece in marked.labelled(FRAGMENT):
        if head := _head(piece, heads):
            joins.pieces.setdefault(head.id, []).append(piece)
        else:
            report(
                "region-alone",
                piece.pointer,
                "a fragment belongs to no span",
                "draw a relation from it to the first piece of its span",
            )
    for region in marked.labelled(*_TO_CONTENT):
        if region.id not in joins.contents:
            _take_in(region, marked, joins, report)
    return joins


def _join(relation: Relation, joins: Joins, heads: dict[str, Region]) -> bool:
    """Settle a relation that its ends explain; False for others."""
    one, other = relation.one, relation.other
    if (other.label == FRAGMENT and one.label != FRAGMENT) or one.label == CONTENT != other.label:
        one, other = other, one
    if one.label == FRAGMENT:
        return heads.setdefault(one.id, other) is other
    if one.label in _TO_CONTENT and other.label == CONTENT:
        known = joins.contents.setdefault(one.id, [])
        known += [other.id] if other.id not in known else []
        return True
    return False


def _head(piece: Region, heads: dict[str, Region]) -> Region | None:
    """The first piece that a fragment belongs to, through other fragments if need be."""
    seen = {piece.id}
    found = heads.get(piece.id)
    while found is not None and found.label == FRAGMENT and found.id not in seen:
        seen.add(found.id)
        found = heads.get(found.id)
    return found if found is not None and found.label != FRAGMENT else None


def _chain(
    relation: Relation,
    marked: Marked,
    joins: Joins,
    zones: dict[int, ZoneKind | None],
    report: Report,
) -> None:
    """A relation between two contents: by its label, or by what the first one is like."""
    one, other, label = relation.one, relation.other, relation.label
    if one.label == other.label == CONTENT and label is None:
        if zones.get(one.start) in _DISPLAYED:
            label = "repeats"
        elif not any(any(joins.beside(marked, one.id, name)) for name in ("cue", "source")):
            label = "continues"
    if one.label == other.label == CONTENT and label:
        joins.chains.append((one.id, label, other.id))
        return
    report(
        "relation-unclear",
        relation.pointer,
        f"joins a {one.label} and a {other.label}",
        "delete it, or give it a label: continues, repeats or parent",
    )


def _take_in(region: Region, marked: Marked, joins: Joins, report: Report) -> None:
    """What shows a stance belongs to the one content it lies in; a mark needs none."""
    if region.label == MARK:
        return
    if region.label in SHOWING:
        place = (Fragment(start=region.start, end=region.end),)
        around = [
            content.id
            for content in marked.labelled(CONTENT)
            if covers(_plain(content, joins), place)
        ]
        if len(around) == 1:
            joins.contents[region.id] = around
            return
    report(
        "region-alone",
        region.pointer,
        f"a {region.label} belongs to no content",
        "draw a relation from it to its content",
    )


def _plain(head: Region, joins: Joins) -> Span:
    pieces = (head, *joins.pieces.get(head.id, ()))
    return tuple(Fragment(start=piece.start, end=piece.end) for piece in pieces)


def span_of(pieces: list[Region], text: str, report: Report) -> Span:
    """The span that regions make together: sorted, flagged where a word is cut.

    What was drawn by hand loses spaces at its ends, is parted at line feeds, and cuts no word
    unless a possessive follows.
    """
    found: list[Fragment] = []
    for region in pieces:
        if record_id(region.id):
            found.append(fragment(text, region.start, region.end))
            continue
        for start, end in _lines(text, region.start, region.end):
            part = fragment(text, start, end)
            if part.cuts_word and text[end : end + 2] not in ("’s", "'s"):
                report(
                    "region-cuts-word",
                    region.pointer,
                    f"{text[start:end][:60]!r} cuts a word",
                    "select whole words; it is kept as it is",
                )
            found.append(part)
    return tuple(sorted(found, key=lambda part: (part.start, part.end)))


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The lines of a stretch, without spaces at their ends."""
    at = start
    for line in text[start:end].split("\n"):
        if words := line.strip():
            first = at + line.index(words)
            yield first, first + len(words)
        at += len(line) + 1
