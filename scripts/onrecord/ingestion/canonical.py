"""Canonical text: UTF-8, LF, no control characters, paragraphs apart by one empty line.

Offsets refer to it, so what a rule here does to a text may never change under the same `RULES`.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from onrecord.model import Zone, ZoneKind

RULES: Final = "1"
"""The version of these rules and of those that find blocks; recorded with every article."""

_LINE_END: Final = re.compile("\r\n?|[\u2028\u2029\x85\v\f]")
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_INVISIBLE: Final = re.compile("[\u00ad\u200b\u2060\ufeff]")
_SPACE: Final = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_RUN_OF_SPACES: Final = re.compile(" {2,}")
_RULES: Final = (
    ("line ends", _LINE_END, "\n"),
    ("control characters removed", _CONTROL, ""),
    ("invisible characters removed", _INVISIBLE, ""),
    ("tabs and special spaces", _SPACE, " "),
)
_MAX_WIDTH: Final = 100
_MIN_WRAPPED: Final = 3
_WRAPPED_SHARE: Final = 0.95
_MERGED: Final = frozenset({"body", "list"})

Changes = tuple[str, ...]
"""What was done to a text, for people: `12 line ends`."""


class Block(NamedTuple):
    """A paragraph, heading, caption …: one line of words with its function on the page."""

    kind: ZoneKind
    text: str


def clean(text: str) -> tuple[str, Changes]:
    """`text` in NFC, with LF line ends and without control characters, and what was changed.

    Tabs and special spaces become spaces; soft hyphens, zero-width spaces and byte-order marks go.
    Joiners and marks of direction stay: scripts need them. U+FFFD stays and is reported, since
    only the source can say what it was.
    """
    changes = []
    if not text.replace("\n", "").isprintable():
        for name, pattern, replacement in _RULES:
            text, count = pattern.subn(replacement, text)
            if count:
                changes.append(f"{count} {name}")
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
        changes.append("characters composed (NFC)")
    if count := text.count("\ufffd"):
        changes.append(f"{count} U+FFFD left: it was damaged before")
    if "  " in text:
        text, count = _RUN_OF_SPACES.subn(" ", text)
        changes.append(f"{count} runs of spaces")
    return text, tuple(changes)


def paragraphs(text: str) -> tuple[list[str], Changes]:
    """The paragraphs of a clean text: its lines, or where lines were wrapped, its stanzas.

    Lines were wrapped if hardly one of those followed by another had room for the next word.
    """
    stanzas = [
        [line for line in map(str.strip, stanza.split("\n")) if line]
        for stanza in re.split(r"\n[ \n]*\n", text)
    ]
    lines = [line for stanza in stanzas for line in stanza]
    if _wrapped(stanzas, max(map(len, lines), default=0)):
        joined = len(lines) - sum(map(bool, stanzas))
        return [" ".join(stanza) for stanza in stanzas if stanza], (f"{joined} wrapped lines",)
    return lines, ()


def _wrapped(stanzas: Iterable[list[str]], width: int) -> bool:
    if width > _MAX_WIDTH:
        return False
    full = [
        len(line) + 1 + len(after.split(" ", 1)[0]) > width
        for stanza in stanzas
        for line, after in pairwise(stanza)
    ]
    return len(full) >= _MIN_WRAPPED and sum(full) >= _WRAPPED_SHARE * len(full)


def compose(blocks: Sequence[Block]) -> tuple[str, tuple[Zone, ...]]:
    """The text of blocks, one empty line between them, and its zones.

    Blocks of running text that follow each other share a zone, and so do items of a list.
    """
    zones: list[Zone] = []
    start = 0
    for block in blocks:
        end = start + len(block.text)
        if zones and zones[-1].kind == block.kind in _MERGED:
            zones[-1] = Zone(start=zones[-1].start, end=end, kind=block.kind)
        else:
            zones.append(Zone(start=start, end=end, kind=block.kind))
        start = end + 2
    return "\n\n".join(block.text for block in blocks) + "\n", tuple(zones)
