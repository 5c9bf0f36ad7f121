"""What stays the same between two copies of a text: word tokens, and the marks between them.

Quotation marks, apostrophes, dashes and spaces differ from copy to copy; here they do not.
"""

import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from onrecord.model import WORD

_ALIKE: Final = {
    **dict.fromkeys("“”„«»", '"'),
    **dict.fromkeys("‘’‹›`´", "'"),
    **dict.fromkeys("–—−‒", "-"),
    "…": "...",
}
_TABLE: Final = str.maketrans(_ALIKE)


def plain(words: str) -> str:
    """`words` with typewriter marks, in one case and one Unicode form (NFKC)."""
    return unicodedata.normalize("NFKC", words.translate(_TABLE)).lower()


def marks_of(between: str) -> list[tuple[str, int]]:
    """What stands between tokens without spaces: (typewriter character, offset) each."""
    return [
        (alike, offset)
        for offset, character in enumerate(between)
        if not character.isspace()
        for alike in _ALIKE.get(character, character)
    ]


def distance(between: str) -> tuple[int, int]:
    """How far apart what stands on both sides of `between` is: (line feeds, spaces of any kind)."""
    return between.count("\n"), sum(map(str.isspace, between))


@dataclass(frozen=True)
class Tokens:
    """The word tokens (`model.WORD`) of a text, their places and their plain forms."""

    text: str

    @cached_property
    def bounds(self) -> list[tuple[int, int]]:
        """Half-open (start, end) of every token, in code points."""
        return [match.span() for match in WORD.finditer(self.text)]

    @cached_property
    def plain(self) -> list[str]:
        """The plain form of every token."""
        return [plain(self.text[start:end]) for start, end in self.bounds]

    def before(self, number: int) -> tuple[int, str]:
        """Where the stretch before token `number` begins, back to the token before it; its text."""
        start = self.bounds[number - 1][1] if number else 0
        return start, self.text[start : self.bounds[number][0]]

    def after(self, number: int) -> tuple[int, str]:
        """Where the stretch after token `number` begins, on to the token after it; its text."""
        start = self.bounds[number][1]
        following = self.bounds[number + 1 : number + 2]
        return start, self.text[start : following[0][0] if following else len(self.text)]
