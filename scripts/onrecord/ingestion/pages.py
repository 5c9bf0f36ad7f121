"""An HTML page to a draft: trafilatura finds the body, a pass of our own keeps its structure.

A page is only ever read: no script runs, nothing is fetched, no entity is expanded from a file.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from typing import Any, Final

from onrecord.files import too_long
from onrecord.ingestion.blocks import MAX_DEPTH, read_blocks
from onrecord.ingestion.canonical import RULES, Block, Changes, clean, paragraphs
from onrecord.ingestion.drafts import Draft, Raw, Tool, draft
from onrecord.ingestion.encodings import decode
from onrecord.ingestion.facts import Facts, line_of, names_of
from onrecord.ingestion.fields import MARKUP, with_head
from onrecord.ingestion.findings import refusal
from onrecord.ingestion.metadata import Metadata, read_metadata
from onrecord.ingestion.selection import Kept, select
from onrecord.issues import InputError
from onrecord.model import ZoneKind

OPTIONS: Final[dict[str, Any]] = {"include_comments": False, "include_tables": True, "fast": False}
"""What trafilatura is called with; a change makes another extraction."""

MAX_ELEMENTS: Final = 50_000
MAX_BYTES: Final = 8 * 2**20
"""The longest page that is read: of one of news, most are scripts."""

_KINDS: Final[dict[str, ZoneKind]] = {
    "p": "body",
    "quote": "body",
    "head": "heading",
    "item": "list",
    "row": "list",
}
"""Elements of trafilatura's and the zones they are."""

_DECLARED: Final = 2048
_CHARSET: Final = re.compile(
    rb"""<(?:meta\b[^>]*?charset|\?xml\b[^>]*?encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE
)


@cache
def page_tool() -> Tool:
    """The tool that finds text in pages; raises `ImportError` where it is not installed."""
    installed = version("trafilatura")
    import lxml.html  # noqa: F401

    options = [f"{name}={str(value).lower()}" for name, value in OPTIONS.items()]
    return Tool("trafilatura", installed, (*options, f"rules={RULES}"))


def read_page(raw: Raw) -> Draft:
    """The draft of a page; raises `InputError` where it cannot be read or holds no article."""
    if len(raw.data) > MAX_BYTES:
        raise InputError(too_long(raw.source, MAX_BYTES))
    decoded, encoding = decode(raw.data, raw.source, raw.charset or _declared(raw.data))
    tree = _parse(decoded, raw)
    # Held to the end: lxml makes an object anew each time it meets an element that nobody holds.
    if len(elements := list(tree.iter())) > MAX_ELEMENTS:
        message = f"holds {len(elements):,} elements, more than {MAX_ELEMENTS:,}"
        raise refusal(raw.source, "source-size", message, "save the article alone")
    metadata = read_metadata(elements, raw.address)
    found, quoted = read_blocks(tree)
    body = _trafilatura_body(tree)
    chosen = select(found, Kept(body), metadata) if body is not None else []
    blocks = [Block(block.kind, block.text) for block in chosen] or _unshown(metadata, body)
    blocks, changes = _cleaned(blocks)
    if quoted:
        changes = (*changes, f"marks of {quoted} <q> written out")
    facts = _completed(metadata.facts, blocks)
    return draft(raw, encoding, page_tool(), facts, blocks, changes)


def _declared(raw: bytes) -> str | None:
    """The encoding that a page names in its first bytes."""
    match = _CHARSET.search(raw[:_DECLARED])
    return match[1].decode("ascii", "replace") if match else None


def _parse(text: str, raw: Raw) -> Any:
    """The root element of a page; refuses what the parser cannot hold rather than lose a part."""
    import lxml.etree
    import lxml.html

    parser = lxml.html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False
    )
    # One class for all elements: lxml.html's own choice among several is a call of Python for each.
    plain = lxml.etree.ElementDefaultClassLookup(element=lxml.html.HtmlElement)
    parser.set_element_class_lookup(plain)
    try:
        tree = lxml.html.document_fromstring(text.replace("\0", "").encode(), parser=parser)
    except lxml.etree.LxmlError as error:
        raise refusal(raw.source, "source-text", f"is no page ({error})", "remove it") from None
    fatal = [entry.message for entry in parser.error_log if entry.level_name == "FATAL"]
    if fatal:
        message = f"cannot be read to its end: {fatal[0].split(',')[0]}"
        raise refusal(raw.source, "source-size", message, f"no article is nested {MAX_DEPTH} deep")
    return tree


def _trafilatura_body(tree: Any) -> Any:
    """What trafilatura takes for the article, as its own elements, or None."""
    from trafilatura import bare_extraction

    found: Any = bare_extraction(tree, with_metadata=False, **OPTIONS)
    return None if found is None else found.body


def _unshown(metadata: Metadata, body: Any) -> list[Block]:
    """The article of a page whose own blocks do not hold it: from its data, or trafilatura's."""
    if metadata.body and not MARKUP.search(metadata.body):
        return with_head(paragraphs(clean(metadata.body)[0])[0], metadata.facts.title, None)
    if body is None:
        return []
    for element in body.iter("lb", "cell"):
        element.tail = ("\n" if element.tag == "lb" else " ") + (element.tail or "")
    return [
        Block(_KINDS[element.tag], text)
        for element in body.iter(*_KINDS)
        if not any(child.tag in _KINDS for child in element)
        for text in map(_one_line, "".join(element.itertext()).split("\n"))
        if text
    ]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _cleaned(blocks: Iterable[Block]) -> tuple[list[Block], Changes]:
    """Blocks whose words are canonical; those that held nothing visible go."""
    kinds = [block.kind for block in blocks]
    text, changes = clean("\n".join(block.text for block in blocks))
    lines = [line.strip() for line in text.split("\n")]
    pairs = zip(kinds, lines, strict=True) if kinds else ()
    return [Block(kind, line) for kind, line in pairs if line], changes


def _completed(facts: Facts, blocks: Iterable[Block]) -> Facts:
    """Facts with what the page shows: its headline as title, its byline where nothing says it."""
    shown = {block.kind: block.text for block in reversed(list(blocks))}
    title = line_of(shown.get("headline"))
    return replace(
        facts, title=title or facts.title, byline=facts.byline or names_of(shown.get("byline"))
    )
