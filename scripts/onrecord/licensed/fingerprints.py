"""Fingerprints: salted hashes by which a span is found again in another copy of its text.

A window is a run of at least 8 word tokens: the tokens of the span, for a short span with those
before it and, separately, with those after it; each of the two also takes in a few tokens on the
other side, lest a word at the edge of what a copy left out be taken for the one that follows. A
window is made longer until it stands only once in the text. The salt ships, so that this is
obfuscation, not secrecy (docs/RIGHTS.md).
"""

import hashlib
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from msgspec import Meta

from onrecord.licensed.tokens import Tokens, distance, marks_of
from onrecord.model import QUOTE_SPANS, Annotation, Fragment, Id, Offset, Record, Words
from onrecord.text import Paragraphs

SHORTEST: Final = 8
"""Word tokens in the shortest window."""
LONGEST: Final = 64
"""Word tokens beyond those of the span that a window may take in."""
MARGIN: Final = 3
"""Word tokens that the window of a short span takes in on its other side."""

Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]
Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Place = tuple[int, int]
"""Where a stretch stands: half-open, in code points."""


class Window(Record, gc=False, frozen=True, kw_only=True):
    """A run of word tokens by its hash; the stretch begins with its token number `offset`."""

    hash: Hash
    tokens: Count
    offset: Count = 0


class Fingerprint(Record, gc=False, frozen=True, kw_only=True):
    """How to find a stretch of the text again without knowing its words.

    It names a run of word tokens by a window that reaches back from them and one that goes on from
    them, and the stretch by what it takes in of the marks around them (`lead`, `trail`) or leaves
    out of the first and last token (`skip`, `drop`, in code points). A stretch without a token of
    its own is a part of the marks beside a token.
    """

    start: Offset
    end: Offset
    part: Literal["words", "lead", "trail"] = "words"
    tokens: Count
    before: Annotated[Window | None, Meta(description="With the tokens before it.")] = None
    after: Annotated[
        Window | None, Meta(description="With the tokens after it; null where equal.")
    ] = None
    lead: Annotated[str, Meta(description="Marks before the first token.")] = ""
    trail: Annotated[str, Meta(description="Marks after the last token.")] = ""
    skip: Count = 0
    drop: Count = 0


class Fingerprints(Record, frozen=True, kw_only=True):
    """The fingerprints of one licensed article, in the order of their stretches."""

    article_id: Id
    salt: Words
    fingerprints: tuple[Fingerprint, ...]
    blind: Annotated[
        tuple[Fragment, ...],
        Meta(description="Stretches that nothing tells from others: joined by hash only."),
    ] = ()


def stretches(annotation: Annotation) -> set[Place]:
    """Every stretch of the text that an annotation names: each needs a fingerprint."""
    spans = [getattr(quote, name) for quote in annotation.quotes for name in QUOTE_SPANS]
    spans += [mention.span for mention in annotation.mentions]
    spans += [span for row in annotation.stances for span in (row.condition, row.evidence)]
    places = {(part.start, part.end) for span in spans for part in span}
    ends = {end for mark in annotation.marks for end in (mark.open, mark.close) if end is not None}
    return places | {(end, end + 1) for end in ends}


def window_hash(salt: str, tokens: Iterable[str]) -> str:
    """The hash of a run of plain tokens: BLAKE2b with the salt as key, 128 bits."""
    words = "\n".join(tokens).encode()
    return hashlib.blake2b(words, key=salt.encode()[:64], digest_size=16).hexdigest()


