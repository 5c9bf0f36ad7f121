"""Reading the Parquet files of a dataset piece by piece; what cannot be read is a finding."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from onrecord.issues import InputError
from onrecord.releases.listings import finding

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


@contextmanager
def open_table(folder: Path, file: str, columns: Mapping[str, str]) -> Iterator["pq.ParquetFile"]:
    """A file with these columns, of which only the end is read.

    Raises `InputError` where the file cannot be read, also inside the block, or has other columns.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    from onrecord.tables import columns_of

    try:
        with pq.ParquetFile(folder / file) as parquet:
            found = columns_of(parquet.schema_arrow)
            different = sorted(dict(found.items() ^ columns.items()))
            if different:
                message = f"has other columns than the manifest gives: {', '.join(different)}"
                raise InputError(finding(file, "table-columns", message))
            yield parquet
    except (OSError, ValueError, MemoryError, pa.ArrowException) as error:
        message = str(error).split("\n")[0] or type(error).__name__
        raise InputError(finding(file, "file-unreadable", f"cannot be read: {message}")) from None


def count_rows(folder: Path, file: str, columns: Mapping[str, str]) -> int:
    """The number of rows that a file with these columns says it has; see `open_table`."""
    with open_table(folder, file, columns) as parquet:
        return parquet.metadata.num_rows


def read_batches(
    folder: Path, file: str, columns: Mapping[str, str], rows: int
) -> Iterator["pa.RecordBatch"]:
    """The rows of a file with these columns, at most so many rows at a time; see `open_table`."""
    with open_table(folder, file, columns) as parquet:
        # Over all row groups at once, iter_batches holds far more than the batch it gives.
        for group in range(parquet.num_row_groups):
            for batch in parquet.iter_batches(batch_size=rows, row_groups=[group]):
                batch.validate(full=True)
                yield batch
