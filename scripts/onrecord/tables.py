"""The published tables: their Arrow schemas, derived from `records`, and their Parquet files."""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from onrecord import records
from onrecord.rows import Row

HASH_VERSION: Final = 1
"""Changes with the rules of `content_line`."""

_KEYS: Final = ("id", "article_id", "quote_id", "mark_id", "speaker_id", "target_id")
_REPEATING: Final = frozenset(
    "outlet published genre story split rights language kind form act status type attribution"
    " label basis carrier join zone annotator guidelines phenomenon ident".split()
)
"""Columns whose values recur: a dictionary pays. Keys and these have statistics, to skip row groups
by; statistics of all columns would be held until a file is closed, and memory would grow."""
_COMPRESSION_LEVEL: Final = 3


class Table(NamedTuple):
    """A config of the dataset: what a row is, and how many go into a batch, row group and file.

    Rows wait as Python objects until they fill a batch, which as Arrow is a tenth of their size.
    """

    name: str
    record: type[msgspec.Struct]
    batch: int
    row_group: int
    shard: int


_NESTED: Final = (50, 200, 50_000)
_FLAT: Final = (500, 2_500, 1_000_000)
TABLES: Final = {
    table.name: table
    for table in (
        Table("articles", records.AnnotatedArticle, *_NESTED),
        Table("quotes", records.QuoteRow, *_FLAT),
        Table("stances", records.StanceRow, *_FLAT),
        Table("marks", records.MarkRow, *_FLAT),
        Table("annotations", records.AnnotationRow, *_NESTED),
        Table("speakers", records.SpeakerRow, *_FLAT),
        Table("targets", records.TargetRow, *_FLAT),
        Table("challenge", records.PassageRow, *_NESTED),
        Table("licensed", records.AnnotatedArticle, *_NESTED),
    )
}


@cache
def arrow_schema(record: type[msgspec.Struct]) -> pa.Schema:
    """The Arrow schema of a record type, keys first, otherwise in the order of its fields."""
    fields = sorted(
        msgspec.structs.fields(record),
        key=lambda field: _KEYS.index(field.name) if field.name in _KEYS else len(_KEYS),
    )
    return pa.schema([(field.name, _arrow_type(field.type)) for field in fields])


def _arrow_type(annotation: Any) -> pa.DataType:
    return _from_info(msgspec.inspect.type_info(annotation))


def _from_info(info: Any) -> pa.DataType:
    inspect = msgspec.inspect
    if isinstance(info, inspect.Metadata):
        return _from_info(info.type)
    if isinstance(info, inspect.UnionType):
        (present,) = [part for part in info.types if not isinstance(part, inspect.NoneType)]
        return _from_info(present)
    if isinstance(info, inspect.StructType):
        return pa.struct([(field.name, _from_info(field.type)) for field in info.fields])
    if isinstance(info, inspect.VarTupleType):
        return pa.list_(_from_info(info.item_type))
    if isinstance(info, inspect.LiteralType):
        return pa.int32() if isinstance(info.values[0], int) else pa.string()
    simple: dict[Any, pa.DataType] = {
        inspect.StrType: pa.string(),
        inspect.IntType: pa.int32(),
        inspect.BoolType: pa.bool_(),
    }
    return simple[type(info)]


def columns_of(schema: pa.Schema) -> dict[str, str]:
    """The type of every leaf of a schema by its path: `quotes[].content[].start` -> `int32`."""
    columns: dict[str, str] = {}

    def visit(path: str, kind: pa.DataType) -> None:
        if pa.types.is_struct(kind):
            for field in kind:
                visit(f"{path}.{field.name}", field.type)
        elif pa.types.is_list(kind):
            visit(f"{path}[]", kind.value_type)
        else:
            columns[path] = str(kind)

    for field in schema:
        visit(field.name, field.type)
    return columns


