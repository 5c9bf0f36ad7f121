"""Texts and spans of other people's corpora in the form that ours have; offsets never move.

A character that our texts may not hold is replaced by one that they may, and so is a line feed that
only wraps a line; which ones they were is kept with the article. A span's pieces are sorted, those
that touch, overlap or have only white space between them become one, and white space at its edges
is left out. A piece that cuts a word stays as it is and says so.
"""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Final

from onrecord.model import Orig, Span
from onrecord.text import fragment

REPLACED: Final = "replaced"
_FORBIDDEN: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ufeff]")
_WRAP: Final = re.compile(r"(?<=\S)([^\S\n]*)\n(?=[^\S\n]*\S)")

Piece = tuple[int, int]


def clean(raw: str, *, unwrap: bool = False) -> tuple[str, tuple[Orig, ...]]:
    """`raw` as a text of ours, and the record from which `restore` gives it back.

    Control characters become spaces if they are white space and U+FFFD otherwise, a byte-order
    mark inside a text U+2060. With `unwrap`, a line feed between two lines becomes a space, so
    that only blank lines part paragraphs.
    """
    replaced: dict[str, list[int]] = {}

    def take(match: re.Match[str]) -> str:
        char = match[0]
        replaced.setdefault(char, []).append(match.start())
        return "\u2060" if char == "\ufeff" else " " if char.isspace() else "\ufffd"

    def join(match: re.Match[str]) -> str:
        replaced.setdefault("\n", []).append(match.end() - 1)
        return f"{match[1]} "

    text = _FORBIDDEN.sub(take, raw)
    if unwrap:
        text = _WRAP.sub(join, text)
    if not replaced:
        return raw, ()
    return text, (Orig(scheme="text", id=REPLACED, raw=json.dumps(replaced)),)


def restore(text: str, orig: Iterable[Orig]) -> str:
    """The text as it came."""
    for record in orig:
        if record.scheme == "text" and record.id == REPLACED:
            chars = list(text)
            for char, offsets in json.loads(record.raw).items():
                for offset in offsets:
                    chars[offset] = char
            text = "".join(chars)
    return text


def span(text: str, pieces: Sequence[Piece]) -> Span:
    """The pieces as a span, or () where they hold nothing but white space.

    Raises `ValueError` for a piece that is empty or lies outside the text.
    """
    found: list[Piece] = []
    for start, end in sorted(pieces) if len(pieces) > 1 else pieces:
        if not 0 <= start < end <= len(text):
            raise ValueError(f"{start} to {end} is no stretch of a text of {len(text)} characters")
        if found and (start <= found[-1][1] or text[found[-1][1] : start].isspace()):
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    parts = []
    for start, end in found:
        while start < end and text[start].isspace():
            start += 1
        while start < end and text[end - 1].isspace():
            end -= 1
        if start < end:
            parts.append(fragment(text, start, end))
    return tuple(parts)


def words(text: str, pieces: Iterable[Piece]) -> str:
    """The words of pieces in the order in which they are listed, joined by one space."""
    return " ".join([text[start:end] for start, end in pieces])


def words_by_bytes(text: str, pieces: Iterable[Piece]) -> str:
    """The same, if offsets counted bytes of UTF-8."""
    raw = text.encode()
    return " ".join([raw[start:end].decode("utf-8", "replace") for start, end in pieces])
