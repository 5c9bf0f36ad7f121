"""An annotation as Label Studio's result: regions, their fields, and relations.

Ids say what a region is (see `region_ids`), so that a record keeps its id
on its way through the editor. What the rest settles is left out, and reading puts it back.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from onrecord.labelstudio.controls import (
    BESIDE,
    CONTENT,
    CONTROLS,
    FRAGMENT,
    LOCALS,
    MARK,
    MENTION,
    SHOWING,
    SPAN,
    TEXT,
)
from onrecord.labelstudio.marks import shown_marks
from onrecord.labelstudio.mentions import shown_mentions
from onrecord.labelstudio.names import Names, speaker_words
from onrecord.labelstudio.region_ids import region_id
from onrecord.labelstudio.stances import slotted
from onrecord.model import Annotation, Mark, Quote, Span, Stance

Item = dict[str, Any]
_PLAIN: Final = ("form", "act", "status", "join")


def result_of(annotation: Annotation, text: str, names: Names) -> list[Item]:
    """The result that shows a valid annotation.

    New speakers in `names` stand as words, all others as choices. Regions come in the order of the
    text, wide ones first, so that narrow ones lie above them and can be clicked; of two on the same
    words the editor puts the first above.
    """
    page = _Page(annotation, text, names)
    page.draw()
    regions = sorted(
        page.regions, key=lambda region: (region.start, -region.end, not region.is_content)
    )
    return [item for region in regions for item in region.items(text)] + page.relations


@dataclass
class _Region:
    id: str
    label: str
    start: int
    end: int
    fields: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_content(self) -> bool:
        return self.label == CONTENT

    def items(self, text: str) -> Iterator[Item]:
        """The region and its fields: items of one id."""
        place = {"start": self.start, "end": self.end}
        yield region_item(self.id, self.label, self.start, self.end, text)
        for name, values in self.fields.items():
            if values:
                kind = "textarea" if _is_text(name) else "choices"
                key = "text" if _is_text(name) else "choices"
                yield _item(self.id, name, kind, {**place, key: values})


def _is_text(name: str) -> bool:
    return name != "speaker" and CONTROLS[name].choices is None


def region_item(id: str, label: str, start: int, end: int, text: str) -> Item:
    """The item of a region without fields."""
    value = {"start": start, "end": end, "text": text[start:end], "labels": [label]}
    return _item(id, SPAN, "labels", value)


def _item(id: str, name: str, kind: str, value: Item) -> Item:
    return {"id": id, "from_name": name, "to_name": TEXT, "type": kind, "value": value}


@dataclass
class _Page:
    """Regions and relations as they are drawn."""

    annotation: Annotation
    text: str
    names: Names
    regions: list[_Region] = field(default_factory=list)
    relations: list[Item] = field(default_factory=list)
    _shared: dict[tuple[str, Span], _Region] = field(default_factory=dict)

    def draw(self) -> None:
        """Everything that the annotation says and the rest does not settle."""
        for quote in self.annotation.quotes:
            self._quote(quote)
        for quote in self.annotation.quotes:
            for name in ("continues", "repeats"):
                if other := getattr(quote, name):
                    self._relate(region_id("quote", quote.id), region_id("quote", other), name)
        for stance, slot in slotted(self.annotation):
            self._stance(stance, slot)
        for mention in shown_mentions(self.annotation, self.text, self.names.speakers):
            region = self._span(region_id("mention", mention.id), MENTION, mention.span)
            region.fields |= self._speaker((mention.speaker,))
            region.fields["mention_form"] = [mention.form] if mention.form else []
        for mark in shown_marks(self.annotation, self.text):
            self._mark(mark)

    def _quote(self, quote: Quote) -> None:
        region = self._span(region_id("quote", quote.id), CONTENT, quote.content)
        region.fields |= self._speaker(quote.speaker)
        region.fields |= {name: [value] for name in _PLAIN if (value := getattr(quote, name))}
        region.fields["doubtful"] = ["doubtful"] if quote.doubtful else []
        region.fields["note"] = [quote.note] if quote.note else []
        for name in BESIDE:
            if span := getattr(quote, name):
                self._beside(name, span, quote.id)

    def _beside(self, label: str, span: Span, quote: str) -> _Region:
        """A span that belongs to a quote, drawn once where several quotes share it."""
        region = self._shared.get((label, span))
        if region is None:
            region = self._shared[label, span] = self._span(region_id(label, quote), label, span)
        self._relate(region.id, region_id("quote", quote))
        return region

    def _stance(self, stance: Stance, slot: str) -> None:
        quote = region_id("quote", stance.quote)
        fields = next(region.fields for region in self.regions if region.id == quote)
        fields[slot] = [stance.label]
        fields[f"{slot}_basis"] = [stance.basis] if stance.basis else []
        fields[f"{slot}_carrier"] = [stance.carrier] if stance.carrier != "content" else []
        fields[f"{slot}_note"] = [stance.note] if stance.note else []
        if slot in LOCALS:
            fields[f"{slot}_target"] = [self.names.target_words(stance.target)]
        for label in SHOWING:
            if span := getattr(stance, label):
                region = self._span(region_id(label, stance.quote, slot), label, span)
                region.fields["towards"] = [slot]
                self._relate(region.id, quote)

    def _mark(self, mark: Mark) -> None:
        ends = [end for end in (mark.open, mark.close) if end is not None]
        role = "pair" if len(ends) == 2 else "open" if mark.open is not None else "close"
        region = _Region(region_id("mark", mark.id, role), MARK, min(ends), max(ends) + 1)
        region.fields["kind"] = [mark.kind]
        self.regions.append(region)
        if mark.quote:
            self._relate(region.id, region_id("quote", mark.quote))

    def _span(self, id: str, label: str, span: Span) -> _Region:
        first, *further = (_Region(id, label, part.start, part.end) for part in span)
        for number, piece in enumerate(further, 1):
            piece.id, piece.label = f"{id}__{number}", FRAGMENT
            self._relate(piece.id, id)
        self.regions += [first, *further]
        return first

    def _relate(self, one: str, other: str, label: str | None = None) -> None:
        named = {"labels": [label]} if label else {}
        relation = {"type": "relation", "from_id": one, "to_id": other, "direction": "right"}
        self.relations.append(relation | named)

    def _speaker(self, ids: Iterable[str]) -> dict[str, list[str]]:
        ids, new = list(ids), self.names.new_speakers
        return {
            "speaker": [id for id in ids if id not in new],
            "new_speaker": [speaker_words(new[id]) for id in ids if id in new],
        }
