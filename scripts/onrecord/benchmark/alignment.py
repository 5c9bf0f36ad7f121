"""Finding an extractor's words in the text: exact, normalised, fuzzy, or lost.

exact: the words stand in the text, character by character, cutting no word. normalised: their word
tokens stand there in order, letter case and the kind of apostrophe aside, in one stretch or in a
few (a quote whose halves were joined). fuzzy: at least `AlignConfig.fuzzy` of the tokens do, in
order. lost: none of these. Where the words stand in several places, which one was meant is a guess:
contents take the first that no equal content has taken, other spans the nearest to their content;
the number of such guesses is reported.
"""

from collections.abc import Iterable
from difflib import Match, SequenceMatcher
from functools import cached_property
from typing import Final, Literal, NamedTuple

from onrecord.model import WORD, Fragment, Record, Span
from onrecord.text import inside_word

Status = Literal["offsets", "exact", "normalised", "fuzzy", "lost"]
"""How the content of a predicted quote was found; `offsets` were given by the extractor."""

_SLACK: Final = 40
"""Tokens that may stand between the parts of one quotation, such as a reporting clause."""


class AlignConfig(Record, frozen=True, kw_only=True):
    """Parameters of alignment, part of the signature."""

    fuzzy: float = 0.8


class Aligned(NamedTuple):
    """Where words stand; `places` counts the candidates among which this one was taken."""

    span: Span
    status: Status
    places: int = 1


LOST: Final = Aligned((), "lost", 0)


def fold(word: str) -> str:
    """A word token as alignment compares it."""
    return word.casefold().replace("’", "'")


class Aligner:
    """Finds words in one text."""

    def __init__(self, text: str, config: AlignConfig) -> None:
        self._text = text
        self._config = config

    def align(self, words: str, near: Span = (), skip: int = 0) -> Aligned:
        """The place of `words` nearest to a span and outside it, or the first but `skip`."""
        words = words.strip()
        starts = self._exact(words)
        if starts:
            return self._choose([(start, start + len(words)) for start in starts], near, skip)
        return self._by_tokens([fold(token) for token in WORD.findall(words)], near, skip)

    def _exact(self, words: str) -> list[int]:
        text, starts, start = self._text, [], self._text.find(words) if words else -1
        while start >= 0:
            if not inside_word(text, start) and not inside_word(text, start + len(words)):
                starts.append(start)
            start = text.find(words, start + 1)
        return starts

    def _choose(self, places: list[tuple[int, int]], near: Span, skip: int) -> Aligned:
        if near:
            start, end = min(places, key=lambda place: (_distance(place, near), place))
        else:
            start, end = places[min(skip, len(places) - 1)]
        return Aligned((Fragment(start=start, end=end),), "exact", len(places))

    def _by_tokens(self, needle: list[str], near: Span, skip: int) -> Aligned:
        if not needle:
            return LOST
        joined = f" {' '.join(needle)} "
        places = []
        start = self._joined.find(joined)
        while start >= 0:
            first = self._joined.count(" ", 0, start)
            places.append((self._tokens[first][0], self._tokens[first + len(needle) - 1][1]))
            start = self._joined.find(joined, start + 1)
        if places:
            return self._choose(places, near, skip)._replace(status="normalised")
        return self._in_parts(needle)

    def _in_parts(self, needle: list[str]) -> Aligned:
        """The longest common stretch of tokens, and what of the rest stands around it in order."""
        matcher = SequenceMatcher(None, needle, self._folded, autojunk=False)
        core = matcher.find_longest_match()
        low = max(core.b - core.a - _SLACK, 0)
        high = core.b + len(needle) - core.a + _SLACK
        matcher.set_seq2(self._folded[low:high])
        blocks = [block for block in matcher.get_matching_blocks() if block.size]
        found = sum(block.size for block in blocks) / len(needle)
        if found < self._config.fuzzy:
            return LOST
        span = tuple(self._fragments(blocks, low))
        return Aligned(span, "normalised" if found == 1 else "fuzzy")

    def _fragments(self, blocks: list[Match], low: int) -> Iterable[Fragment]:
        """The blocks as fragments; those with at most as much between them as the needle has join.

        So a word that was changed is spanned, and a reporting clause is not.
        """
        parts: list[list[int]] = []
        last: Match | None = None
        for block in blocks:
            first, end = low + block.b, low + block.b + block.size - 1
            changed = block.a - last.a - last.size if last else 0
            between = block.b - last.b - last.size if last else 0
            if parts and between <= max(changed, 0) + 1 and changed:
                parts[-1][1] = end
            else:
                parts.append([first, end])
            last = block
        return [
            Fragment(start=self._tokens[first][0], end=self._tokens[end][1]) for first, end in parts
        ]

    @cached_property
    def _tokens(self) -> list[tuple[int, int]]:
        return [match.span() for match in WORD.finditer(self._text)]

    @cached_property
    def _folded(self) -> list[str]:
        return [fold(self._text[start:end]) for start, end in self._tokens]

    @cached_property
    def _joined(self) -> str:
        return f" {' '.join(self._folded)} "


def _distance(place: tuple[int, int], span: Span) -> tuple[bool, int]:
    """Whether a place lies inside a span, and how many characters it is from its nearest end."""
    start, end = place
    inside = any(part.start <= start and end <= part.end for part in span)
    return inside, min(min(abs(start - part.end), abs(part.start - end)) for part in span)
