"""A page as blocks in reading order: every line of words with what its mark-up says of it.

Nothing is chosen here. A block says which zone it would be, whether it stands inside something
that is not the article (navigation, comments, advertising), and how much of it is links.
"""

import re
from functools import lru_cache
from typing import Any, Final, NamedTuple

from onrecord.model import ZoneKind

MAX_DEPTH: Final = 256
"""How deep the parser goes into a page; libxml2's limit without its option for huge trees."""

_UNREAD: Final = frozenset(
    "script style noscript template iframe frame object embed svg math canvas audio video select"
    " option textarea input button head map meter progress datalist nav amp-ad amp-embed"
    " amp-sticky-ad amp-iframe amp-sidebar amp-analytics amp-consent amp-user-notification".split()
)
_BLOCK: Final = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset"
    " figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre"
    " section summary table tbody tfoot thead tr ul".split()
)
_CELLS: Final = frozenset({"td", "th"})
_OUTSIDE: Final = frozenset({"footer", "aside", "dialog", "form"})
_NEVER_OUTSIDE: Final = frozenset({"html", "body", "main", "article"})
_COUNTED: Final = frozenset({"a", "time", "q", *_CELLS})
_DESCRIBING: Final = frozenset({"class", "id", "itemprop", "rel", "role", "style", "hidden"})
_DESCRIBED: Final = 500
_TEASER: Final = 500
_ZONES: Final[dict[str, ZoneKind]] = {
    "h1": "headline",
    **dict.fromkeys(("h2", "h3", "h4", "h5", "h6"), "heading"),
    "caption": "caption",
}
_TELLING: Final = frozenset({*_ZONES, *_OUTSIDE, "figcaption", "tr", "li"})
_LIST_PARTS: Final = frozenset({"p", "div", "h2", "h3", "h4", "blockquote", "figure"})
_LONGEST: Final[dict[ZoneKind, int]] = {
    "headline": 300,
    "standfirst": 600,
    "byline": 250,
    "dateline": 120,
    "heading": 250,
    "caption": 900,
    "pullquote": 900,
}
"""In code points; what is longer is running text, whatever its class says."""

_KEPT_INSIDE: Final = frozenset({"caption", "pullquote", "byline", "headline", "standfirst"})


def _tokens(words: str) -> re.Pattern[str]:
    """A pattern for class names that are, or are joined from, one of the words."""
    return re.compile(rf"(?:^|[\s_-])(?:{'|'.join(words.split())})(?=$|[\s_-])")


_OUTSIDE_CLASS: Final = _tokens(
    "nav navbar navigation menu breadcrumbs? share sharing share-?tools social related"
    " recommended recommendations more-?on promos? newsletter sign-?up subscribe paywall"
    " cookies? consent gdpr comments? disqus advert advertisement ads? ad-?slot sponsored"
    " teasers? sidebar footer toolbar skip-?link modal popup tags topics most-?read"
    " trending outbrain taboola logo masthead brand sr-only visually-?hidden"
    " screen-?reader(?:-text)? hide-visually author-?bio about-the-author"
)
_ROLES: Final[tuple[tuple[ZoneKind, re.Pattern[str]], ...]] = (
    ("pullquote", _tokens("pull-?quotes? pq quote-?highlight blockquote--pull callout-?quote")),
    (
        "caption",
        _tokens("caption image-?caption wp-caption-text media-?caption (?:photo-?)?credits?"),
    ),
    ("byline", _tokens("by-?lines? authors? contributors? writer")),
    ("dateline", _tokens("date-?line pub-?date published timestamp posted-?on datepublished")),
    (
        "standfirst",
        _tokens(
            "stand-?first dek deck sub-?head sub-?headline sub-?title strap-?line lede excerpt"
            " article-?(?:summary|description|intro)"
        ),
    ),
)
_HIDDEN: Final = re.compile(r"(?:display|visibility)\s*:\s*(?:none|hidden)|(?:^| )hidden$")


class PageBlock(NamedTuple):
    """One line of words. `outside` are the elements around it that are not the article."""

    kind: ZoneKind
    text: str
    element: Any
    outside: tuple[Any, ...]
    linked: float


@lru_cache(maxsize=4096)
def _role(tag: str, described: str) -> tuple[ZoneKind | None, bool]:
    """The zone that class, id and the like give, and whether they say: not the article."""
    if tag in _NEVER_OUTSIDE:
        return None, False
    described = described.lower()
    role = next((kind for kind, pattern in _ROLES if pattern.search(described)), None)
    return role, bool(_OUTSIDE_CLASS.search(described) or _HIDDEN.search(described))


