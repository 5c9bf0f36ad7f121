"""Push and pull beside the bare SDK: `python tests/bench/labelstudio.py --articles 2000`.

A server of its own takes made-up articles of the length of real news with gold as suggestion; every
suggestion becomes an annotation (on the server, not timed), and all come back as layers. Beside it
the SDK imports the very same tasks, given as Python objects, in batches of the same size, and
exports them as JSON: no reading, checking, converting or writing. Each step runs in a process of
its own, in turn. Prints seconds and peak memory. Last line: `ratio R`, ours to the SDK's.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests"), str(Path(__file__).parent)]
_BATCH = 100


def write_corpus(folder: Path, count: int) -> None:
    """A corpus folder of made-up articles."""
    import msgspec
    from synthetic import documents, registry_lines

    from onrecord.files import write_json

    registries: dict[str, list[Any]] = {"speaker": [], "target": []}
    for line in registry_lines():
        for kind, record in line.items():
            if kind == "manifest":
                write_json(folder / "manifest.json", record)
            else:
                registries[kind].append(record)
    for kind, records in registries.items():
        write_json(folder / f"{kind}s.json", records)
    splits = {}
    for document in documents(count):
        id = document["article"]["id"]
        splits[id] = document["split"]
        for name, kind in (("articles", "article"), ("gold", "gold")):
            path = folder / name / f"{id}.json"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(msgspec.json.encode(document[kind]))
        (folder / "texts").mkdir(exist_ok=True)
        (folder / "texts" / f"{id}.txt").write_text(document["text"], "utf-8")
    write_json(folder / "splits.json", splits)


def our_push(folder: Path) -> Callable[[], None]:
    from onrecord.labelstudio.client import connect
    from onrecord.labelstudio.pushing import push

    studio = connect()
    return lambda: _expect(push(studio, folder / "corpus", ["*"], "ours", "gold").issues == [])


def our_pull(folder: Path) -> Callable[[], None]:
    from onrecord.labelstudio.client import connect
    from onrecord.labelstudio.pulling import pull

    studio = connect()

    def run() -> None:
        written = pull(studio, "ours", folder / "corpus", folder / "layers")
        count = len(list((folder / "corpus" / "texts").iterdir()))
        _expect(len(written.paths) == count and written.issues == ())

    return run


def sdk_import(folder: Path) -> Callable[[], None]:
    from onrecord.labelstudio.client import connect
    from onrecord.labelstudio.config import labeling_config
    from onrecord.labelstudio.suggestions import prepare

    sdk = connect().sdk
    tasks = [each.task for each in prepare(folder / "corpus", ["*"], "gold")]

    def run() -> None:
        project = sdk.projects.create(title="sdk", label_config=labeling_config(2))
        for start in range(0, len(tasks), _BATCH):
            sdk.projects.import_tasks(id=project.id, request=tasks[start : start + _BATCH])

    return run


def sdk_export(folder: Path) -> Callable[[], None]:
    from onrecord.labelstudio.client import connect

    sdk = connect().sdk
    (project,) = [each for each in sdk.projects.list() if each.title == "sdk"]
    return lambda: _expect(len(sdk.projects.exports.as_json(project.id, timeout=600)) > 0)


def accept(title: str) -> None:
    """Make an annotation of every suggestion, on the server."""
    from onrecord.labelstudio.client import connect

    sdk = connect().sdk
    (project,) = [each for each in sdk.projects.list() if each.title == title]
    sdk.actions.create(
        project=project.id,
        id="predictions_to_annotations",
        selected_items={"all": True, "excluded": []},
    )


STEPS = {"push": our_push, "pull": our_pull, "import": sdk_import, "export": sdk_export}


def _expect(condition: bool) -> None:
    assert condition, "the step did not do its work"


def measure_here(step: str, folder: Path, server: int) -> None:
    run = STEPS[step](folder)
    start, begun, theirs = time.perf_counter(), time.process_time(), server_time(server)
    run()
    seconds = time.perf_counter() - start
    cpu, theirs = time.process_time() - begun, server_time(server) - theirs
    status = Path("/proc/self/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    print(json.dumps({"seconds": seconds, "cpu": cpu, "server": theirs, "peak": peak}))


def server_time(pid: int) -> float:
    """CPU seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(step: str, folder: Path, server: int) -> dict[str, float]:
    """Wall, CPU and peak memory of a step in a process of its own."""
    command = [sys.executable, __file__, "--step", step, "--folder", str(folder)]
    done = subprocess.run(
        [*command, "--server", str(server)], check=True, capture_output=True, text=True
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    print(
        f"{step:7} {figures['seconds']:7.1f} s  cpu {figures['cpu']:6.1f} s and"
        f" {figures['server']:6.1f} s on the server  peak {figures['peak']:5.0f} MB",
        flush=True,
    )
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--server", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        measure_here(options.step, options.folder, options.server)
        return
    from studio import running

    with tempfile.TemporaryDirectory() as name, running(Path(name) / "studio") as server:
        os.environ["LABEL_STUDIO_URL"] = server.url
        os.environ["LABEL_STUDIO_API_KEY"] = server.token_file.read_text()
        folder = Path(name)
        (folder / "corpus").mkdir()
        write_corpus(folder / "corpus", options.articles)
        push, bare = (measure(step, folder, server.pid) for step in ("push", "import"))
        accept("ours")
        accept("sdk")
        pull, export = (measure(step, folder, server.pid) for step in ("pull", "export"))
    for what in ("seconds", "cpu", "server"):
        ours, theirs = push[what] + pull[what], bare[what] + export[what]
        print(f"{what:8} ours {ours:7.1f}  the SDK's {theirs:7.1f}")
    ours, theirs = (
        sum(one[what] for one in pair for what in ("cpu", "server"))
        for pair in ((push, pull), (bare, export))
    )
    print(f"{options.articles} articles in {push['seconds'] + pull['seconds']:.0f} s")
    print(f"ratio {ours / theirs:.2f}")


if __name__ == "__main__":
    main()
