"""Which blocks of a page are the article: trafilatura decides on words, order and zone on the rest.

A block of running text belongs to the article if trafilatura keeps its words. Headline, standfirst,
byline, dateline, captions, pull quotes, headings and lists, of which trafilatura drops many, belong
to it if they stand between the headline and the last of those blocks and not in something else
(navigation, comments, advertising).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, Final

from onrecord.ingestion.blocks import PageBlock
from onrecord.model import ZoneKind

_NO_WORD: Final = re.compile(r"[\W_]+")
_SUBSTRING: Final = 25
_MAX_LINKED: Final = 0.6
_COVERED: Final = 0.5
_MAX_WORDS: Final[dict[ZoneKind, int]] = {
    "byline": 30,
    "dateline": 20,
    "standfirst": 80,
    "caption": 120,
    "headline": 60,
    "heading": 40,
    "pullquote": 120,
}
"""A longer block is running text, whatever its class says."""


def folded(text: str) -> str:
    """Letters and digits only: the same for any rendering of the same words."""
    return _NO_WORD.sub("", text)


class Kept:
    """The words that trafilatura keeps of a page."""

    def __init__(self, body: Any) -> None:
        parts = [folded(text) for text in body.itertext()]
        self.length = sum(map(len, parts))
        self._all = "".join(parts)
        self._elements = {folded("".join(each.itertext())) for each in body.iter("*")}

    def __contains__(self, text: str) -> bool:
        key = folded(text)
        if len(key) < _SUBSTRING:
            return key in self._elements
        # An inline element that was dropped leaves a gap in the middle.
        return key in self._all or (
            len(key) > 3 * _SUBSTRING
            and key[:_SUBSTRING] in self._all
            and key[-_SUBSTRING:] in self._all
        )


def select(
    blocks: Sequence[PageBlock], kept: Kept, title: str | None, description: str | None
) -> list[PageBlock]:
    """The blocks of the article in reading order; empty where they do not hold what was kept."""
    blocks = [_by_length(block) for block in blocks]
    words = [n for n, block in enumerate(blocks) if block.kind == "body" and block.text in kept]
    ours = _not_the_article(blocks[n] for n in words)
    words = [n for n in words if not ours(blocks[n])]
    listed = [n for n, block in enumerate(blocks) if block.kind == "list" and block.text in kept]
    held = sum(len(folded(blocks[n].text)) for n in {*words, *listed})
    if not words or held < _COVERED * kept.length:
        return []
    first, last = words[0], words[-1]
    head = _headline(blocks[:first], ours, title)
    start = first if head is None else head
    chosen = []
    for number in range(start, len(blocks)):
        block = blocks[number]
        if number in words or number == head:
            chosen.append(block)
        elif ours(block) or block.kind in ("body", "headline") or _is_links(block):
            continue
        elif number < first:
            chosen += _above(block, kept)
        elif number < last or _trails(block, blocks[last]):
            chosen.append(block)
    return _without_idle_headings(_with_standfirst(_unrepeated(chosen), description))


def _by_length(block: PageBlock) -> PageBlock:
    limit = _MAX_WORDS.get(block.kind)
    if limit and block.text.count(" ") >= limit:
        return replace(block, kind="body")
    if block.in_time and block.kind in ("body", "byline", "heading"):
        return replace(block, kind="dateline")
    return block


def _not_the_article(words: Iterable[PageBlock]) -> Any:
    """A function that says whether a block stands in something that is not the article.

    What holds more than half of the words that were kept is the article, whatever its name.
    """
    held: dict[Any, int] = {}
    total = 0
    for block in words:
        total += len(block.text)
        for element in block.outside:
            held[element] = held.get(element, 0) + len(block.text)
    around = {element for element, length in held.items() if 2 * length > total}
    return lambda block: any(element not in around for element in block.outside)


def _is_links(block: PageBlock) -> bool:
    """Whether a block leads elsewhere; an author's name often does, and is no less a byline."""
    return block.kind != "byline" and block.linked > _MAX_LINKED


def _headline(above: Sequence[PageBlock], ours: Any, title: str | None) -> int | None:
    """Where the headline stands: the words of the title, else the last main heading."""
    wanted = folded(title or "").lower()
    candidates = [
        number
        for number, block in enumerate(above)
        if block.kind in ("headline", "heading") and not ours(block)
    ]
    for number in candidates:
        if wanted and folded(above[number].text).lower() == wanted:
            return number
    mains = [number for number in candidates if above[number].kind == "headline"]
    return mains[-1] if mains else None


def _above(block: PageBlock, kept: Kept) -> list[PageBlock]:
    """A block between headline and body: a subheading there is a standfirst."""
    if block.kind == "heading":
        return [replace(block, kind="standfirst")] if block.text.count(" ") > 3 else []
    if block.kind == "list":
        return [block] if block.text in kept else []
    return [block]


def _trails(block: PageBlock, last: PageBlock) -> bool:
    """Whether a block after the last words belongs to the article: a caption beside them."""
    if block.kind not in ("caption", "pullquote", "byline", "list"):
        return False
    return last.element.getparent() in block.element.iterancestors()


def _unrepeated(blocks: Iterable[PageBlock]) -> list[PageBlock]:
    """Without what a page holds twice for two widths of screen."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for block in blocks:
        if block.kind == "body" or (block.kind, block.text) not in seen:
            kept.append(block)
        seen.add((block.kind, block.text))
    return kept


def _with_standfirst(blocks: list[PageBlock], description: str | None) -> list[PageBlock]:
    """The page's description above the byline is the standfirst."""
    wanted = folded(description or "")
    for number, block in enumerate(blocks):
        above = any(later.kind in ("byline", "dateline") for later in blocks[number + 1 :][:4])
        if block.kind == "body":
            if wanted and above and folded(block.text) == wanted:
                blocks[number] = replace(block, kind="standfirst")
            break
    return blocks


def _without_idle_headings(blocks: list[PageBlock]) -> list[PageBlock]:
    """Timelines in the body are headings; a heading over nothing goes."""
    body = next((n for n, block in enumerate(blocks) if block.kind == "body"), len(blocks))
    timed = [
        replace(block, kind="heading") if n > body and block.kind == "dateline" else block
        for n, block in enumerate(blocks)
    ]
    return [
        block
        for block, after in pairwise([*timed, None])
        if block is not None and (block.kind != "heading" or after is not None)
    ]
