"""Which blocks of a page are the article: trafilatura decides on words, order and zone on the rest.

A block of running text belongs to the article if trafilatura keeps its words. Headline, standfirst,
byline, dateline, captions, pull quotes, headings and lists, of which trafilatura drops many, belong
to it if they stand between the headline and the last of those blocks and not in something else
(navigation, comments, advertising).
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from onrecord.ingestion.blocks import PageBlock
from onrecord.ingestion.facts import Facts
from onrecord.ingestion.metadata import Metadata

_NO_WORD: Final = re.compile(r"[\W_]+")
_MATCHED: Final = frozenset({"body", "list"})
"""Zones that are the article's where trafilatura keeps their words."""

_SUBSTRING: Final = 25
_SHORT: Final = 200
_MAX_LINKED: Final = 0.6
_COVERED: Final = 0.5


class Kept:
    """The words that trafilatura keeps of a page, whatever it does to the space between them."""

    def __init__(self, body: Any) -> None:
        parts = [_squeezed(text) for text in body.itertext()]
        self.length = sum(map(len, parts))
        self._all = "".join(parts)
        elements = ("".join(each.itertext()) for each in body.iter("*"))
        self._whole = {*parts, *(_squeezed(text) for text in elements if len(text) < _SHORT)}

    def __contains__(self, text: str) -> bool:
        key = _squeezed(text)
        if len(key) < _SUBSTRING:
            return key in self._whole
        # An inline element that was dropped leaves a gap in the middle.
        return key in self._all or (
            len(key) > 3 * _SUBSTRING
            and key[:_SUBSTRING] in self._all
            and key[-_SUBSTRING:] in self._all
        )


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _folded(text: str) -> str:
    """Letters and digits only: the same for a title in the head and on the page."""
    return _NO_WORD.sub("", text).lower()


def select(blocks: Sequence[PageBlock], kept: Kept, metadata: Metadata) -> list[PageBlock]:
    """The blocks of the article in reading order; empty where they do not hold what was kept."""
    found = [
        number
        for number, block in enumerate(blocks)
        if block.kind in _MATCHED and not _is_links(block) and block.text in kept
    ]
    words = [n for n in found if blocks[n].kind == "body"]
    foreign = _foreign(blocks[n] for n in words)
    words = [n for n in words if not foreign(blocks[n])]
    listed = [n for n in found if blocks[n].kind == "list"]
    held = sum(len(_squeezed(blocks[n].text)) for n in (*words, *listed))
    if not words or held < _COVERED * kept.length:
        return []
    head = _headline(blocks, words, foreign, metadata.facts)
    words = [n for n in words if head is None or n > head]
    chosen = _between(blocks, words, set(found), foreign, head)
    return _without_idle(
        _with_timeline(_with_standfirst(_unrepeated(chosen), metadata.description))
    )


def _between(
    blocks: Sequence[PageBlock], words: Sequence[int], found: set[int], foreign: Any, head: Any
) -> list[PageBlock]:
    """The headline, the words, and what stands between and beside them."""
    first, last = words[0], words[-1]
    leading = _leading(blocks, first)
    parents = _containers(blocks[number] for number in words)
    taken = {*words, head}
    chosen: list[PageBlock] = []
    for number in range(first if head is None else head, len(blocks)):
        block = blocks[number]
        if number in taken:
            chosen.append(block._replace(kind="headline") if number == head else block)
        elif foreign(block) or block.kind == "headline" or _is_links(block):
            continue
        elif block.kind == "body":
            chosen += [block] if number > first and block.element.getparent() in parents else []
        elif number < first:
            known, leads = number in found, number >= leading
            chosen += _above(block, chosen[-1:], known=known, leads=leads)
        elif number < last or _trails(block, blocks[last]):
            chosen.append(block)
    return chosen


def _containers(words: Iterable[PageBlock]) -> set[Any]:
    """The elements that hold several paragraphs: a short one among them belongs to the article."""
    counted = Counter(block.element.getparent() for block in words)
    return {element for element, count in counted.items() if count > 1}


def _foreign(words: Iterable[PageBlock]) -> Any:
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


def _headline(
    blocks: Sequence[PageBlock], words: Sequence[int], foreign: Any, facts: Facts
) -> int | None:
    """Where the headline stands: the words of the title, else the last main heading above.

    More than half of the words lie below a headline; the outlet's name is none.
    """
    middle = _middle(blocks, words)
    title, outlet = (_folded(name or "") for name in (facts.title, facts.outlet))
    mains: list[int] = []
    for number, block in enumerate(blocks[:middle]):
        if block.kind != "headline" and (block.kind != "heading" or foreign(block)):
            continue
        shown = _folded(block.text)
        if title and shown == title:
            return number
        if block.kind == "headline" and shown != outlet and number < words[0]:
            mains += [] if foreign(block) else [number]
    return mains[-1] if mains else None


def _middle(blocks: Sequence[PageBlock], words: Sequence[int]) -> int:
    """The block in which the first half of the words ends."""
    half = sum(len(blocks[number].text) for number in words) / 2
    for number in words:
        half -= len(blocks[number].text)
        if half <= 0:
            return number
    return words[-1]


def _leading(blocks: Sequence[PageBlock], first: int) -> int:
    """Where the headings and pictures begin that stand directly above the first words."""
    while first > 0 and blocks[first - 1].kind in ("heading", "caption"):
        first -= 1
    return first


def _above(
    block: PageBlock, before: Sequence[PageBlock], *, known: bool, leads: bool
) -> list[PageBlock]:
    """A block above the words: a long heading right below the headline is a standfirst."""
    if block.kind == "heading":
        if block.text.count(" ") > 3 and any(each.kind == "headline" for each in before):
            return [block._replace(kind="standfirst")]
        return [block] if leads else []
    if block.kind == "list":
        return [block] if known else []
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
    wanted = _folded(description or "")
    for number, block in enumerate(blocks):
        if block.kind == "body":
            below = blocks[number + 1 : number + 5]
            above = any(each.kind in ("byline", "dateline") for each in below)
            if wanted and above and _folded(block.text) == wanted:
                blocks[number] = block._replace(kind="standfirst")
            break
    return blocks


def _with_timeline(blocks: list[PageBlock]) -> list[PageBlock]:
    """The time lines of a live blog are headings."""
    body = next((n for n, block in enumerate(blocks) if block.kind == "body"), len(blocks))
    return [
        block._replace(kind="heading") if n > body and block.kind == "dateline" else block
        for n, block in enumerate(blocks)
    ]


def _without_idle(blocks: list[PageBlock]) -> list[PageBlock]:
    """Without headings over nothing and captions without a letter.

    A heading may stand over another, as the time of an entry over its title, but not over two.
    """
    return [
        block
        for number, block in enumerate(blocks)
        if not (block.kind == "caption" and not any(map(str.isalpha, block.text)))
        and not (
            block.kind == "heading"
            and all(below.kind == "heading" for below in blocks[number + 1 : number + 3])
        )
    ]
