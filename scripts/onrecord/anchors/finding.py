"""Finding exact words in a text; never guessing between two places."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import islice
from typing import Final

from msgspec.structs import replace

from onrecord.anchors.records import Selector, Where
from onrecord.model import Fragment, Span
from onrecord.text import fragment, inside_word

_CONTEXT: Final = 40
_BEFORE: Final = 20
_SHOWN: Final = 8
_FOLD: Final = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "\xa0": " "})
_CLITIC: Final = re.compile(r"[’'](?:s|d|m|ll|re|ve)(?!\w)", re.IGNORECASE)
"""A possessive ending or a contracted auxiliary: the word before it is whole."""

Place = tuple[int, int]
Scope = tuple[Place, ...]
"""Stretches of the text: where words are looked for that stand in several places."""


class NotFoundError(Exception):
    """Words that stand nowhere or in several places; says which code and shows the candidates."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


def find_span(text: str, where: Where, scopes: Sequence[Scope] = (), start: int = 0) -> Span:
    """The span of `where` in `text`; each fragment is looked for after the one before.

    Where words stand in several places, `scopes` are tried in order until one holds exactly one
    of them. Words over several paragraphs give one fragment a paragraph. Raises `NotFoundError`.
    """
    parts: list[Fragment] = []
    for item in where if isinstance(where, tuple) else (where,):
        selector = Selector(exact=item) if isinstance(item, str) else item
        first, last = find_place(text, selector, scopes, start)
        parts += _by_paragraph(text, first, last)
        start = last
    return tuple(parts)


def find_place(text: str, selector: Selector, scopes: Sequence[Scope], start: int = 0) -> Place:
    """Half-open offsets of the one place that `selector` names; raises `NotFoundError`."""
    selector = replace(selector, exact=selector.exact.strip("\n"))
    near = [
        place
        for first, last in (scopes[0] if scopes else ())
        for place in occurrences(text, selector, max(first, start), last)
        if _fits(text, selector, place)
    ]
    places = near or _anywhere(text, selector, start)
    for scope in scopes:
        if len(places) == 1:
            break
        places = [place for place in places if _within(place, scope)] or places
    if len(places) > 1:
        raise NotFoundError(
            "anchor-ambiguous",
            f"{selector.exact!r} stands in {len(places)} places: {_tell_apart(text, places)}",
            "write the words as `exact` and add what tells them apart",
        )
    return places[0]


def _anywhere(text: str, selector: Selector, start: int) -> list[Place]:
    """All places from `start` on; raises `NotFoundError` where there is none."""
    anywhere = occurrences(text, selector, start)
    places = [place for place in anywhere if _fits(text, selector, place)]
    if not places and anywhere:
        raise NotFoundError(
            "anchor-cuts-word",
            f"{selector.exact!r} stands only inside words: {_show(text, anywhere)}",
            "write the whole word, or set cuts_word: true",
        )
    if not places:
        raise _missing(text, selector, start)
    return places


def _fits(text: str, selector: Selector, place: Place) -> bool:
    return selector.cuts_word == "true" or _whole(text, place)


def _within(place: Place, scope: Scope) -> bool:
    return any(start <= place[0] and place[1] <= end for start, end in scope)


def _missing(text: str, selector: Selector, start: int) -> NotFoundError:
    """The finding for words that stand nowhere, with what comes nearest."""
    exact = selector.exact
    bare = occurrences(text, Selector(exact=exact), start)
    if bare:
        return NotFoundError(
            "anchor-missing",
            f"{exact!r} stands nowhere with that prefix and suffix, but here: {_show(text, bare)}",
            "prefix and suffix stand directly beside the words, spaces included",
        )
    if exact and start and exact in text:
        before = ("…" if start > _BEFORE else "") + text[max(start - _BEFORE, 0) : start]
        return NotFoundError(
            "anchor-missing",
            f"{exact!r} does not stand after {before!r}",
            "list fragments in the order of the text",
        )
    return NotFoundError(
        "anchor-missing",
        f"{exact!r} is not in the text{_nearest(text, exact) if exact else ''}",
        "copy the words from the text, with its own quotation marks",
    )


