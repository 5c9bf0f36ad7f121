"""Validate + build against its floor, in one run: `python tests/bench/build.py --articles 20000`.

The floor does what cannot be avoided: orjson parses the rows of the same tables, computed columns
given, `Table.from_pylist` and a zstd-3 Parquet write with the same options. Both run in processes
of their own, in turn; figures are CPU seconds (wall clock beside them), the ratio is that of the
medians. Near-duplicates and card are left out. Last line: `ratio R`.
"""

import argparse
import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2] / "scripts")]

_BATCH = 500


def run_build(folder: Path) -> None:
    """The library's own way from JSONL to a dataset."""
    from onrecord.building import build

    build(folder, folder / "ours", jsonl=folder / "corpus.jsonl")


def run_floor(folder: Path) -> None:
    """Parse and write the rows as they are."""
    import orjson
    import pyarrow as pa
    import pyarrow.parquet as pq

    from onrecord.tables import TABLES, _dictionary_columns, arrow_schema

    gc.disable()
    writers: dict[Any, Any] = {}
    waiting: dict[Any, list[Any]] = defaultdict(list)

    def write(key: tuple[str, str]) -> None:
        name, split = key
        schema = arrow_schema(TABLES[name].record)
        if key not in writers:
            (folder / "floor").mkdir(exist_ok=True)
            writers[key] = pq.ParquetWriter(
                folder / "floor" / f"{name}-{split}.parquet",
                schema,
                compression="zstd",
                compression_level=3,
                use_dictionary=_dictionary_columns(schema),
            )
        table = pa.Table.from_pylist(waiting.pop(key), schema=schema)
        writers[key].write_table(table, row_group_size=TABLES[name].row_group)

    with (folder / "rows.jsonl").open("rb") as stream:
        for line in stream:
            split, tables = orjson.loads(line)
            for name, rows in tables.items():
                key = (name, split)
                waiting[key] += rows
                if len(waiting[key]) >= TABLES[name].row_group:
                    write(key)
    for key in list(waiting):
        write(key)
    for writer in writers.values():
        writer.close()


def run_jsonschema(folder: Path) -> None:
    """What checking the same lines with the library `jsonschema` alone costs (1 in 40)."""
    import jsonschema
    import orjson

    from onrecord.schemas import schema_of
    from onrecord.sources import Line

    validator = jsonschema.Draft202012Validator(schema_of(Line))
    with (folder / "corpus.jsonl").open("rb") as stream:
        for number, line in enumerate(stream):
            if number % 40 == 0:
                assert validator.is_valid(orjson.loads(line))


STEPS = {"build": run_build, "floor": run_floor, "jsonschema": run_jsonschema}


def measure(step: str, folder: Path) -> dict[str, float]:
    """CPU and wall seconds and peak memory (MB) of one step in a process of its own."""
    command = [sys.executable, __file__, "--step", step, "--folder", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def peak_memory() -> float:
    """Peak resident memory of this process in MB; `ru_maxrss` would count its parent's, too."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def measure_here(step: str, folder: Path) -> None:
    import pyarrow.parquet  # noqa: F401

    import onrecord.building  # noqa: F401

    cpu, wall = time.process_time(), time.perf_counter()
    STEPS[step](folder)
    figures = {
        "cpu": time.process_time() - cpu,
        "wall": time.perf_counter() - wall,
        "peak": peak_memory(),
    }
    print(json.dumps(figures))


def write_rows(folder: Path) -> None:
    """The floor's input: a line an article, the rows of all its tables."""
    import orjson

    from onrecord.rows import article_row, flat_rows
    from onrecord.sources.jsonl import JsonlSource

    source = JsonlSource(folder / "corpus.jsonl")
    registries = source.registries()
    with (folder / "rows.jsonl").open("wb") as stream:
        for entry in source.entries():
            row = article_row(
                entry.article,
                entry.split,
                entry.text,
                entry.gold.annotation,
                registries.speakers,
                registries.targets,
            )
            quotes, stances, marks = flat_rows(row, entry.gold.annotation.marks)
            tables = {"articles": [row], "quotes": quotes, "stances": stances, "marks": marks}
            stream.write(orjson.dumps([entry.split, tables]) + b"\n")


def report(name: str, runs: list[dict[str, float]], articles: int) -> float:
    cpu = statistics.median(run["cpu"] for run in runs)
    wall = statistics.median(run["wall"] for run in runs)
    peak = max(run["peak"] for run in runs)
    print(
        f"{name:12} cpu {cpu:8.2f} s  wall {wall:8.2f} s  {articles / cpu:8.0f} articles/cpu s"
        f"  {cpu / articles * 1e6:7.1f} us/article  peak {peak:6.0f} MB"
    )
    return cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--no-floor", action="store_true", help="only the build (memory, scaling)")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        measure_here(options.step, options.folder)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        from synthetic import write_corpus

        write_corpus(folder / "corpus.jsonl", options.articles)
        size = (folder / "corpus.jsonl").stat().st_size
        print(f"{options.articles} articles, {size / options.articles / 1000:.1f} KB each")
        if options.no_floor:
            report(
                "build", [measure("build", folder) for _ in range(options.runs)], options.articles
            )
            return
        write_rows(folder)
        ours, floor = [], []
        for _ in range(options.runs):
            ours.append(measure("build", folder))
            floor.append(measure("floor", folder))
        try:
            import jsonschema  # noqa: F401

            report("jsonschema", [measure("jsonschema", folder)], max(options.articles // 40, 1))
        except ImportError:
            print("jsonschema   is not installed")
        a, b = report("build", ours, options.articles), report("floor", floor, options.articles)
        print(f"ratio {a / b:.2f}")


if __name__ == "__main__":
    main()
