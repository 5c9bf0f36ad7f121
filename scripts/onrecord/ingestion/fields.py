"""JSON objects and table rows to drafts, by documented names of fields.

The names are ours and those that news crawlers write (news-please, Fundus, newspaper, CC-News).
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from onrecord.ingestion.canonical import Block, Changes, clean, paragraphs
from onrecord.ingestion.drafts import ONRECORD, Draft, Raw, draft
from onrecord.ingestion.encodings import decode
from onrecord.ingestion.facts import (
    Facts,
    address_of,
    day_of,
    language_of,
    line_of,
    names_of,
)
from onrecord.ingestion.findings import refusal
from onrecord.issues import shorten
from onrecord.json_input import parse

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("text", "maintext", "plaintext", "body", "content"),
    "title": ("title", "headline"),
    "standfirst": ("standfirst",),
    "byline": ("byline", "authors", "author"),
    "published": ("published", "date_publish", "publishing_date", "publish_date", "date"),
    "outlet": ("outlet", "publisher", "sitename", "source_domain", "domain"),
    "language": ("language", "lang"),
    "address": ("address", "url", "link"),
}
"""What is read as what; the first name that holds something counts."""

COLUMNS: Final = frozenset(name for names in NAMES.values() for name in names)
_NO_STRING: Final = "a text is a string, and this is none"
MARKUP: Final = re.compile(
    r"</?(?:a|abbr|article|aside|b|big|blockquote|body|br|center|cite|code|dd|del|div|dl|dt|em"
    r"|figcaption|figure|font|footer|h[1-6]|head|header|hr|html|i|iframe|img|ins|li|main|mark|nav"
    r"|ol|p|picture|pre|q|s|script|section|small|source|span|strike|strong|style|sub|sup|svg"
    r"|table|tbody|td|tfoot|th|thead|time|tr|tt|u|ul|video)\b[^>]{0,200}>",
    re.IGNORECASE,
)
"""The tags of HTML that stand in articles; words in angle brackets are words."""


def read_record(raw: Raw) -> Draft:
    """The draft of one JSON object; raises `InputError` with what is wrong with it."""
    decoded, found = decode(raw.data, raw.source)
    record = parse(decoded.encode(), raw.source)
    if not isinstance(record, dict):
        raise refusal(raw.source, "source-fields", "is no JSON object", "give an object an article")
    words = _first(record, "text")
    if words is None:
        names = ", ".join(NAMES["text"])
        raise refusal(raw.source, "source-fields", f"has no text ({names})", "name it so")
    if not isinstance(words, str):
        raise refusal(raw.source, "source-fields", _NO_STRING, "write it as one")
    if tag := MARKUP.search(words):
        message = f"the text holds markup: {shorten(tag.group())}"
        raise refusal(raw.source, "source-fields", message, "give pages as .html")
    facts, unread = _facts(record)
    text, changes = clean(words)
    lines, joined = paragraphs(text)
    blocks = with_head(lines, facts.title, line_of(_first(record, "standfirst")))
    return draft(raw, raw.charset or found, ONRECORD, facts, blocks, unread + changes + joined)


def _facts(record: Mapping[str, Any]) -> tuple[Facts, Changes]:
    """Facts, and what could not be read of them."""
    title, outlet = line_of(_first(record, "title")), line_of(_first(record, "outlet"))
    facts = Facts(
        title=title,
        outlet=outlet,
        byline=names_of(_first(record, "byline")),
        published=day_of(_first(record, "published")),
        language=language_of(_first(record, "language")),
        address=address_of(_first(record, "address")),
    )
    unread = [
        f"{name} not understood"
        for name in NAMES
        if name not in ("text", "standfirst")
        and _first(record, name) not in (None, "", [])
        and getattr(facts, name) is None
    ]
    return facts, tuple(unread)


def _first(record: Mapping[str, Any], name: str) -> Any:
    return next((record[each] for each in NAMES[name] if record.get(each)), None)


def with_head(lines: list[str], title: str | None, standfirst: str | None) -> list[Block]:
    """The title stands above the text, as on the page, also where the text leaves it out."""
    head = [Block("headline", title)] if title else []
    if lines and lines[0] == title:
        lines = lines[1:]
    if standfirst:
        head.append(Block("standfirst", standfirst))
        if lines and lines[0] == standfirst:
            lines = lines[1:]
    return head + [Block("body", line) for line in lines] if lines else []
