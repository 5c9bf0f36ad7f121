"""Speech marks from the double quotation marks of a text, for corpora that annotate none.

A mark opens a stretch, and the next one that can close it does; marks in between that cannot are
passed over. A stretch without a close reaches to the end of its paragraph, where everything starts
anew. Single marks do not count: apostrophes are too many. A stretch is a quote's own if its ends
lie in that quote's content; of several quotes the innermost has it.
"""

import re
from collections.abc import Iterable
from typing import Final

from onrecord.model import Mark, Quote

_CLOSES: Final = {
    '"': '"”',
    "“": '”"',
    "„": '“”"',
    "«": "»",
    "»": "«»",
}
"""What closes each mark that can open: English, German, French, Swiss, Danish, Finnish."""
_MARK_OR_END: Final = re.compile('["“”„«»\n]')


def stretches(text: str) -> list[tuple[int, int | None]]:
    """Offsets of the opening and closing mark of every stretch, in order."""
    found: list[tuple[int, int | None]] = []
    opened: int | None = None
    for match in _MARK_OR_END.finditer(text):
        char, offset = match[0], match.start()
        if opened is None:
            opened = offset if char in _CLOSES else None
        elif char == "\n":
            found.append((opened, None))
            opened = None
        elif char in _CLOSES[text[opened]]:
            found.append((opened, offset))
            opened = None
    return found if opened is None else [*found, (opened, None)]


def speech_marks(text: str, quotes: Iterable[Quote]) -> tuple[Mark, ...]:
    """The marks that enclose words of quotes; free indirect speech has none."""
    waiting = sorted(
        (quote for quote in quotes if quote.form != "free"),
        key=lambda quote: quote.content[0].start,
        reverse=True,
    )
    if not waiting:
        return ()
    near: list[Quote] = []
    found: list[Mark] = []
    for opened, closed in stretches(text):
        while waiting and waiting[-1].content[0].start <= opened:
            near.append(waiting.pop())
        near = [quote for quote in near if quote.content[-1].end > opened]
        owners = [quote for quote in near if _holds(quote, opened) and _holds(quote, closed)]
        if owners:
            owner = min(owners, key=_length)
            id = f"m{len(found) + 1}"
            found.append(Mark(id=id, open=opened, close=closed, kind="speech", quote=owner.id))
    return tuple(found)


def _holds(quote: Quote, offset: int | None) -> bool:
    return offset is None or any(part.start <= offset < part.end for part in quote.content)


def _length(quote: Quote) -> int:
    return sum(part.end - part.start for part in quote.content)