def table_columns() -> dict[str, dict[str, str]]:
    """The columns of all published tables, as they stand in schemas/tables.json."""
    return {name: columns_of(arrow_schema(table.record)) for name, table in TABLES.items()}


def content_line(row: Row, columns: Iterable[str]) -> bytes:
    """What a row adds to a content hash: its length, a line feed, its values in column order.

    JSON with sorted keys, nulls written, so that the hash does not depend on how Parquet is
    written and can be computed again from any copy of the rows.
    """
    values = orjson.dumps([row[name] for name in columns], option=orjson.OPT_SORT_KEYS)
    return b"%d\n%s" % (len(values), values)


class Writer:
    """Writes the rows of one split of one table, a row group at a time, in shards."""

    def __init__(self, folder: Path, table: Table, split: str) -> None:
        """Write into `folder`/`table.name`."""
        self._folder = folder / table.name
        self._table = table
        self._split = split
        self._schema = arrow_schema(table.record)
        self._columns = self._schema.names
        self._rows: list[Row] = []
        self._batches: list[pa.RecordBatch] = []
        self._shards: list[Path] = []
        self._writer: pq.ParquetWriter | None = None
        self._in_shard = 0
        self._digest = hashlib.sha256()
        self.rows = 0

    @property
    def content_sha256(self) -> str:
        """The hash of all rows so far, in their order."""
        return self._digest.hexdigest()

    def add(self, rows: list[Row]) -> None:
        """Append rows; they come in the order of their keys."""
        columns = self._columns
        self._digest.update(b"".join([content_line(row, columns) for row in rows]))
        self._rows += rows
        while len(self._rows) >= self._table.batch:
            self._pack(self._rows[: self._table.batch])
            del self._rows[: self._table.batch]

    def close(self) -> list[Path]:
        """Write what is left and return the files, named as `datasets` users expect."""
        self._pack(self._rows)
        self._flush()
        self._close_shard()
        count = len(self._shards)
        return [
            shard.rename(shard.with_name(f"{self._split}-{number:05d}-of-{count:05d}.parquet"))
            for number, shard in enumerate(self._shards)
        ]

    def _pack(self, rows: list[Row]) -> None:
        if rows:
            self._batches.append(pa.RecordBatch.from_pylist(rows, schema=self._schema))
        if len(self._batches) * self._table.batch >= self._table.row_group:
            self._flush()

    def _flush(self) -> None:
        """Write the batches as one row group."""
        if not self._batches:
            return
        if self._writer is None or self._in_shard >= self._table.shard:
            self._open_shard()
        assert self._writer is not None
        table = pa.Table.from_batches(self._batches, schema=self._schema)
        self._writer.write_table(table, row_group_size=self._table.row_group)
        self._batches.clear()
        self._in_shard += table.num_rows
        self.rows += table.num_rows

    def _open_shard(self) -> None:
        self._close_shard()
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{self._split}-{len(self._shards):05d}.parquet"
        self._shards.append(path)
        self._in_shard = 0
        self._writer = pq.ParquetWriter(
            path,
            self._schema,
            compression="zstd",
            compression_level=_COMPRESSION_LEVEL,
            use_dictionary=_dictionary_columns(self._schema),  # type: ignore[arg-type]
            write_statistics=[
                name for name in self._schema.names if name in _KEYS or name in _REPEATING
            ],
        )

    def _close_shard(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def _dictionary_columns(schema: pa.Schema) -> list[str]:
    """Paths of the columns whose few values repeat; a dictionary costs time on all others."""
    paths: list[str] = []

    def visit(path: str, name: str, kind: pa.DataType) -> None:
        if pa.types.is_struct(kind):
            for field in kind:
                visit(f"{path}.{field.name}", field.name, field.type)
        elif pa.types.is_list(kind):
            visit(f"{path}.list.element", name, kind.value_type)
        elif name in _REPEATING:
            paths.append(path)

    for field in schema:
        visit(field.name, field.name, field.type)
    return paths
