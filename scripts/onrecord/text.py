"""Geometry of a text: paragraphs, words that a cut would split, quotation-mark characters."""

import hashlib
import re
from bisect import bisect_right
from functools import cached_property

from onrecord.model import MARK_ALWAYS, MARK_UNLESS_INSIDE_WORD, Fragment, Mark, Span

_PARAGRAPH = re.compile(r"[^\n]+")
_MARK = re.compile(f"[{''.join(sorted(MARK_ALWAYS | MARK_UNLESS_INSIDE_WORD))}]")
_JOINERS = frozenset("’'.-")


def text_hash(text: str) -> str:
    """The SHA-256 of a text in UTF-8, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def words_of(text: str, span: Span) -> str:
    """The words of a span, its fragments joined by one space."""
    if len(span) == 1:
        return text[span[0].start : span[0].end]
    return " ".join([text[part.start : part.end] for part in span])


def inside_word(text: str, offset: int) -> bool:
    """Whether a cut at `offset` would split a word token (`model.WORD`).

    Looks at no more than two characters on either side, which equals matching the token regex
    over the whole text: a joiner holds two characters together if both are letters or digits.
    """
    if not 0 < offset < len(text):
        return False
    before, after = text[offset - 1], text[offset]
    if before.isalnum():
        if after.isalnum():
            return True
        return after in _JOINERS and text[offset + 1 : offset + 2].isalnum()
    if before in _JOINERS and offset > 1:
        return after.isalnum() and text[offset - 2].isalnum()
    return False


def mark_offsets(text: str) -> list[int]:
    """The offsets of all quotation-mark characters that count, in order.

    Double marks and guillemets always count; single ones and apostrophes unless they stand
    between two letters or digits.
    """
    return [
        offset
        for offset in map(re.Match.start, _MARK.finditer(text))
        if text[offset] in MARK_ALWAYS
        or not (
            offset > 0 and text[offset - 1].isalnum() and text[offset + 1 : offset + 2].isalnum()
        )
    ]


class Paragraphs:
    """The paragraphs of a text: maximal runs without a line feed."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def bounds(self) -> list[tuple[int, int]]:
        """Half-open (start, end) of every paragraph, in order."""
        return [match.span() for match in _PARAGRAPH.finditer(self._text)]

    @cached_property
    def _starts(self) -> list[int]:
        return [start for start, _ in self.bounds]

    def around(self, offset: int) -> tuple[int, int]:
        """(start, end) of the paragraph that holds `offset` or ends before it."""
        return self.bounds[max(bisect_right(self._starts, offset) - 1, 0)]

    def extent(self, mark: Mark) -> tuple[int, int]:
        """What a mark encloses, its own characters included, half-open.

        A lone mark reaches to the end or the start of its paragraph; of kind other it is an
        apostrophe or the like and encloses nothing.

        Raises `ValueError` for a mark with neither end.
        """
        if mark.open is not None and mark.close is not None:
            return mark.open, mark.close + 1
        if mark.kind == "other" and (mark.open is not None or mark.close is not None):
            offset = mark.open if mark.open is not None else mark.close or 0
            return offset, offset + 1
        if mark.open is not None:
            return mark.open, self.around(mark.open)[1]
        if mark.close is not None:
            return self.around(mark.close)[0], mark.close + 1
        raise ValueError(f"mark {mark.id} has neither open nor close")


def covers(outer: Span, inner: Span) -> bool:
    """Whether every fragment of `inner` lies within one fragment of `outer`."""
    return all(
        any(whole.start <= part.start and part.end <= whole.end for whole in outer)
        for part in inner
    )


def fragment(text: str, start: int, end: int) -> Fragment:
    """A fragment of `text`, flagged where it cuts a word."""
    return Fragment(
        start=start, end=end, cuts_word=inside_word(text, start) or inside_word(text, end)
    )
