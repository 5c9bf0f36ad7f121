"""The result of a comparison: plain records for text, Markdown and JSON."""

from typing import Any, Literal

from msgspec import Struct

from onrecord.model import Tombstone
from onrecord.releases.rules import Bump

Confusion = dict[str, dict[str, int]]
"""Old value -> new value -> how often; only what changed."""


class Edition(Struct, frozen=True, kw_only=True):
    """One of the two that are compared; `name` is how it was called."""

    name: str
    data_version: str
    schema_version: str


class Demand(Struct, frozen=True, kw_only=True):
    """A kind of change, how often it occurs, and the version that it demands (`rules.RULES`)."""

    code: str
    bump: Bump
    meaning: str
    count: int
    places: tuple[str, ...]
    """The first places, in the order of ids."""


class RowChanges(Struct, kw_only=True):
    """Rows of a table by id, and in how many of the changed ones each field differs."""

    added: int = 0
    removed: int = 0
    changed: int = 0
    fields: dict[str, int] = {}


class SchemaChange(Struct, frozen=True, kw_only=True):
    """A column (`quotes.act`) or label (`quote.act: say`) added, removed or changed."""

    what: Literal["column", "label"]
    name: str
    old: str | None
    new: str | None


class Regrouping(Struct, frozen=True, kw_only=True):
    """Speaker ids whose quotes carry other ids now, all of them."""

    kind: Literal["merge", "split", "rename"]
    old: tuple[str, ...]
    new: tuple[str, ...]
    quotes: int


class Example(Struct, frozen=True, kw_only=True):
    """One change: spans as their words, and the words of the quote it concerns."""

    table: str
    place: str
    field: str
    old: Any
    new: Any
    words: str | None


class Difference(Struct, frozen=True, kw_only=True):
    """What changed from one edition to another, and the smallest version for it.

    Rows are those of the published tables. Columns that repeat another table's (names, words,
    outlet and date of a quote) are compared where they come from. `confusions` holds labels of
    quotes, `stance` and `split`; `layers` rows by annotator.
    """

    old: Edition
    new: Edition
    bump: Bump
    version: str
    demands: tuple[Demand, ...]
    schema: tuple[SchemaChange, ...]
    tables: dict[str, RowChanges]
    confusions: dict[str, Confusion]
    layers: dict[str, RowChanges]
    speakers: tuple[Regrouping, ...]
    takedowns: tuple[Tombstone, ...]
    examples: tuple[Example, ...]
