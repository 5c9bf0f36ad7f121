"""The challenge set: pairs, and that a passage stands under its phenomenon."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from onrecord.issues import Issue
from onrecord.model import Passage
from onrecord.sources import Where
from onrecord.validation import texts

CODES: Final = {
    "passage-repeated": "A passage id occurs once in the challenge set.",
    "passage-file": "A passage stands in the file named after its phenomenon.",
    "passage-pair": "A pair has exactly two passages, of one phenomenon, and says what flips; a"
    " passage without a pair has no quotes.",
}


@dataclass
class Challenge:
    """Collects passages; `finish` looks at the pairs.

    Where a passage could not be read, `complete` is false: a lone one may have lost its partner.
    """

    complete: bool = True
    _places: dict[str, str] = field(default_factory=dict)
    _pairs: dict[str, list[tuple[Where, str]]] = field(default_factory=dict)

    def check(self, where: Where, passage: Passage) -> Iterator[Issue]:
        """Findings for one passage by itself."""
        place, pointer = where
        if passage.id in self._places:
            yield Issue(
                file=place,
                pointer=f"{pointer}/id",
                code="passage-repeated",
                message=f"{passage.id!r} occurs before at {self._places[passage.id]}",
                hint="ids are never reused",
            )
        self._places.setdefault(passage.id, place)
        name = PurePosixPath(place.rsplit(":", 1)[0])
        if name.parts[:1] == ("challenge",) and name.stem != passage.phenomenon:
            yield Issue(
                file=place,
                pointer=f"{pointer}/phenomenon",
                code="passage-file",
                message=f"{passage.phenomenon!r} stands in {name}",
                hint=f"move it to challenge/{passage.phenomenon}.jsonl",
            )
        if passage.pair is not None:
            self._pairs.setdefault(passage.pair, []).append((where, passage.phenomenon))
        yield from _lone_or_flipping(where, passage)
        yield from texts.check_form(passage.text, place, f"{pointer}/text")
        yield from texts.check_zones(passage.zones, len(passage.text), place, pointer)

    def finish(self) -> Iterator[Issue]:
        """Findings for the pairs."""
        for pair, members in self._pairs.items():
            if len(members) == 1 and not self.complete:
                continue
            if len(members) != 2 or members[0][1] != members[1][1]:
                yield Issue(
                    file=members[-1][0].file,
                    pointer=f"{members[-1][0].pointer}/pair",
                    code="passage-pair",
                    message=f"pair {pair!r} has {len(members)} passages of"
                    f" {', '.join(sorted({phenomenon for _, phenomenon in members}))}",
                    hint="a minimal pair has two passages of one phenomenon",
                )


def _lone_or_flipping(where: Where, passage: Passage) -> Iterator[Issue]:
    if passage.pair is None and passage.quotes:
        message, hint = "has quotes and no pair", "write its partner, and name the pair in both"
    elif (passage.pair is None) != (passage.flips is None):
        message, hint = "has a pair or flips, not both", "a pair says what flips, others nothing"
    else:
        return
    yield Issue(
        file=where.file,
        pointer=f"{where.pointer}/pair",
        code="passage-pair",
        message=f"{passage.id!r} {message}",
        hint=hint,
    )
