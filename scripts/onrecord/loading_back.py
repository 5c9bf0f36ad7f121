"""A built dataset as its users see it: loaded back with `datasets`, from its folder alone."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from onrecord.issues import InputError, Issue
from onrecord.manifests import read_manifest


def load_back(folder: Path) -> dict[str, int]:
    """Load every config with `datasets` and return its number of rows.

    Raises `InputError` where rows or columns are not those that the build wrote, `MisuseError`
    where there is no dataset.
    """
    from onrecord.tables import TABLES, arrow_schema

    manifest = read_manifest(folder)
    counts: dict[str, int] = {}
    issues: list[Issue] = []
    with _loader(folder) as load:
        for name, config in manifest.configs.items():
            loaded = load(name)
            rows = {split: table.num_rows for split, table in loaded.items()}
            columns = next(iter(loaded.values())).column_names
            if rows != config.rows or columns != arrow_schema(TABLES[name].record).names:
                message = f"loads as {rows} with columns {columns}; written were {config.rows}"
                issues.append(
                    Issue(
                        file=name, pointer="", code="load", message=message, hint="build it again"
                    )
                )
            counts[name] = sum(rows.values())
    if issues:
        raise InputError(*issues)
    return counts


@contextmanager
def _loader(folder: Path) -> Iterator[Callable[[str], Any]]:
    """`load_dataset` of a folder's configs, which leaves nothing of them in the user's cache."""
    import datasets
    from datasets.utils import are_progress_bars_disabled

    silent = are_progress_bars_disabled()
    datasets.disable_progress_bars()
    try:
        with tempfile.TemporaryDirectory(prefix="onrecord-") as cache:
            yield lambda name: datasets.load_dataset(str(folder), name, cache_dir=cache)
    finally:
        if not silent:
            datasets.enable_progress_bars()
