"""What an annotator had before them, and what reading their regions needs."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeVar, get_args

from onrecord.labelstudio.controls import CONTENT
from onrecord.labelstudio.joins import Joins, span_of
from onrecord.labelstudio.names import Names
from onrecord.labelstudio.region_ids import record_id
from onrecord.labelstudio.regions import Marked, Region, Report
from onrecord.model import Article, Gold, Id, Layer, Span, ZoneKind

R = TypeVar("R")
_ID: Final = re.compile(get_args(Id)[1].pattern)


@dataclass(frozen=True)
class ShownArticle:
    """An article as it was shown: its text and issues, and the layer that was suggested."""

    article: Article
    text: str
    base: Gold
    incomplete: frozenset[str] = frozenset()

    def expects(self, kind: str) -> bool:
        """Whether the corpus claims to annotate this kind of record, or field of one."""
        return not {kind, kind.split(".")[0]} & self.incomplete

    def zone(self, offset: int) -> ZoneKind | None:
        """The zone of a character."""
        zones = self.article.zones
        return next((zone.kind for zone in zones if zone.start <= offset < zone.end), None)


def blank(article: Article, issues: tuple[str, ...], guidelines: str) -> Gold:
    """The layer of somebody who said nothing yet."""
    layer = Layer(annotator="nobody", kind="machine", guidelines=guidelines)
    return Gold(article_id=article.id, layer=layer, issues=issues)


@dataclass
class Reading:
    """Regions over a sheet on their way to records."""

    marked: Marked
    joins: Joins
    sheet: ShownArticle
    names: Names
    report: Report

    @cached_property
    def contents(self) -> list[Region]:
        """The first regions of all quotes, in the order of the text."""
        return list(self.marked.labelled(CONTENT))

    @cached_property
    def quote_ids(self) -> dict[str, str]:
        """The id of the quote by the id of its first region."""
        return record_ids(self.contents, "q", (quote.id for quote in self.sheet.base.quotes))

    def span(self, region: Region) -> Span:
        """The span that a region and its further pieces make."""
        pieces = [region, *self.joins.pieces.get(region.id, ())]
        return span_of(pieces, self.sheet.text, self.report)

    def speakers(self, region: Region) -> tuple[str, ...]:
        """The speakers chosen, then those in words; what is not one speaker is reported."""
        found = list(region.fields.get("speaker", ()))
        for words in region.fields.get("new_speaker", ()):
            try:
                found.append(self.names.speaker(words))
            except ValueError as error:
                self.report("field-speaker", region.pointer, str(error), "write the id")
        return tuple(dict.fromkeys(found))


def record_ids(regions: Iterable[Region], letter: str, known: Iterable[str]) -> dict[str, str]:
    """Record ids by region id: what the region's own id says, else the next free number."""
    regions = list(regions)
    own = {region.id: id for region in regions if (id := record_id(region.id)) and _ID.match(id)}
    free = free_ids(letter, {*own.values(), *known})
    return {region.id: own.get(region.id) or next(free) for region in regions}


def free_ids(letter: str, taken: Iterable[str]) -> Iterator[str]:
    """q1, q2 and so on, without those taken."""
    taken, number = set(taken), 0
    while True:
        number += 1
        if f"{letter}{number}" not in taken:
            yield f"{letter}{number}"


def merged(
    records: Iterable[R],
    base: Iterable[R],
    key: Callable[[R], Any],
    place: Callable[[R], Any],
) -> tuple[R, ...]:
    """Records in the order of those in `base` that have their keys, new ones at their place."""
    rank = {key(record): number for number, record in enumerate(base)}
    records = list(records)
    found = sorted((each for each in records if key(each) in rank), key=lambda x: rank[key(x)])
    for record in sorted((each for each in records if key(each) not in rank), key=place):
        later = (number for number, each in enumerate(found) if place(each) > place(record))
        found.insert(next(later, len(found)), record)
    return tuple(found)
