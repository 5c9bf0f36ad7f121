"""What a source yields: the registries of a corpus, and an entry an article."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from onrecord.issues import Issue
from onrecord.licensed.fingerprints import Fingerprints
from onrecord.licensed.joining import Joined, NoCopy
from onrecord.model import (
    Article,
    Derived,
    Gold,
    Manifest,
    Mark,
    Mention,
    Outlet,
    Passage,
    Quote,
    Speaker,
    Split,
    Stance,
    Target,
)

_KINDS: Final[dict[str, Any]] = {
    "articles": Article,
    "marks": Mark,
    "mentions": Mention,
    "quotes": Quote,
    "stances": Stance,
    "issues": None,
}


@cache
def incomplete_names() -> frozenset[str]:
    """Everything a manifest may declare incomplete."""
    fields = {
        f"{kind}.{field.name}"
        for kind, record in _KINDS.items()
        if record is not None
        for field in msgspec.structs.fields(record)
    }
    return frozenset(fields | set(_KINDS))


class Where(NamedTuple):
    """The place of a record: its file and the JSON pointer to it there."""

    file: str
    pointer: str = ""


@dataclass
class Registries:
    """What articles refer to. A registry that could not be read is None.

    `places` says where each record stands, by registry and id; the manifest under no id.
    """

    manifest: Manifest | None = None
    speakers: dict[str, Speaker] | None = None
    targets: dict[str, Target] | None = None
    outlets: dict[str, Outlet] | None = None
    splits: dict[str, Split] | None = None
    issues: list[Issue] = field(default_factory=list)
    places: dict[tuple[str, str], Where] = field(default_factory=dict)

    def add(self, name: str, record: Any, where: Where) -> None:
        """Put a record into a registry; an id that is there already becomes an issue."""
        registry = getattr(self, name)
        if record.id in registry:
            self.issues.append(
                Issue(
                    file=where.file,
                    pointer=f"{where.pointer}/id",
                    code="registry-duplicate",
                    message=f"id {record.id!r} occurs twice",
                    hint="ids are never reused",
                )
            )
        registry[record.id] = record
        self.places[name, record.id] = where

    def where(self, name: str, id: str = "") -> Where:
        """The place of a record of a registry, or of the manifest."""
        return self.places.get((name, id), Where(f"{name}.json"))

    @property
    def hydrated(self) -> bool:
        """Whether the corpus holds texts that may not be shipped."""
        return self.manifest is not None and self.manifest.hydrated

    @property
    def incomplete(self) -> frozenset[str]:
        """What the corpus declares not to annotate.

        That is everything where its manifest could not be read: then nothing is called lacking.
        """
        return frozenset(self.manifest.incomplete) if self.manifest else incomplete_names()


@dataclass(slots=True)
class Sheet:
    """One annotation (gold or a layer), its place, and its computed fields once known."""

    file: str
    pointer: str
    annotation: Gold
    derived: dict[str, Derived] | None = None


@dataclass(slots=True)
class Prints:
    """The fingerprints of an article, None where there are none, and what they were made of.

    That is its record and annotations as they stand in the corpus, not moved to a copy.
    """

    file: str
    record: Fingerprints | None
    article: Article | None
    sheets: list[Sheet]


@dataclass(slots=True)
class Entry:
    """One article with all that belongs to it, as far as it could be read.

    `prints` is set in a corpus folder, `joined` where a licensed article stands here with the
    user's own copy of its text, `no_copy` where it was looked for among the user's texts in vain.
    """

    id: str
    article_file: str
    article_pointer: str = ""
    text_file: str = ""
    text_pointer: str = ""
    article: Article | None = None
    text: str | None = None
    joined: Joined | None = None
    no_copy: NoCopy | None = None
    split: Split | None = None
    gold: Sheet | None = None
    layers: list[Sheet] = field(default_factory=list)
    prints: Prints | None = None
    issues: list[Issue] = field(default_factory=list)

    @property
    def sheets(self) -> list[Sheet]:
        """Gold and layers."""
        return [*([self.gold] if self.gold else []), *self.layers]


class Source(Protocol):
    """A corpus to be read once: registries first, then entries, then passages."""

    name: str
    passage_pointer: str
    """What stands before a pointer into a passage: where its line is not the passage itself."""

    def registries(self) -> Registries:
        """Manifest, registries and splits."""

    def entries(self) -> Iterator[Entry]:
        """The articles in the order of their ids."""

    def passages(self) -> Iterator[tuple[str, Passage | None, list[Issue]]]:
        """Challenge passages with their places."""


_MISSING: Final = {
    "manifest-missing": "bring it back, or write one by `onrecord schema manifest`",
    "article-missing": "add the article's record, or remove what belongs to it",
    "text-missing": "an open article needs its text; a licensed one says so in `rights`",
    "gold-missing": "annotate it; `onrecord anchor` writes gold from words",
}


def missing(file: str, code: str, pointer: str = "") -> Issue:
    """The finding for a record or text that a corpus or an article lacks."""
    return Issue(file=file, pointer=pointer, code=code, message="is missing", hint=_MISSING[code])
