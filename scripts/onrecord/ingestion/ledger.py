"""What a corpus folder holds already, for looking up: by source, address, id and likeness.

A table in a temporary file (SQLite), so that memory does not grow with the corpus.
"""

import sqlite3
from collections.abc import Sequence
from typing import Final, NamedTuple

from onrecord.model import Extraction

_SLOTS: Final = 50
"""Articles remembered with one sentence, the last ones; what more share is boilerplate."""

_MIN_SHARED: Final = 0.25
_COMPARED: Final = 3
_SETTINGS: Final = "pragma journal_mode=off; pragma synchronous=off; pragma cache_size=-8192;"
"""Nothing to recover, and 8 MiB of memory at most."""

_SCHEMA: Final = """
create table article (
  number integer primary key, id text unique, source text, address text, sha256 text,
  tool text, version text, options text
);
create index by_sha256 on article (sha256);
create index by_address on article (address);
create table sentence (
  hash integer, slot integer, number integer, primary key (hash, slot)
) without rowid;
"""


class Known(NamedTuple):
    """An article that is there: its id, and where it came from if it says so."""

    id: str
    source: str | None
    sha256: str | None
    tool: tuple[str | None, str | None, str | None]


class Ledger:
    """Articles by all that identifies them."""

    def __init__(self) -> None:
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.executescript(_SETTINGS + _SCHEMA)
        self._base.execute("begin")

    def close(self) -> None:
        """Give the temporary file back."""
        self._base.close()

    def add(self, id: str, extraction: Extraction | None, sketch: Sequence[int]) -> None:
        """Remember an article; what was known under its id is forgotten."""
        facts = _facts(extraction)
        insert = "insert or replace into article values (null,?,?,?,?,?,?,?)"
        number = self._base.execute(insert, (id, *facts)).lastrowid or 0
        rows = [(hash, number % _SLOTS, number) for hash in sketch]
        self._base.executemany("insert or replace into sentence values (?,?,?)", rows)

    def by_source(self, sha256: str) -> Known | None:
        """The article made from a source with this hash."""
        return self._known("sha256=?", sha256)

    def by_address(self, address: str | None) -> Known | None:
        """The article published under this address."""
        return self._known("address=?", address) if address else None

    def by_id(self, id: str) -> Known | None:
        """The article with this id."""
        return self._known("id=?", id)

    def alike(self, sketch: Sequence[int]) -> list[str]:
        """The ids of the few articles that share most sentences with a sketch."""
        query = f"""
            select id from article join (
              select number, count(*) as shared from sentence
              where hash in ({",".join("?" * len(sketch))})
              group by number having shared >= ? order by shared desc, number limit ?
            ) using (number)
        """
        least = max(1, _MIN_SHARED * len(sketch))
        return [row[0] for row in self._base.execute(query, (*sketch, least, _COMPARED))]

    def _known(self, condition: str, value: str) -> Known | None:
        query = f"select id, source, sha256, tool, version, options from article where {condition}"
        row = self._base.execute(query, (value,)).fetchone()
        return Known(row[0], row[1], row[2], tuple(row[3:])) if row else None


def _facts(extraction: Extraction | None) -> tuple[str | None, ...]:
    if extraction is None:
        return (None,) * 6
    return (
        extraction.source,
        extraction.address,
        extraction.source_sha256,
        extraction.tool,
        extraction.version,
        joined_options(extraction.options),
    )


def joined_options(options: Sequence[str]) -> str:
    """The options of a tool as one value to compare."""
    return " ".join(options)
