"""Reading the Parquet files of a dataset piece by piece; broken ones are findings."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from onrecord.issues import InputError, Issue

if TYPE_CHECKING:
    import pyarrow as pa


def read_schema(folder: Path, file: str) -> "pa.Schema":
    """The Arrow schema of a file; raises `InputError` where it cannot be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_schema(folder / file)
    except (OSError, ValueError, MemoryError, pa.ArrowException) as error:
        raise InputError(_unreadable(file, error)) from None


def read_batches(folder: Path, file: str, rows: int) -> Iterator["pa.RecordBatch"]:
    """The rows of a file, at most so many at a time; raises `InputError` where they are broken."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(folder / file) as parquet:
            for batch in parquet.iter_batches(batch_size=rows):
                batch.validate(full=True)
                yield batch
    except (OSError, ValueError, MemoryError, pa.ArrowException) as error:
        raise InputError(_unreadable(file, error)) from None


def _unreadable(file: str, error: Exception) -> Issue:
    message = str(error).splitlines()[0] if str(error) else type(error).__name__
    return Issue(
        file=file,
        pointer="",
        code="file-unreadable",
        message=f"cannot be read: {message}",
        hint="download it again; `onrecord verify` looks at all files",
    )
