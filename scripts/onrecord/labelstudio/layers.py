"""A result over an article to an annotation: an annotator's layer, or gold.

What an annotator need not write is put back as anchor files have it: form clause, act say and
status actual where nothing else was chosen; speech marks, apostrophes, mentions that are sources,
parents, and rows with the label none.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec.structs import replace

from onrecord.anchors.filling import innermost_holders
from onrecord.derived import derive
from onrecord.labelstudio.controls import BESIDE, CONTENT
from onrecord.labelstudio.joins import read_joins
from onrecord.labelstudio.marks import read_marks
from onrecord.labelstudio.mentions import read_mentions
from onrecord.labelstudio.names import Names
from onrecord.labelstudio.regions import Marked, Region, Report
from onrecord.labelstudio.sheets import Reading, ShownArticle, merged
from onrecord.labelstudio.stances import read_stances
from onrecord.model import Gold, Layer, Quote, Span

CODES: Final = {
    "field-slot": "A stance stands in the slot of an issue that the article has.",
    "field-label": "A stance that has a basis, carrier, note, target or evidence has a label.",
    "field-target": "A stance towards a local target says what it is about.",
    "field-towards": "Evidence or condition says which of several stances it shows.",
    "field-speaker": "A speaker in words is one speaker; a mention has exactly one.",
    "field-kind": "A mark has a kind, and begins or ends with a quotation mark.",
}
_DEFAULTS: Final = {"form": "clause", "act": "say", "status": "actual"}


def read_layer(
    marked: Marked, sheet: ShownArticle, layer: Layer, names: Names, report: Report
) -> Gold:
    """The annotation that the regions over a sheet make; what has no place in it is reported."""
    zones = {region.start: sheet.zone(region.start) for region in marked.labelled(CONTENT)}
    joins = read_joins(marked, zones, report)
    reading = Reading(marked, joins, sheet, names, report)
    quotes = _quotes(reading)
    draft = Gold(
        article_id=sheet.article.id,
        layer=layer,
        issues=sheet.base.issues,
        marks=read_marks(reading, quotes),
        mentions=read_mentions(reading, quotes),
        quotes=quotes,
        orig=sheet.base.orig,
    )
    draft = replace(draft, stances=read_stances(reading, draft))
    return _with_derived(draft, sheet)


def _with_derived(draft: Gold, sheet: ShownArticle) -> Gold:
    """Gold of a licensed article with its computed fields."""
    if sheet.article.rights == "open":
        return draft
    derived = derive(sheet.text, draft)
    quotes = tuple(replace(quote, derived=derived[quote.id]) for quote in draft.quotes)
    return replace(draft, quotes=quotes)


def _quotes(reading: Reading) -> tuple[Quote, ...]:
    base = {quote.id: quote for quote in reading.sheet.base.quotes}
    quotes = {}
    for region in reading.contents:
        quote = _quote(reading, region, base.get(reading.quote_ids[region.id]))
        if quote.content:
            quotes[quote.id] = quote
    holders = innermost_holders(quotes.values())
    with_parents = [
        replace(quote, parent=quote.parent or _parent(quote, quotes, base, holders.get(quote.id)))
        for quote in quotes.values()
    ]
    return merged(with_parents, base.values(), lambda quote: quote.id, _place)


def _place(quote: Quote) -> tuple[int, int]:
    return quote.content[0].start, -quote.content[-1].end


def _parent(
    quote: Quote, quotes: Mapping[str, Quote], before: Mapping[str, Quote], holder: str | None
) -> str | None:
    """The smallest quote around, `holder`; as before where neither has moved or is new."""
    known = before.get(quote.id)
    unmoved = all(
        each is None or (each in before and quotes[each].content == before[each].content)
        for each in (quote.id, holder)
    )
    if known is not None and unmoved and (known.parent is None or known.parent in quotes):
        return known.parent
    return holder


def _quote(reading: Reading, region: Region, base: Quote | None) -> Quote:
    speaker = reading.speakers(region)
    fields: dict[str, Any] = {
        name: region.one(name) or (value if reading.sheet.expects(f"quotes.{name}") else None)
        for name, value in _DEFAULTS.items()
    }
    fields |= {name: _beside(reading, region, name) for name in BESIDE}
    fields |= {
        label: reading.quote_ids[other]
        for one, label, other in reading.joins.chains
        if one == region.id
    }
    return Quote(
        id=reading.quote_ids[region.id],
        content=reading.span(region),
        speaker=speaker,
        join=_join(region, speaker),
        doubtful=bool(region.one("doubtful")),
        note=region.one("note"),
        orig=base.orig if base else (),
        **fields,
    )


def _join(region: Region, speaker: Iterable[str]) -> Any:
    return (region.one("join") or "joint") if len(list(speaker)) > 1 else None


def _beside(reading: Reading, content: Region, label: str) -> Span:
    regions = reading.joins.beside(reading.marked, content.id, label)
    parts = [part for region in regions for part in reading.span(region)]
    return tuple(sorted(parts, key=lambda part: (part.start, part.end)))
