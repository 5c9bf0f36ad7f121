"""Plain text to a draft: headline and byline where they stand out, the rest is body."""

import re
from typing import Final

from onrecord.ingestion.canonical import Block, clean, paragraphs
from onrecord.ingestion.drafts import ONRECORD, Draft, Raw, draft
from onrecord.ingestion.encodings import decode
from onrecord.ingestion.facts import Facts, day_of
from onrecord.licensed.texts import undated

_MAX_HEADLINE: Final = 25
_MAX_BYLINE: Final = 15
"""In words."""

_BYLINE: Final = re.compile(
    r"By ([A-Z][^,|/]*?(?: and [A-Z][^,|/]*?)*)(?: in .*| at .*|[,|/].*)?\Z"
)
_SENTENCE_END: Final = re.compile(r"[.!?:;,…][\"'”’»)]*\Z")


def read_plain(raw: Raw) -> Draft:
    """The draft of a text file; a leading `date YYYY-MM-DD` is metadata, not text.

    Raises `InputError` for bytes that are no text or hold none.
    """
    decoded, encoding = decode(raw.data, raw.source)
    text, changes = clean(decoded)
    dated = text.rstrip("\n") + "\n"
    text = undated(dated)
    lines, joined = paragraphs(text)
    blocks, byline = _blocks(lines)
    facts = Facts(byline=byline, published=_leading_day(dated.removesuffix(text)))
    return draft(raw, encoding, ONRECORD, facts, blocks, changes + joined)


def _leading_day(lead: str) -> str | None:
    return day_of(lead.split()[1]) if lead.strip() else None


def _blocks(lines: list[str]) -> tuple[list[Block], str | None]:
    """Blocks, and the name in the byline."""
    kinds: list[Block] = []
    rest = list(lines)
    if len(rest) > 1 and is_headline(rest[0]):
        kinds.append(Block("headline", rest.pop(0)))
    byline = None
    if len(rest) > 1 and _short(rest[0], _MAX_BYLINE) and (found := _BYLINE.match(rest[0])):
        byline = found[1]
        kinds.append(Block("byline", rest.pop(0)))
    return kinds + [Block("body", line) for line in rest], byline


def is_headline(line: str) -> bool:
    """Whether a first line reads like a headline: short, and no sentence."""
    return _short(line, _MAX_HEADLINE) and not _SENTENCE_END.search(line)


def _short(line: str, words: int) -> bool:
    return len(line) <= 20 * words and line.count(" ") < words
