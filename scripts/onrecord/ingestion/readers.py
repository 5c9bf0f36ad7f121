"""Files to raw articles, one at a time: memory holds one record, however long the file."""

from collections.abc import Iterator
from typing import Any, Final

import orjson

from onrecord.files import read_bytes
from onrecord.ingestion.drafts import PassedOver, Raw
from onrecord.ingestion.encodings import decode
from onrecord.ingestion.fields import COLUMNS, NAMES
from onrecord.ingestion.findings import finding, refusal
from onrecord.ingestion.inputs import Format, SourceFile
from onrecord.ingestion.pages import page_tool
from onrecord.ingestion.warc import read_warc
from onrecord.issues import InputError, Issue
from onrecord.json_input import parse
from onrecord.sources.jsonl import raw_lines

_EXTRAS: Final = {"page": "html", "warc": "html,warc"}
"""What reads pages is an extra, and what reads archives another."""

_ROWS: Final = 64
_MAX_COLUMN: Final = 2**28
"""Bytes that one column of one row group of a Parquet file may unpack to."""


def read_source(source: SourceFile) -> Iterator[Raw | PassedOver | Issue]:
    """The raw articles in a file, what is passed over, and what of it cannot be read."""
    if source.format is None:
        yield PassedOver(source.name)
        return
    try:
        if source.format in _EXTRAS:
            page_tool()
        yield from _READERS[source.format](source)
    except InputError as error:
        yield from error.issues
    except ImportError as error:
        package, _, _ = str(error.name).partition(".")
        message = f"needs {package}, which is not installed"
        hint = f"in a clone of onrecord: pip install '.[{_EXTRAS.get(source.format)}]'"
        yield finding(source.name, "source-format", message, hint)


def _read_text(source: SourceFile) -> Iterator[Raw]:
    yield Raw(source.name, "text", read_bytes(source.path, source.name))


def _read_page(source: SourceFile) -> Iterator[Raw]:
    yield Raw(source.name, "page", read_bytes(source.path, source.name))


def _read_json(source: SourceFile) -> Iterator[Raw]:
    """An object is an article, a list holds several; their place is a JSON pointer."""
    raw = read_bytes(source.path, source.name)
    if not raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        yield Raw(source.name, "record", raw)
        return
    text, encoding = decode(raw, source.name)
    for number, item in enumerate(parse(text.encode(), source.name)):
        yield Raw(f"{source.name}#/{number}", "record", orjson.dumps(item), charset=encoding)


def _read_jsonl(source: SourceFile) -> Iterator[Raw | Issue]:
    for place, raw, issues in raw_lines(source.path, source.name):
        if issues:
            yield from issues
        else:
            yield Raw(place, "record", raw)


def _read_parquet(source: SourceFile) -> Iterator[Raw]:
    """Only the columns that hold something for an article are read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(source.path) as file:
            columns = [name for name in file.schema_arrow.names if name in COLUMNS]
            if not set(columns) & set(NAMES["text"]):
                names = ", ".join(NAMES["text"])
                raise refusal(source.name, "source-fields", f"has no column {names}", "")
            _check_size(source, file.metadata, set(columns))
            number = 0
            for batch in file.iter_batches(batch_size=_ROWS, columns=columns):
                for row in batch.to_pylist():
                    number += 1
                    yield Raw(f"{source.name}:{number}", "record", orjson.dumps(row, default=str))
    except (pa.ArrowException, OSError, ValueError) as error:
        message = f"cannot be read as Parquet: {str(error).splitlines()[0][:200]}"
        raise refusal(source.name, "source-broken", message, "write it again") from None


def _check_size(source: SourceFile, metadata: Any, columns: set[str]) -> None:
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        for position in range(group.num_columns):
            column = group.column(position)
            if column.path_in_schema.split(".")[0] not in columns:
                continue
            if column.total_uncompressed_size > _MAX_COLUMN:
                message = f"row group {number} unpacks to more than {_MAX_COLUMN // 2**20} MiB"
                hint = "write it with smaller row groups"
                raise refusal(source.name, "source-size", message, hint)


_READERS: Final[dict[Format, Any]] = {
    "text": _read_text,
    "page": _read_page,
    "json": _read_json,
    "jsonl": _read_jsonl,
    "warc": read_warc,
    "parquet": _read_parquet,
}
