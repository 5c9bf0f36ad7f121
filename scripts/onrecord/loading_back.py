"""A built dataset as its users see it: loaded back with `datasets`, offline."""

import os
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
    os.environ["HF_HUB_OFFLINE"] = "1"
    import datasets

    datasets.disable_progress_bars()
    counts: dict[str, int] = {}
    issues: list[Issue] = []
    for name, config in manifest.configs.items():
        loaded: Any = datasets.load_dataset(str(folder), name)
        rows = {split: table.num_rows for split, table in loaded.items()}
        columns = next(iter(loaded.values())).column_names
        if rows != config.rows or columns != arrow_schema(TABLES[name].record).names:
            message = f"loads as {rows} with columns {columns}; written were {config.rows}"
            issues.append(
                Issue(file=name, pointer="", code="load", message=message, hint="build it again")
            )
        counts[name] = sum(rows.values())
    if issues:
        raise InputError(*issues)
    return counts
