"""Quotation marks: which ones the page shows, and all of them from what it says.

Speech marks and apostrophes follow from quotes and characters (`anchors.filling.settle_marks`), so
only the others are drawn: as the words with their marks, or as a lone mark character.
"""

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from onrecord.anchors.filling import settle_marks
from onrecord.labelstudio.controls import MARK
from onrecord.labelstudio.regions import Region
from onrecord.labelstudio.sheets import Reading, free_ids, merged, record_ids
from onrecord.model import Annotation, Mark, Quote
from onrecord.text import mark_offsets


def shown_marks(annotation: Annotation, text: str) -> list[Mark]:
    """The marks that their quotes and their shape do not settle."""
    settled = {_same(mark) for mark in settle_marks(text, annotation.quotes, [])[0]}
    return [mark for mark in annotation.marks if _same(mark) not in settled]


def _same(mark: Mark) -> tuple[object, ...]:
    return mark.open, mark.close, mark.kind, mark.quote


def read_marks(reading: Reading, quotes: Iterable[Quote]) -> tuple[Mark, ...]:
    """The marks drawn, and those that follow from the quotes."""
    quotes = list(quotes)
    base = reading.sheet.base.marks
    regions = list(reading.marked.labelled(MARK))
    ids = record_ids(regions, "m", (mark.id for mark in base))
    drawn = [_mark(reading, region, ids[region.id], quotes) for region in regions]
    marks = [mark for mark in drawn if mark]
    if reading.sheet.expects("marks"):
        known = {(mark.open, mark.close): mark.id for mark in base}
        free = free_ids("m", {*ids.values(), *known.values()})
        settled = settle_marks(reading.sheet.text, quotes, marks)[0]
        marks = [
            replace(mark, id=known.get((mark.open, mark.close)) or next(free))
            if mark.id == "m0"
            else mark
            for mark in settled
        ]
    return merged(marks, base, lambda mark: mark.id, lambda mark: _ends(mark)[0])


def _ends(mark: Mark) -> list[int]:
    return [end for end in (mark.open, mark.close) if end is not None]


def _mark(reading: Reading, region: Region, id: str, quotes: list[Quote]) -> Mark | None:
    open, close = _offsets(region, reading.sheet.text)
    kind: Any = region.one("kind")
    if kind is None or (open is None and close is None):
        message = "has no kind" if kind is None else "has no quotation mark at its ends"
        reading.report("field-kind", region.pointer, f"the mark {message}", "choose, or redraw it")
        return None
    quote = None
    if joined := reading.joins.contents.get(region.id):
        quote = reading.quote_ids[joined[0]]
    mark = Mark(id=id, open=open, close=close, kind=kind, quote=quote)
    if kind == "speech" and quote is None:
        mark = replace(mark, quote=_innermost(quotes, _ends(mark)))
    return mark


def _offsets(region: Region, text: str) -> tuple[int | None, int | None]:
    """Open and close: the mark characters at the ends of a region."""
    first, last = region.start, region.end - 1
    if region.id.endswith("__open"):
        return first, None
    if region.id.endswith("__close"):
        return None, first
    offsets = set(mark_offsets(text))
    if first == last:
        lone = first if first in offsets else None
        return (None, lone) if text[first] in "’”»›" else (lone, None)
    return first if first in offsets else None, last if last in offsets else None


def _innermost(quotes: list[Quote], offsets: list[int]) -> str | None:
    """The smallest quote whose content holds all the characters."""
    sizes = {
        quote.id: sum(part.end - part.start for part in quote.content)
        for quote in quotes
        if all(any(p.start <= offset < p.end for p in quote.content) for offset in offsets)
    }
    return min(sizes, key=lambda quote: sizes[quote], default=None)
