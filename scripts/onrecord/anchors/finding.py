"""Finding exact words in a text; never guessing between two places."""

import re
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from itertools import islice
from typing import Final

from onrecord.anchors.records import Selector, Where
from onrecord.model import Fragment, Span
from onrecord.text import Paragraphs, fragment, inside_word

_CONTEXT: Final = 40
_SHOWN: Final = 8
_FOLD: Final = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "\xa0": " "})
_POSSESSIVE: Final = re.compile(r"[’'](?:s(?!\w))?")

Place = tuple[int, int]


class NotFoundError(Exception):
    """Words that stand nowhere or in several places; says which code and shows the candidates."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


def find_span(
    text: str, where: Where, scopes: Iterable[Callable[[Place], bool]] = (), start: int = 0
) -> Span:
    """The span of `where` in `text`; each fragment is looked for after the one before.

    Where words stand in several places, `scopes` are tried in order until one holds exactly one
    of them. Words over several paragraphs give one fragment a paragraph. Raises `NotFoundError`.
    """
    scopes = tuple(scopes)
    parts: list[Fragment] = []
    for item in where if isinstance(where, tuple) else (where,):
        selector = Selector(exact=item) if isinstance(item, str) else item
        first, last = find_place(text, selector, scopes, start)
        parts += _by_paragraph(text, first, last)
        start = last
    return tuple(parts)


def find_place(
    text: str, selector: Selector, scopes: Iterable[Callable[[Place], bool]], start: int = 0
) -> Place:
    """Half-open offsets of the one place that `selector` names; raises `NotFoundError`."""
    exact = selector.exact
    anywhere = occurrences(text, selector, start)
    places = [place for place in anywhere if selector.cuts_word == "true" or _whole(text, place)]
    if not places and anywhere:
        raise NotFoundError(
            "anchor-cuts-word",
            f"{exact!r} stands only inside words: {_show(text, anywhere)}",
            "write the whole word, or set cuts_word: true",
        )
    if not places or not exact.strip("\n"):
        raise NotFoundError(
            "anchor-missing",
            f"{exact!r} is not in the text{_after(text, start)}{_nearest(text, selector)}",
            "copy the words from the text, with its own quotation marks",
        )
    for scope in scopes:
        if len(places) == 1:
            break
        inside = [place for place in places if scope(place)]
        places = inside or places
    if len(places) > 1:
        raise NotFoundError(
            "anchor-ambiguous",
            f"{exact!r} stands in {len(places)} places: {_show(text, places)}",
            "give exact with a prefix or suffix that only one of them has",
        )
    return places[0]


def occurrences(text: str, selector: Selector, start: int = 0) -> list[Place]:
    """All places of the words with their prefix and suffix, overlapping ones too."""
    wanted = selector.prefix + selector.exact + selector.suffix
    found, at = [], text.find(wanted, max(start - len(selector.prefix), 0))
    while at >= 0:
        first = at + len(selector.prefix)
        if first >= start:
            found.append((first, first + len(selector.exact)))
        at = text.find(wanted, at + 1)
    return found


def whole_words(text: str, words: str) -> list[Place]:
    """All places where `words` stand as whole words; a possessive ending may follow."""
    return [place for place in occurrences(text, Selector(exact=words)) if _whole(text, place)]


def _whole(text: str, place: Place) -> bool:
    start, end = place
    if inside_word(text, start):
        return False
    return not inside_word(text, end) or bool(_POSSESSIVE.match(text, end))


def _by_paragraph(text: str, start: int, end: int) -> list[Fragment]:
    pieces = [
        (start + match.start(), start + match.end())
        for match in re.finditer(r"[^\n]+", text[start:end])
    ]
    return [fragment(text, first, last) for first, last in pieces]


def _after(text: str, start: int) -> str:
    return f" after {text[max(start - 20, 0) : start]!r}" if start else ""


def _show(text: str, places: list[Place]) -> str:
    shown = [
        f"{number}. …{text[max(a - _CONTEXT, 0) : a]}[{text[a:b]}]{text[b : b + _CONTEXT]}…"
        for number, (a, b) in enumerate(islice(places, _SHOWN), 1)
    ]
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    return " ".join(shown).replace("\n", " ¶ ") + more


def _nearest(text: str, selector: Selector) -> str:
    """The place that comes closest, for a message: other marks, spaces or case, or other words."""
    folded, wanted = text.translate(_FOLD).lower(), selector.exact.translate(_FOLD).lower()
    at = folded.find(wanted) if len(folded) == len(text) else -1
    if at >= 0:
        reason = (
            " with that prefix and suffix" if text[at : at + len(wanted)] == selector.exact else ""
        )
        return f"{reason}; but: {_show(text, [(at, at + len(wanted))])}"
    match = SequenceMatcher(
        None, folded[:20_000], wanted[:500], autojunk=False
    ).find_longest_match()
    if match.size < min(8, len(wanted)):
        return ""
    return f"; the nearest is {_show(text, [(match.a, match.a + match.size)])}"


def in_paragraphs_of(text: str, span: Span) -> Callable[[Place], bool]:
    """A scope: the paragraphs in which `span` stands."""
    paragraphs = Paragraphs(text)
    bounds = {paragraphs.around(part.start) for part in span}
    return lambda place: any(start <= place[0] and place[1] <= end for start, end in bounds)


def outside(span: Span) -> Callable[[Place], bool]:
    """A scope: everything that `span` does not cover."""
    return lambda place: not any(part.start < place[1] and place[0] < part.end for part in span)


def inside(span: Span) -> Callable[[Place], bool]:
    """A scope: what lies within one fragment of `span`."""
    return lambda place: any(part.start <= place[0] and place[1] <= part.end for part in span)
