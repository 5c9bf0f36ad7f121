"""Comparing and verifying large datasets: `python tests/bench/diff.py --articles 20000`.

Two datasets are built, the second with 1 % of the articles corrected, 1 % added and 1 % gone.
Printed beside what pyarrow takes to read the tables of both, and what hashing the files of one
takes, in the same run, every step in a process of its own: CPU and wall-clock seconds, peak memory.
Last lines: verifying in MB of files a second and against hashing, and `ratio R`, diff against
reading; all in CPU seconds.
"""

import argparse
import hashlib
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
    """Read all tables of both datasets, a row group at a time."""
    import pyarrow.parquet as pq

    for path in sorted(folder.glob("*/*/*.parquet")):
        for _ in pq.ParquetFile(path).iter_batches(batch_size=200):
            pass


def run_diff(folder: Path) -> None:
    """Compare both datasets."""
    from onrecord.releases.comparison import diff

    assert diff(folder / "old", folder / "new").bump == "major"


def run_verify(folder: Path) -> None:
    """Verify one of the datasets."""
    from onrecord.releases.verification import verify

    assert not verify(folder / "new").issues


def run_content(folder: Path) -> None:
    """The same with the content hashes of its rows."""
    from onrecord.releases.verification import verify

    assert not verify(folder / "new", content=True).issues


def run_sha256(folder: Path) -> None:
    """Hash the files of that dataset."""
    for path in files_of(folder / "new"):
        with path.open("rb") as stream:
            hashlib.file_digest(stream, "sha256").digest()


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


STEPS = {
    "read": run_read,
    "diff": run_diff,
    "sha256": run_sha256,
    "verify": run_verify,
    "content": run_content,
}


def documents(count: int, *, changed: bool) -> Iterator[dict[str, Any]]:
    """The documents of the old dataset, or of the new one."""
    import synthetic

    for number, document in enumerate(synthetic.documents(count + count // 100)):
        if (number % 100 == 7 and changed) or (number >= count and not changed):
            continue
        if number % 100 == 42 and changed:
            document["gold"]["quotes"][3]["status"] = "negated"
            document["gold"]["stances"] = [
                stance for stance in document["gold"]["stances"] if stance["quote"] != "q3"
            ]
        yield document


def build(folder: Path, articles: int) -> None:
    """Write both datasets."""
    import orjson
    import synthetic

    from onrecord.building import build

    for name, changed in (("old", False), ("new", True)):
        path = folder / f"{name}.jsonl"
        with path.open("wb") as stream:
            for line in synthetic.registry_lines():
                stream.write(orjson.dumps(line) + b"\n")
            for document in documents(articles, changed=changed):
                stream.write(orjson.dumps({"document": document}) + b"\n")
        build(folder, folder / name, jsonl=path)
        path.unlink()


def measure(step: str, folder: Path) -> dict[str, float]:
    """CPU and wall seconds and peak memory (MB) of one step in a process of its own."""
    command = [sys.executable, __file__, "--step", step, "--folder", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def measure_here(step: str, folder: Path) -> None:
    import pyarrow.parquet  # noqa: F401

    import onrecord.tables  # noqa: F401

    cpu, wall = time.process_time(), time.perf_counter()
    STEPS[step](folder)
    # `ru_maxrss` would count the parent's memory, too.
    peak = Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]
    figures = {
        "cpu": time.process_time() - cpu,
        "wall": time.perf_counter() - wall,
        "peak": int(peak) / 1024,
    }
    print(json.dumps(figures))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        measure_here(options.step, options.folder)
        return
    with tempfile.TemporaryDirectory() as name:
        build(Path(name), options.articles)
        cpu = {}
        for step in STEPS:
            runs = sorted(
                (measure(step, Path(name)) for _ in range(options.runs)),
                key=lambda figures: figures["cpu"],
            )
            median = runs[len(runs) // 2]
            cpu[step] = median["cpu"]
            print(
                f"{step:8} cpu {median['cpu']:7.2f} s  wall {median['wall']:7.2f} s"
                f"  peak {median['peak']:6.0f} MB"
            )
        megabytes = sum(path.stat().st_size for path in files_of(Path(name) / "new")) / 1e6
        print(f"verify {megabytes / cpu['verify']:.0f} MB/s,", end=" ")
        print(f"{cpu['verify'] / cpu['sha256']:.2f} times sha256 over {megabytes:.0f} MB")
        print(f"ratio {cpu['diff'] / cpu['read']:.2f}")


if __name__ == "__main__":
    main()