@dataclass
class Printer:
    """Makes fingerprints of the stretches of one text."""

    tokens: Tokens
    salt: str

    def __post_init__(self) -> None:
        """Look up the places of tokens and paragraphs once."""
        self._counts: dict[int, Counter[tuple[str, ...]]] = {}
        self._starts = [start for start, _ in self.tokens.bounds]
        self._ends = [end for _, end in self.tokens.bounds]
        self._paragraphs = Paragraphs(self.tokens.text)

    def fingerprint(self, start: int, end: int) -> Fingerprint | None:
        """The fingerprint of `text[start:end]`, or None where nothing tells it from others."""
        first, last = bisect_right(self._ends, start), bisect_left(self._starts, end) - 1
        if first > last:
            return self._of_marks(start, end, first)
        before, after = self._windows(first, last)
        if before is None and after is None:
            return None
        skip = max(start - self._starts[first], 0)
        drop = max(self._ends[last] - end, 0)
        text = self.tokens.text
        return Fingerprint(
            start=start,
            end=end,
            tokens=last - first + 1,
            before=before,
            after=None if after == before else after,
            lead="".join(mark for mark, _ in marks_of(text[start : self._starts[first]])),
            trail="".join(mark for mark, _ in marks_of(text[self._ends[last] : end])),
            skip=skip,
            drop=drop,
        )

    def _of_marks(self, start: int, end: int, following: int) -> Fingerprint | None:
        """Marks without a token: named by the token that they touch, else by the nearer one."""
        text = self.tokens.text
        to_next = text[end : self._starts[following]] if following < len(self._starts) else None
        to_last = text[self._ends[following - 1] : start] if following else None
        if to_next is not None and (to_last is None or _closer(to_next, to_last)):
            before, after = self._windows(following, following)
            between = text[start : self._starts[following]]
            part: Literal["lead", "trail"] = "lead"
        elif to_last is not None:
            before, after = self._windows(following - 1, following - 1)
            between = text[self._ends[following - 1] : end]
            part = "trail"
        else:
            return None
        if before is None and after is None:
            return None
        marks = "".join(mark for mark, _ in marks_of(between))
        return Fingerprint(
            start=start,
            end=end,
            part=part,
            tokens=1,
            before=before,
            after=after,
            lead=marks if part == "lead" else "",
            trail=marks if part == "trail" else "",
        )

    def _windows(self, first: int, last: int) -> tuple[Window | None, Window | None]:
        """The shortest windows that reach back from tokens `first` to `last`, and on from them."""
        length, count = last - first + 1, len(self._starts)
        head, tail = self._margins(first, last) if length < SHORTEST else (0, 0)
        begin, end = max(first - head, 0), min(last + tail + 1, count)
        before = after = None
        for tokens in range(max(length, SHORTEST), length + LONGEST + 1):
            if before is None and tokens <= end:
                before = self._window(end - tokens, tokens, first, last)
            if after is None and begin + tokens <= count:
                after = self._window(begin, tokens, first, last)
            if before is not None and after is not None:
                break
        return before, after

    def _margins(self, first: int, last: int) -> tuple[int, int]:
        """How many tokens before and after a short stretch the window on the other side takes in.

        A margin ends with the paragraph, which may have lost its neighbours, if there are tokens
        enough on the stretch's other side.
        """
        start, _ = self._paragraphs.around(self._starts[first])
        _, end = self._paragraphs.around(self._starts[last])
        before = first - bisect_left(self._starts, start)
        after = bisect_left(self._starts, end) - 1 - last
        head = before if before < MARGIN <= after else MARGIN
        tail = after if after < MARGIN <= before else MARGIN
        return head, tail

    def _window(self, start: int, tokens: int, first: int, last: int) -> Window | None:
        run = tuple(self.tokens.plain[start : start + tokens])
        if start > first or last >= start + tokens or self._runs(tokens)[run] > 1:
            return None
        return Window(hash=window_hash(self.salt, run), tokens=tokens, offset=first - start)

    def _runs(self, tokens: int) -> Counter[tuple[str, ...]]:
        if tokens not in self._counts:
            self._counts[tokens] = Counter(runs(self.tokens.plain, tokens))
        return self._counts[tokens]


def runs(tokens: list[str], length: int) -> Iterator[tuple[str, ...]]:
    """All runs of `length` tokens, in order."""
    return (tuple(tokens[n : n + length]) for n in range(len(tokens) - length + 1))


def _closer(to_next: str, to_last: str) -> bool:
    """Whether marks belong to the token after them: no space or line between, or less of it."""
    return distance(to_next) < distance(to_last)