def occurrences(
    text: str, selector: Selector, start: int = 0, end: int | None = None
) -> list[Place]:
    """All places of the words with their prefix and suffix, overlapping ones too.

    The words stand between `start` and `end`; no words stand nowhere.
    """
    wanted = selector.prefix + selector.exact + selector.suffix
    last = len(text) if end is None else end + len(selector.suffix)
    found: list[Place] = []
    at = text.find(wanted, max(start - len(selector.prefix), 0), last) if selector.exact else -1
    while at >= 0:
        first = at + len(selector.prefix)
        if first >= start:
            found.append((first, first + len(selector.exact)))
        at = text.find(wanted, at + 1, last)
    return found


def whole_words(text: str, words: str) -> list[Place]:
    """All places where `words` stand as whole words; `’s`, `’d` and the like may follow."""
    return [place for place in occurrences(text, Selector(exact=words)) if _whole(text, place)]


def _whole(text: str, place: Place) -> bool:
    start, end = place
    if inside_word(text, start):
        return False
    return not inside_word(text, end) or bool(_CLITIC.match(text, end))


def _by_paragraph(text: str, start: int, end: int) -> list[Fragment]:
    pieces = [
        (start + match.start(), start + match.end())
        for match in re.finditer(r"[^\n]+", text[start:end])
    ]
    return [fragment(text, first, last) for first, last in pieces]


def _tell_apart(text: str, places: list[Place]) -> str:
    """The places with the prefix or suffix, ready to copy, that only each of them has."""
    shown = []
    for number, place in enumerate(islice(places, _SHOWN), 1):
        others = [other for other in places if other != place]
        shown.append(f"{number}. {_telling(text, place, others)} in {_context(text, place)}")
    return " ".join(shown) + _more(places)


def _telling(text: str, place: Place, others: list[Place]) -> str:
    start, end = place
    for length in range(1, _CONTEXT + 1):
        prefix, suffix = text[max(start - length, 0) : start], text[end : end + length]
        if _is_near(text, prefix, start - length) and not any(
            text.endswith(prefix, 0, other) for other, _ in others
        ):
            return f'prefix: "{prefix}"'
        if _is_near(text, suffix, end + length) and not any(
            text.startswith(suffix, other) for _, other in others
        ):
            return f'suffix: "{suffix}"'
    return "(nothing near tells it apart)"


def _is_near(text: str, beside: str, offset: int) -> bool:
    """Whether what stands beside the words, up to `offset`, is whole words of their paragraph."""
    return bool(beside) and "\n" not in beside and offset >= 0 and not inside_word(text, offset)


def _context(text: str, place: Place) -> str:
    a, b = place
    words = f"…{text[max(a - _CONTEXT, 0) : a]}[{text[a:b]}]{text[b : b + _CONTEXT]}…"
    return words.replace("\n", " ¶ ")


def _more(places: list[Place]) -> str:
    return f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""


def _show(text: str, places: list[Place]) -> str:
    shown = [
        f"{number}. {_context(text, place)}"
        for number, place in enumerate(islice(places, _SHOWN), 1)
    ]
    return " ".join(shown) + _more(places)


def _nearest(text: str, exact: str) -> str:
    """The place that comes closest, for a message: other marks, spaces or case, or other words."""
    folded, wanted = text.translate(_FOLD).lower(), exact.translate(_FOLD).lower()
    at = folded.find(wanted) if len(folded) == len(text) else -1
    if at >= 0:
        return f"; but: {_show(text, [(at, at + len(wanted))])}"
    match = SequenceMatcher(
        None, folded[:20_000], wanted[:500], autojunk=False
    ).find_longest_match()
    if match.size < min(8, len(wanted)):
        return ""
    return f"; the nearest is {_show(text, [(match.a, match.a + match.size)])}"


def in_paragraphs_of(text: str, span: Span) -> Scope:
    """The paragraphs in which `span` stands."""
    return tuple(dict.fromkeys(_paragraph(text, part.start) for part in span))


def _paragraph(text: str, offset: int) -> Place:
    """The paragraph around an offset, for those who ask for few."""
    end = text.find("\n", offset)
    return text.rfind("\n", 0, offset) + 1, end if end >= 0 else len(text)


def outside(text: str, span: Span) -> Scope:
    """Everything that `span` does not cover."""
    starts = [0, *(part.end for part in span)]
    ends = [*(part.start for part in span), len(text)]
    return tuple(zip(starts, ends, strict=True))


def inside(span: Span) -> Scope:
    """The fragments of `span`."""
    return tuple((part.start, part.end) for part in span)
