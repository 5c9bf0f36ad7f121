"""Grade 3: a text and its zones, of an article or of a passage."""

import unicodedata
from collections.abc import Iterator
from typing import Final

from onrecord.issues import Issue
from onrecord.model import Zone

CODES: Final = {
    "text-form": "A text has LF line ends, no byte-order mark and no control characters.",
    "zone-order": "Zones lie in the text, are sorted, not empty and do not overlap.",
}


def check_form(text: str, file: str, pointer: str) -> Iterator[Issue]:
    """The first character that a text may not hold."""
    wrong = _forbidden(text)
    if wrong is not None:
        name = unicodedata.name(text[wrong], "a control character")
        yield Issue(
            file=file,
            pointer=pointer,
            code="text-form",
            message=f"offset {wrong} holds U+{ord(text[wrong]):04X} ({name})",
            hint="texts are UTF-8 with LF line ends and no control characters",
        )


def _forbidden(text: str) -> int | None:
    """The first offset of a control character other than LF, or of a byte-order mark."""
    if text.replace("\n", "").isprintable():
        return None
    for offset, character in enumerate(text):
        if character == "\ufeff" or (unicodedata.category(character) == "Cc" and character != "\n"):
            return offset
    return None


def check_zones(zones: tuple[Zone, ...], length: int, file: str, pointer: str) -> Iterator[Issue]:
    """Zones of a text of `length` code points."""
    last = 0
    for number, zone in enumerate(zones):
        if not last <= zone.start < zone.end <= length:
            yield Issue(
                file=file,
                pointer=f"{pointer}/zones/{number}",
                code="zone-order",
                message=f"{zone.start} to {zone.end} after {last}, length {length}",
                hint="sort the zones; they may not overlap or leave the text",
            )
        last = max(last, zone.end)
