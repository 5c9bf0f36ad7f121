"""Diff and verification of a large dataset: `python tests/bench/diff.py --articles 20000`.

Two datasets are built, the second with 1 % of the gold corrected, 1 % of the articles added and 1 %
gone. Printed beside what pyarrow takes to read the tables of both, in the same run, each in a
process of its own: CPU and wall-clock seconds, peak memory. Last line: `ratio R`, diff against
reading, in CPU seconds.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2] / "scripts")]


def run_read(folder: Path) -> None:
    """Read all tables of both datasets, a file at a time."""
    import pyarrow.parquet as pq

    for name in ("old", "new"):
        for path in sorted((folder / name).rglob("*.parquet")):
            pq.ParquetFile(path).read()


def run_diff(folder: Path) -> None:
    """Compare both datasets."""
    from onrecord.releases.comparison import diff

    print(diff(folder / "old", folder / "new").version)


def run_corpora(folder: Path) -> None:
    """Verify one of the datasets."""
    from onrecord.releases.verification import verify

    assert not verify(folder / "new").issues


STEPS = {"read": run_read, "diff": run_diff, "verify": run_corpora}


def peak_memory() -> float:
    """Peak resident memory of this process in MB; `ru_maxrss` would count its parent's, too."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024
