"""What a source yields: the registries of a corpus, and an entry an article."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from onrecord.issues import Issue
from onrecord.licensed.joining import Joined
from onrecord.model import (
    Article,
    Derived,
    Gold,
    Manifest,
    Outlet,
    Passage,
    Speaker,
    Split,
    Target,
)


@dataclass
class Registries:
    """What articles refer to. A registry that could not be read is None."""

    manifest: Manifest | None = None
    speakers: dict[str, Speaker] | None = None
    targets: dict[str, Target] | None = None
    outlets: dict[str, Outlet] | None = None
    splits: dict[str, Split] | None = None
    issues: list[Issue] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    @property
    def hydrated(self) -> bool:
        """Whether the corpus holds texts that may not be shipped."""
        return self.manifest is not None and self.manifest.hydrated

    @property
    def incomplete(self) -> frozenset[str]:
        """What the corpus declares not to annotate."""
        return frozenset(self.manifest.incomplete if self.manifest else ())


@dataclass(slots=True)
class Sheet:
    """One annotation (gold or a layer), its place, and its computed fields once known."""

    file: str
    pointer: str
    annotation: Gold
    derived: dict[str, Derived] | None = None


@dataclass(slots=True)
class Entry:
    """One article with all that belongs to it, as far as it could be read.

    `joined` is set where a licensed article stands here with the user's own copy of its text.
    """

    id: str
    article_file: str
    article_pointer: str = ""
    text_file: str = ""
    text_pointer: str = ""
    article: Article | None = None
    text: str | None = None
    joined: Joined | None = None
    split: Split | None = None
    gold: Sheet | None = None
    layers: list[Sheet] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)


class Source(Protocol):
    """A corpus to be read once: registries first, then entries, then passages."""

    name: str

    def registries(self) -> Registries:
        """Manifest, registries and splits."""

    def entries(self) -> Iterator[Entry]:
        """The articles in the order of their ids."""

    def passages(self) -> Iterator[tuple[str, Passage | None, list[Issue]]]:
        """Challenge passages with their places."""


_MISSING: Final = {
    "article-missing": "add the article's record, or remove what belongs to it",
    "text-missing": "an open article needs its text; a licensed one says so in `rights`",
    "gold-missing": "annotate it; `onrecord anchor` writes gold from words",
}


def missing(file: str, code: str, pointer: str = "") -> Issue:
    """The finding for a record or text that an article lacks."""
    return Issue(file=file, pointer=pointer, code=code, message="is missing", hint=_MISSING[code])


def add_record(
    found: dict[str, Any], record: Any, file: str, issues: list[Issue], pointer: str = ""
) -> None:
    """Put a record into a registry; an id that is there already becomes an issue."""
    if record.id in found:
        issues.append(
            Issue(
                file=file,
                pointer=pointer,
                code="registry-duplicate",
                message=f"id {record.id!r} occurs twice",
                hint="ids are never reused",
            )
        )
    found[record.id] = record
