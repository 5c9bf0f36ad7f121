"""Which record of an annotation is which in its next version.

Quotes, mentions and marks are known by their ids as long as these stand for words that overlap.
Where an id stands for other words, records of the very same words belong together, and what is
left was added or removed. (Ids that count records shift when one is put in before them.)
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from onrecord.rows import Row

Extents = tuple[tuple[int, int], ...]
"""Half-open stretches of the text."""


@dataclass
class Pairs:
    """Records in both versions, and in one of them only."""

    matched: list[tuple[Row, Row]] = field(default_factory=list)
    removed: list[Row] = field(default_factory=list)
    added: list[Row] = field(default_factory=list)

    def renumbered(self) -> Iterator[str]:
        """Old ids that stand for something else now, or whose record has another id."""
        for old, new in self.matched:
            if old["id"] != new["id"]:
                yield old["id"]
        yield from {row["id"] for row in self.removed} & {row["id"] for row in self.added}


def span_extents(fragments: Iterable[Row]) -> Extents:
    """The stretches of a span."""
    return tuple((part["start"], part["end"]) for part in fragments)


def quote_extents(quote: Row) -> Extents:
    """The words of a quote's content."""
    return span_extents(quote["content"])


def mention_extents(mention: Row) -> Extents:
    """The words of a mention."""
    return span_extents(mention["span"])


def mark_extents(mark: Row) -> Extents:
    """From the first to the last character of a mark or a pair."""
    ends = [end for end in (mark["open"], mark["close"]) if end is not None]
    return ((min(ends), max(ends) + 1),) if ends else ()


def pair(
    old: list[Row], new: list[Row], extents: Callable[[Row], Extents], *, same_text: bool
) -> Pairs:
    """Pair the records of one kind of an article; offsets mean nothing where its text changed."""
    pairs = Pairs()
    waiting = {row["id"]: row for row in new}
    unpaired: list[Row] = []
    for row in old:
        other = waiting.get(row["id"])
        if other and (not same_text or _overlap(extents(row), extents(other))):
            pairs.matched.append((row, waiting.pop(row["id"])))
        else:
            unpaired.append(row)
    by_extents = {extents(row): row for row in reversed(waiting.values()) if same_text}
    for row in unpaired:
        other = by_extents.pop(extents(row), None)
        if other is None:
            pairs.removed.append(row)
        else:
            pairs.matched.append((row, waiting.pop(other["id"])))
    pairs.added = list(waiting.values())
    return pairs


def _overlap(one: Extents, other: Extents) -> bool:
    return any(
        start < other_end and other_start < end
        for start, end in one
        for other_start, other_end in other
    )
