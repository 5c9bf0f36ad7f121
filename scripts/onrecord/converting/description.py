"""What is known of a corpus or format: whose it is, what it annotates, and how to read it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from onrecord import model
from onrecord.model import Document, Rights, Split, Version

if TYPE_CHECKING:
    from onrecord.converting.ledger import Ledger

Reader = Callable[[Path, "Ledger"], Iterator[Document]]
"""From the makers' folder to documents; whatever is wrong goes into the ledger."""
Writer = Callable[[Iterable[Document], "Ledger"], Iterator[tuple[str, bytes]]]
"""From documents, by id, to the makers' files: names inside a folder, and contents."""

_RECORDS: Final[dict[str, Any]] = {
    "articles": model.Article,
    "marks": model.Mark,
    "mentions": model.Mention,
    "quotes": model.Quote,
    "stances": model.Stance,
}
_ALWAYS: Final = frozenset(
    "id title language rights text_sha256 text_length extraction orig note doubtful derived".split()
)
"""Fields that are bookkeeping, or mean nothing by their absence."""
ANNOTATABLE: Final = frozenset(
    {"issues", "marks", "mentions", "quotes", "stances"}
    | {
        f"{kind}.{item.name}"
        for kind, record in _RECORDS.items()
        for item in msgspec.structs.fields(record)
        if item.name not in _ALWAYS
    }
)
"""Everything that a corpus may annotate: kinds of record, and fields of one."""
SPEECH_MARKS: Final = frozenset({"marks", "marks.open", "marks.close", "marks.quote"})
"""What `marks.speech_marks` gives: the marks of quotes, without those of any other kind."""


class Counts(NamedTuple):
    """How much of a split its makers publish: articles, and records of the makers' own kind."""

    articles: int
    records: int


@dataclass(frozen=True)
class Corpus:
    """A corpus or a format.

    `annotates` names the kinds of record that are complete and the fields that are filled;
    everything else goes into the manifest's `incomplete`. `splits` maps the makers' names to ours;
    `extra` are those of them that are imported only when asked for. `expected` holds what is
    published, by the makers' name of the split. `loses` says what a format cannot carry.
    """

    name: str
    title: str
    definition: str
    records: str
    annotates: frozenset[str]
    read: Reader
    write: Writer
    licence: str = "NOASSERTION"
    terms: str = "The terms are those of whoever made the corpus."
    rights: Rights = "licensed"
    version: Version = "1.0.0"
    language: str | None = None
    creators: tuple[str, ...] = ("unknown",)
    citation: str | None = None
    homepage: str | None = None
    splits: Mapping[str, Split] = field(default_factory=dict)
    extra: frozenset[str] = frozenset()
    expected: Mapping[str, Counts] = field(default_factory=dict)
    loses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        unknown = self.annotates - ANNOTATABLE
        if unknown:
            raise ValueError(f"{self.name}: nothing is called {', '.join(sorted(unknown))}")

    @property
    def is_format(self) -> bool:
        """Whether any corpus can be written in it; a corpus can only come back as it was."""
        return bool(self.loses)

    @property
    def incomplete(self) -> tuple[str, ...]:
        """What the corpus does not annotate, so that its absence is neither miss nor alarm.

        Of a kind of which it annotates no field, the kind alone is named.
        """
        kinds = {"articles", *(name.partition(".")[0] for name in self.annotates)}
        return tuple(
            sorted(
                name
                for name in ANNOTATABLE - self.annotates
                if "." not in name or name.partition(".")[0] in kinds
            )
        )