def read_blocks(root: Any) -> tuple[list[PageBlock], int]:
    """The blocks of a page's root element, and how many `<q>` had their marks written out."""
    walk = _Walk()
    walk.element(root, "body", ())
    walk.flush("body", (), root)
    return walk.blocks, walk.quoted


class _Walk:
    """Collects words until a block ends. Depth is bounded by the parser (`MAX_DEPTH`)."""

    def __init__(self) -> None:
        self.blocks: list[PageBlock] = []
        self.quoted = 0
        self._words: list[str] = []
        self._linked = 0
        self._timed = 0
        self._within = dict.fromkeys(("a", "time", "q"), 0)

    def element(self, element: Any, kind: ZoneKind, outside: tuple[Any, ...]) -> None:
        """Take in an element and all below it; what follows it belongs to its parent."""
        tag = element.tag
        if tag in _UNREAD or not isinstance(tag, str):
            return
        own, excluded = kind, False
        described = [value or name for name, value in element.items() if name in _DESCRIBING]
        if described or tag in _TELLING:
            own, excluded = _function(element, tag, kind, " ".join(described)[:_DESCRIBED])
        inside = (*outside, element) if excluded else outside
        ends = tag in _BLOCK or own != kind or excluded
        ends = ends or (tag in _CELLS and _holds_blocks(element))
        if self._words and (ends or tag == "br"):
            self.flush(kind, outside, element.getparent())
        if excluded and _cannot_be_article(element):
            return
        if tag in _COUNTED:
            self._count(tag, 1)
        self._add(element.text)
        for child in element:
            self.element(child, own, inside)
            self._add(child.tail)
        if tag in _COUNTED:
            self._count(tag, -1)
        if self._words and ends:
            self.flush(own, inside, element)

    def flush(self, kind: ZoneKind, outside: tuple[Any, ...], element: Any) -> None:
        """End the block that is being collected."""
        whole = "".join(self._words)
        text = " ".join(whole.split())
        if text:
            if len(text) > _LONGEST.get(kind, len(text)):
                kind = "body"
            elif self._timed >= len(text) and kind in ("body", "byline"):
                kind = "dateline"
            share = self._linked / len(whole)
            self.blocks.append(PageBlock(kind, text, element, outside, share))
        self._words.clear()
        self._linked = self._timed = 0

    def _add(self, text: str | None) -> None:
        if text and (self._words or not text.isspace()):
            self._words.append(text)
            if self._within["a"]:
                self._linked += len(text)
            if self._within["time"]:
                self._timed += len(text)

    def _count(self, tag: str, step: int) -> None:
        """Enter (1) or leave (-1) an element that says something of the words in it."""
        if tag in _CELLS:
            self._add(" ")
            return
        if tag != "q":
            self._within[tag] += step
            return
        # Browsers set marks around it: without them a quote would lose its bounds.
        self._within[tag] += step == 1
        self._add(("‘’", "“”")[self._within[tag] % 2][step == -1])
        self._within[tag] -= step == -1
        self.quoted += step == 1


def _function(element: Any, tag: str, kind: ZoneKind, described: str) -> tuple[ZoneKind, bool]:
    """The zone of an element inside one of `kind`, and whether it is not the article."""
    role: ZoneKind | None = None
    outside = tag in _OUTSIDE
    if described:
        role, excluded = _role(tag, described)
        outside = outside or excluded
    if role and not _is_short(element, _LONGEST[role]):
        role = None  # the article itself, said to be published, or by whom
    if role == "pullquote":
        return role, False
    if role == "caption" or tag == "figcaption":
        return "caption", outside
    if kind in _KEPT_INSIDE:
        return kind, outside
    if role is None and tag in _BLOCK:
        role = _by_tag(element, tag)
    return role or kind, outside


def _cannot_be_article(element: Any) -> bool:
    """Whether what is called a teaser or a sidebar is no more than that: most of a page is."""
    return next(element.iter("p", "h1"), None) is None and _is_short(element, _TEASER)


def _is_short(element: Any, longest: int) -> bool:
    length = 0
    for text in element.itertext():
        length += len(text.strip()) + 1
        if length > longest:
            return False
    return True


def _holds_blocks(cell: Any) -> bool:
    """Whether a cell lays out a page rather than holding a datum."""
    return any(child.tag in _BLOCK for child in cell)


def _by_tag(element: Any, tag: str) -> ZoneKind | None:
    if tag in _ZONES:
        return _ZONES[tag]
    if tag == "tr" and not any(_holds_blocks(cell) for cell in element):
        return "list"
    if tag == "li":
        # An entry of a live blog or a feed holds several blocks; an item of a list does not.
        parts = sum(1 for child in element if child.tag in _LIST_PARTS)
        return "list" if parts < 2 else "body"
    return None
