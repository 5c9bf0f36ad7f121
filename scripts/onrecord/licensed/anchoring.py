"""Finding fingerprints in a copy of the text: the right place or none, never a guess."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from onrecord.licensed.fingerprints import (
    Fingerprint,
    Fingerprints,
    Place,
    Window,
    runs,
    window_hash,
)
from onrecord.licensed.tokens import Tokens, marks_of

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

        Where both windows are found they must agree; where one is, it must stand in one place.
        """
        by_before = self._firsts(each.before, each.tokens) if each.before else []
        by_after = self._firsts(each.after, each.tokens) if each.after else []
        if by_before and by_after:
            agreed = set(by_before) & set(by_after)
            return agreed.pop() if len(agreed) == 1 else "places"
        found = by_before or by_after
        if not found:
            return "words"
        return found[0] if len(found) == 1 else "places"

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
        """Where `marks`, which stand directly before a token, begin."""
        start, between = self.tokens.before(first)
        found = marks_of(between)
        if not marks:
            return self.tokens.bounds[first][0]
        if "".join(mark for mark, _ in found[-len(marks) :]) != marks:
            return None
        return start + found[-len(marks)][1]

    def _trail(self, marks: str, last: int) -> int | None:
        """Where `marks`, which stand directly after a token, end."""
        start, between = self.tokens.after(last)
        found = marks_of(between)
        if "".join(mark for mark, _ in found[: len(marks)]) != marks:
            return None
        return start + (found[len(marks) - 1][1] + 1 if marks else 0)
