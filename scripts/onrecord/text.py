"""Geometry of a text: paragraphs, words that a cut would split, quotation-mark characters."""

import hashlib
import re
from bisect import bisect_right
from functools import cached_property
from typing import Final

from onrecord.model import MARK_ALWAYS, MARK_UNLESS_INSIDE_WORD, Fragment, Mark, Span

_PARAGRAPH = re.compile(r"[^\n]+")
_MARK = re.compile(f"[{''.join(sorted(MARK_ALWAYS | MARK_UNLESS_INSIDE_WORD))}]")
_JOINERS = frozenset("’'.-")
_CLOSED_BY: Final = {"“": "”", "„": "“”", "«": "»", "‹": "›", '"': '"', "‘": "’", "'": "'"}
_SINGLE: Final = "‘’'"
_STRAIGHT: Final = "\"'"


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


def marked_stretches(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """What outermost quotation marks enclose in `text[start:end]`, themselves included, half-open.

    From the characters alone, for texts without annotation. A lone double mark reaches to the end
    or the start of its paragraph; single marks count in pairs only.
    """
    stretches: list[tuple[int, int]] = []
    for paragraph in _PARAGRAPH.finditer(text, start, end):
        marks = [
            match.start()
            for match in _MARK.finditer(text, *paragraph.span())
            if match.group() in MARK_ALWAYS or not inside_word(text, match.start())
        ]
        stretches += _pair(text, marks, *paragraph.span())
    return stretches


def _pair(text: str, marks: list[int], start: int, end: int) -> list[tuple[int, int]]:
    """Stretches from the offsets of one paragraph's marks, left to right."""
    stretches: list[tuple[int, int]] = []
    after = 0
    for number, offset in enumerate(marks):
        if number < after:
            continue
        closing = _closing(text, marks, number) if _opens(text, offset) else number
        if closing is None:
            if text[offset] not in _SINGLE:
                return [*stretches, (offset, end)]
        elif closing > number:
            stretches.append((offset, marks[closing] + 1))
            after = closing + 1
        elif text[offset] not in _SINGLE:
            stretches.append((stretches[-1][1] if stretches else start, offset + 1))
    return stretches


def _opens(text: str, offset: int) -> bool:
    """Whether the mark can open: a straight one stands before a word and not after one."""
    if text[offset] not in _STRAIGHT:
        return text[offset] in _CLOSED_BY
    after = text[offset + 1 : offset + 2]
    return bool(after.strip()) and not (offset and text[offset - 1].isalnum())


def _closing(text: str, marks: list[int], number: int) -> int | None:
    """The number of the mark that closes mark `number`."""
    closers = _CLOSED_BY[text[marks[number]]]
    for later in range(number + 1, len(marks)):
        offset = marks[later]
        if text[offset] in closers and not text[offset - 1].isspace():
            return later
    return None


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
