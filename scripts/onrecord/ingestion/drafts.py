"""What passes between the stages of ingestion: raw sources in, drafts of articles out."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import msgspec

from onrecord.ingestion.canonical import RULES, Block, Changes, compose
from onrecord.ingestion.encodings import conversions
from onrecord.ingestion.facts import Facts
from onrecord.ingestion.findings import refusal
from onrecord.model import Extraction, Zone
from onrecord.similarity import sketch

Kind = Literal["text", "page", "record"]
_TITLE_LENGTH: Final = 90


@dataclass(frozen=True)
class Raw:
    """One article as it was found: a file, a line, or a record of an archive.

    `source` names it in findings and in the article's record; `address` and `charset` are what
    the archive says about it, or the list that it was taken out of.
    """

    source: str
    kind: Kind
    data: bytes
    address: str | None = None
    charset: str | None = None

    @cached_property
    def sha256(self) -> str:
        """The identity of the source."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class PassedOver:
    """Something that is no article and is not read."""

    source: str


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An article that has no id yet. `outlet` is a name; `sketch` finds near-duplicates."""

    extraction: Extraction
    title: str
    outlet: str | None
    byline: str | None
    published: str | None
    language: str | None
    text: str
    zones: tuple[Zone, ...]
    changes: Changes
    sketch: tuple[int, ...]


class Tool(msgspec.Struct, frozen=True):
    """What finds the text in a source; the text may change with any part of it."""

    name: str
    version: str
    options: tuple[str, ...] = ()


ONRECORD: Final = Tool("onrecord", RULES)
"""Texts and records need no more than our own rules."""


def draft(
    raw: Raw, encoding: str, tool: Tool, facts: Facts, blocks: Sequence[Block], changes: Changes
) -> Draft:
    """The draft of an article from what was found; raises `InputError` where no words were."""
    if not any(character.isalnum() for block in blocks for character in block.text):
        hint = "a page that a script fills must be saved as the browser shows it"
        raise refusal(raw.source, "source-text", "holds no text of an article", hint)
    text, zones = compose(blocks)
    title = facts.title or next((each.text for each in blocks if each.kind == "headline"), None)
    if title is None:
        title = _first_words(blocks[0].text)
        changes = (*changes, "no headline: the title is the first words")
    changes = conversions(raw.data, encoding) + changes
    return Draft(
        extraction=Extraction(
            source=raw.source,
            address=raw.address or facts.address,
            source_sha256=raw.sha256,
            encoding=encoding,
            tool=tool.name,
            version=tool.version,
            options=tool.options,
        ),
        title=title,
        outlet=facts.outlet,
        byline=facts.byline,
        published=facts.published,
        language=facts.language,
        text=text,
        zones=zones,
        changes=changes,
        sketch=sketch(text),
    )


def _first_words(text: str) -> str:
    if len(text) <= _TITLE_LENGTH:
        return text
    cut = text[:_TITLE_LENGTH].rsplit(" ", 1)[0]
    return f"{cut} …"
