"""Finding fingerprints in a copy of the text: the right place or none, never a guess."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from onrecord.licensed.fingerprints import (
    MARGIN,
    SHORTEST,
    Fingerprint,
    Fingerprints,
    Place,
    Window,
    runs,
    window_hash,
)
from onrecord.licensed.tokens import Tokens, distance, marks_of

_BLANK_LINE: Final = re.compile(r"\n\s*\n")
"""No stretch has one inside: no fragment crosses a paragraph's end."""

LOST: Final = {
    "words": "the words around it are not in the copy as they were",
    "places": "they stand in several places of the copy",
    "marks": "the marks beside the words differ",
}
"""Why a stretch was not found, by reason."""


@dataclass(frozen=True)
class Found:
    """Where stretches of the original stand in the copy, and why others do not."""

    places: Mapping[Place, Place]
    lost: Mapping[Place, str]

    @property
    def share(self) -> float:
        """The share of stretches found; 0 where there are none."""
        return len(self.places) / max(len(self.places) + len(self.lost), 1)


def find_all(prints: Fingerprints, text: str) -> Found:
    """Look for every fingerprint in `text`; places are half-open code points."""
    copy = _Copy(Tokens(text), prints.salt)
    places: dict[Place, Place] = {}
    lost: dict[Place, str] = {}
    for each in prints.fingerprints:
        first = copy.first_token(each)
        place = copy.place(each, first) if isinstance(first, int) else first
        if isinstance(place, str):
            lost[each.start, each.end] = place
        else:
            places[each.start, each.end] = place
    return Found(places, lost)


@dataclass
class _Copy:
    tokens: Tokens
    salt: str
    _positions: dict[int, dict[str, list[int]]] = field(default_factory=dict)

    def first_token(self, each: Fingerprint) -> int | str:
        """The number of the stretch's first token, or the reason why it is not known.

        Where both windows are found they must agree; where one is, it must stand in one place and
        decide alone.
        """
        by_before = self._firsts(each.before, each.tokens) if each.before else []
        by_after = self._firsts(each.after, each.tokens) if each.after else []
        if by_before and by_after:
            agreed = set(by_before) & set(by_after)
            return agreed.pop() if len(agreed) == 1 else "places"
        found = by_before or by_after
        if not found:
            return "words"
        decides = self._before_decides if by_before else self._after_decides
        return found[0] if len(found) == 1 and decides(each, found[0]) else "places"

    def _before_decides(self, each: Fingerprint, first: int) -> bool:
        """Whether the window that reaches back says where a stretch stands, the other being lost.

        Its words may have come to stand before others like the stretch. What tells is the other
        side: the stretch with the tokens after it that the window takes in must stand nowhere else.
        If these are cut short by the end of a paragraph, only ends of paragraphs are compared; at
        the end of the original, which left no room for another window, the end of the copy tells.
        """
        assert each.before is not None
        short, end = each.tokens < SHORTEST, first + each.tokens
        if short and each.after is None and len(self.tokens.plain) - end < SHORTEST:
            return True
        stop = first - each.before.offset + each.before.tokens
        places = self._places(first, stop)
        if short and stop - end < MARGIN:
            places = [place for place in places if place + stop - first in self._edges]
        return places == [first]

    def _after_decides(self, each: Fingerprint, first: int) -> bool:
        """The same the other way round."""
        assert each.after is not None
        short, begin = each.tokens < SHORTEST, first - each.after.offset
        if short and each.before is None and first < SHORTEST:
            return True
        places = self._places(begin, first + each.tokens)
        if short and first - begin < MARGIN:
            places = [place for place in places if place in self._edges]
        return places == [begin]

    def _places(self, begin: int, stop: int) -> list[int]:
        """Where a run of tokens stands, by the numbers of first tokens."""
        words = self.tokens.plain
        return [
            place
            for place in self._numbers[words[begin]]
            if words[place : place + stop - begin] == words[begin:stop]
        ]

    @cached_property
    def _numbers(self) -> dict[str, list[int]]:
        """The numbers of the tokens by plain form."""
        numbers = defaultdict(list)
        for number, word in enumerate(self.tokens.plain):
            numbers[word].append(number)
        return numbers

    @cached_property
    def _edges(self) -> frozenset[int]:
        """The numbers of the tokens that begin a paragraph, and the one after the last."""
        count = len(self.tokens.plain)
        begin = (n for n in range(count) if not n or "\n" in self.tokens.before(n)[1])
        return frozenset((*begin, count))

    def _firsts(self, window: Window, tokens: int) -> list[int]:
        """The first tokens of the stretch by all runs of this hash, if it lies in the run."""
        if not 0 < tokens <= window.tokens - window.offset:
            return []
        if window.tokens not in self._positions:
            positions = defaultdict(list)
            for number, run in enumerate(runs(self.tokens.plain, window.tokens)):
                positions[window_hash(self.salt, run)].append(number)
            self._positions[window.tokens] = positions
        starts = self._positions[window.tokens].get(window.hash, [])
        return [start + window.offset for start in starts]

    def place(self, each: Fingerprint, first: int) -> Place | str:
        """The offsets of a stretch whose first token is known, or why they are not."""
        last = first + each.tokens - 1
        begins, ends = self.tokens.bounds[first][0], self.tokens.bounds[last][1]
        if _BLANK_LINE.search(self.tokens.text, begins, ends):
            return "words"
        lead = self._lead(each.lead, first)
        trail = self._trail(each.trail, last)
        if lead is None or trail is None:
            return "marks"
        size = each.end - each.start
        if each.part == "lead":
            return (lead, lead + size) if lead + size <= begins else "marks"
        if each.part == "trail":
            return (trail - size, trail) if trail - size >= ends else "marks"
        start = begins + each.skip if each.skip else lead
        end = ends - each.drop if each.drop else trail
        return (start, end) if start < end else "marks"

    def _lead(self, marks: str, first: int) -> int | None:
        """Where `marks`, which stand directly before a token, begin.

        None where they do not, or where they are nearer to the token before: they are that one's.
        """
        start, between = self.tokens.before(first)
        found = marks_of(between)
        if not marks:
            return self.tokens.bounds[first][0]
        if "".join(mark for mark, _ in found[-len(marks) :]) != marks:
            return None
        at = found[-len(marks)][1]
        nearer = not first or distance(between[at:]) <= distance(between[:at])
        return start + at if nearer else None

    def _trail(self, marks: str, last: int) -> int | None:
        """Where `marks`, which stand directly after a token, end; None as for `_lead`."""
        start, between = self.tokens.after(last)
        found = marks_of(between)
        if "".join(mark for mark, _ in found[: len(marks)]) != marks:
            return None
        at = found[len(marks) - 1][1] + 1 if marks else 0
        final = last + 1 == len(self.tokens.bounds)
        return start + at if final or distance(between[:at]) <= distance(between[at:]) else None
