"""Imports against their floor: `python tests/bench/convert.py`, with other people's corpora at hand.

They are looked for in ONRECORD_EXTERNAL (default ../shared). Every step runs in a process of its
own, in turn: PolNeAR's train split; German Wikinews, and orjson reading and parsing the same files;
German Wikinews four times over, for memory. Figures are medians of CPU and wall-clock seconds. An
import creates three files an article, for which some disks take longer than for all else: it works
in memory (/dev/shm) where it can, elsewhere with `--folder`. Last line: `ratio R`, German Wikinews
against orjson in CPU seconds.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "scripts")]

ARCHIVES = {
    "polnear": "polnear-train-dev.tar.xz",
    "german-wikinews": "german-wikinews-train-dev.tar.xz",
}
COPIES = 4


def run_import(name: str, source: Path, out: Path, *splits: str) -> int:
    """Import a corpus; how many articles it has."""
    from onrecord.converting.importing import import_corpus
    from onrecord.corpora import find

    result = import_corpus(find(name), source, out, splits=splits)
    assert result.issues == ()
    return result.articles


def run_floor(source: Path) -> int:
    """Read and parse every file."""
    import orjson

    paths = sorted((source / "data").rglob("*.json"))
    for path in paths:
        orjson.loads(path.read_bytes())
    return len(paths)


def measure_here(step: str, folder: Path) -> None:
    """One step in this process: CPU and wall seconds, articles, peak memory in MB."""
    import orjson  # noqa: F401
    from build import peak_memory

    import onrecord.converting.importing
    import onrecord.corpora  # noqa: F401

    out = Path(tempfile.mkdtemp(dir=folder))
    steps = {
        "polnear": lambda: run_import("polnear", folder / "polnear", out / "x", "train"),
        "german": lambda: run_import("german-wikinews", folder / "german-wikinews", out / "x"),
        "floor": lambda: run_floor(folder / "german-wikinews"),
        "copies": lambda: run_import("german-wikinews", folder / "copies", out / "x"),
    }
    cpu, wall = time.process_time(), time.perf_counter()
    articles = steps[step]()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(json.dumps({"cpu": cpu, "wall": wall, "articles": articles, "peak": peak_memory()}))
    shutil.rmtree(out)


def measure(step: str, folder: Path) -> dict[str, float]:
    """The same in a process of its own."""
    command = [sys.executable, __file__, "--step", step, "--folder", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def report(step: str, runs: list[dict[str, float]]) -> dict[str, float]:
    """Print and return the medians."""
    found = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
    print(
        f"{step:10} {found['articles']:6.0f} articles  cpu {found['cpu']:6.2f} s  wall"
        f" {found['wall']:6.2f} s  {found['articles'] / found['cpu']:7.0f} articles/cpu s"
        f"  {found['articles'] / found['wall']:7.0f} articles/s  peak {found['peak']:5.0f} MB"
    )
    return found


def unpack(folder: Path) -> None:
    """The makers' folders, and one corpus several times over under other names."""
    from onrecord.archives import unpacked
    from onrecord.converting.sources import find_root

    external = Path(os.environ.get("ONRECORD_EXTERNAL", ROOT.parent / "shared"))
    for name, archive in ARCHIVES.items():
        if not (external / "data" / archive).is_file():
            sys.exit(f"{external / 'data' / archive} is not here: set ONRECORD_EXTERNAL")
        with unpacked(external / "data" / archive) as found:
            home = find_root(found, "data")
            assert home is not None
            shutil.copytree(home, folder / name)
    for path in (folder / "german-wikinews/data").rglob("*.json"):
        target = folder / "copies" / path.relative_to(folder / "german-wikinews")
        target.parent.mkdir(parents=True, exist_ok=True)
        for copy in range(COPIES):
            shutil.copyfile(path, target.with_name(f"{copy}{path.name}"))


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where to work")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        measure_here(options.step, options.folder)
        return
    memory = Path("/dev/shm")
    where = options.folder or (memory if os.access(memory, os.W_OK) else None)
    with tempfile.TemporaryDirectory(dir=where) as name:
        folder = Path(name)
        unpack(folder)
        runs: dict[str, list[dict[str, float]]] = {}
        for _ in range(options.runs):
            for step in ("polnear", "german", "floor", "copies"):
                runs.setdefault(step, []).append(measure(step, folder))
        found = {step: report(step, each) for step, each in runs.items()}
    print(
        f"memory     {COPIES} times the articles: {found['copies']['peak']:.0f} MB,"
        f" once: {found['german']['peak']:.0f} MB"
    )
    print(f"ratio {found['german']['cpu'] / found['floor']['cpu']:.2f}")


if __name__ == "__main__":
    main()
