"""A text cut where what is marked in it begins and ends, paragraph by paragraph."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from onrecord.benchmark.cases import Case
from onrecord.benchmark.outcomes import Outcome
from onrecord.model import Span
from onrecord.text import Paragraphs

ROLES: Final = ("content", "source", "cue")


class Stretch(NamedTuple):
    """A marked stretch: of which outcome (its number on the page), and what it is of it.

    The role `other` stands for the content on the other side; it is not shown, but compared with.
    """

    start: int
    end: int
    number: int
    role: str


class Segment(NamedTuple):
    """Words within the same stretches.

    `numbers` are the outcomes whose content they are in, innermost last, `opens` those whose
    content begins here. `beside` are sources and cues that they are in; `odd` says that the content
    of the other side lacks them.
    """

    text: str
    numbers: tuple[int, ...] = ()
    opens: tuple[int, ...] = ()
    beside: tuple[Stretch, ...] = ()
    odd: bool = False


class Paragraph(NamedTuple):
    """A paragraph on both sides; `marked` says that something is marked in it."""

    zone: str
    gold: list[Segment]
    predicted: list[Segment]
    marked: bool


def paragraphs_of(case: Case, outcomes: Sequence[Outcome]) -> Iterator[Paragraph]:
    """The paragraphs of a text with the outcomes, numbered from 1, marked on their sides."""
    gold, predicted = list(_gold(case, outcomes)), list(_predicted(case, outcomes))
    text, zones = case.gold.text, case.gold.article.zones
    for start, end in Paragraphs(text).bounds:
        left, right = (segments(text, start, end, side) for side in (gold, predicted))
        kind = next((zone.kind for zone in zones if zone.start <= start < zone.end), "body")
        marked = any(part.numbers or part.beside for part in (*left, *right))
        yield Paragraph(kind, left, right, marked)


def _gold(case: Case, outcomes: Sequence[Outcome]) -> Iterator[Stretch]:
    for number, outcome in enumerate(outcomes, 1):
        if outcome.row is not None:
            quote = case.gold.quotes[outcome.row]
            for role in ROLES:
                yield from _stretches(getattr(quote, role), number, role)
            if outcome.column is not None:
                yield from _stretches(case.predicted[outcome.column].content, number, "other")


def _predicted(case: Case, outcomes: Sequence[Outcome]) -> Iterator[Stretch]:
    for number, outcome in enumerate(outcomes, 1):
        if outcome.column is not None:
            located = case.predicted[outcome.column]
            for role in ROLES:
                yield from _stretches(getattr(located, role), number, role)
            if outcome.row is not None:
                yield from _stretches(case.gold.quotes[outcome.row].content, number, "other")


def _stretches(span: Span, number: int, role: str) -> Iterator[Stretch]:
    for part in span:
        yield Stretch(part.start, part.end, number, role)


def segments(text: str, start: int, end: int, stretches: Iterable[Stretch]) -> list[Segment]:
    """`text[start:end]` in segments; those without words in another content are not odd."""
    near = sorted(
        [each for each in stretches if each.start < end and start < each.end],
        key=lambda each: (each.start, -each.end),
    )
    cuts = {start, end, *(each.start for each in near), *(each.end for each in near)}
    inner = sorted(cut for cut in cuts if start <= cut <= end)
    found, active, upcoming = [], list[Stretch](), iter([*near, None])
    following = next(upcoming)
    for low, high in pairwise(inner):
        active = [each for each in active if each.end > low]
        while following and following.start <= low:
            active.append(following)
            following = next(upcoming)
        found.append(_segment(text[low:high], low, active))
    return found


def _segment(words: str, start: int, active: list[Stretch]) -> Segment:
    contents = [each for each in active if each.role == "content"]
    numbers = tuple(dict.fromkeys(each.number for each in contents))
    others = {each.number for each in active if each.role == "other"}
    return Segment(
        text=words,
        numbers=numbers,
        opens=tuple(each.number for each in contents if each.start == start),
        beside=tuple(each for each in active if each.role in ROLES[1:]),
        odd=bool(numbers) and numbers[-1] not in others and any(map(str.isalnum, words)),
    )
