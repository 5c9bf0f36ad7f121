"""What two spans are compared by: word tokens; marks and punctuation do not count (M0)."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from typing import Any, Final

from onrecord.model import Span
from onrecord.text import inside_word

Units = tuple[tuple[int, int], ...]
"""The word tokens (`model.WORD`) that a span touches, numbered through the text: half-open ranges
of numbers, sorted, neither touching nor overlapping. A span that touches none is compared by code
points: then the ranges are of their complements (`~offset`), so that they equal no token's."""

NOTHING: Final[Units] = ()
_ALNUM: Final = 1
_JOINER: Final = 2


def size(units: Units) -> int:
    """How many tokens (or code points) there are."""
    total = 0
    for start, end in units:
        total += end - start
    return total


def shared(one: Units, other: Units) -> int:
    """How many both have."""
    count = mine = theirs = 0
    last_mine, last_theirs = len(one), len(other)
    while mine < last_mine and theirs < last_theirs:
        start, end = one[mine]
        first, last = other[theirs]
        low = start if start > first else first
        if end < last:
            high = end
            mine += 1
        else:
            high = last
            theirs += 1
        if low < high:
            count += high - low
    return count


def jaccard(one: Units, other: Units) -> float:
    """Shared units by all units; 0 where there are none."""
    common = shared(one, other)
    return common / (size(one) + size(other) - common) if common else 0.0


def within(part: Units, whole: Units) -> bool:
    """Whether `whole` has everything that `part` has, which is not nothing."""
    if not part or not whole or part[0][0] < whole[0][0] or part[-1][1] > whole[-1][1]:
        return False
    return shared(part, whole) == size(part)


def union(ranges: Iterable[tuple[int, int]]) -> Units:
    """Ranges in any order, sorted and run together."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return tuple(found)


def together(spans: Sequence[Units]) -> Units:
    """The units of several spans; code points only where none has a token."""
    if len(spans) == 1:
        return spans[0]
    ranges = [each for units in spans for each in units]
    return union([each for each in ranges if each[0] >= 0] or ranges)


class Tokens:
    """The word tokens of one text.

    Equal to `model.WORD.finditer`, which would cost most of the time of scoring: a token starts at
    a letter or digit that has none before it, nor a joiner that itself stands after one.
    """

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def starts(self) -> Sequence[int]:
        """The offset of every token's first character."""
        import numpy as np

        codes = np.frombuffer(self._text.encode("utf-32-le", "surrogatepass"), np.uint32)
        kinds = _kinds().take(codes)
        alnum = kinds == _ALNUM
        before = np.flatnonzero(alnum[1:] > alnum[:-1])
        joined = (kinds[before] == _JOINER) & (before > 0) & alnum[before - 1]
        starts = array("q", [0] if alnum[:1].any() else [])
        starts.frombytes((before[~joined] + 1).astype(np.int64).tobytes())
        return starts

    def units(self, span: Span) -> Units:
        """The units of a span; a token that it only cuts into counts whole."""
        return together(self.pieces(span))

    def pieces(self, span: Span) -> list[Units]:
        """The units of every fragment by itself."""
        starts = self.starts
        found: list[Units] = []
        for part in span:
            first = bisect_left(starts, part.start)
            if first == len(starts) or starts[first] > part.start:
                first -= inside_word(self._text, part.start)
            last = bisect_left(starts, part.end, first)
            found.append(((first, last),) if first < last else ((-part.end, -part.start),))
        return found


@cache
def _kinds() -> Any:
    """For every code point whether `model.WORD` takes it for a word character or a joiner."""
    import numpy as np

    characters = np.arange(0x110000, dtype=np.uint32).view("U1")
    kinds = np.char.isalnum(characters).astype(np.uint8)
    kinds[[ord(joiner) for joiner in "’'.-"]] = _JOINER
    return kinds
