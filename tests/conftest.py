"""Fixtures: where private data is, and the corpora and datasets that tests read."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
CASES = Path(__file__).parent / "cases"
NOBODY = 65534


def as_nobody(call: Callable[[], Any]) -> Any:
    """What `call` returns (plain data) in a process without root's right to read everything.

    Whatever it imports must have been imported before: nobody may read it afterwards.
    """
    if os.geteuid() != 0:
        return call()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            result = call()
        except BaseException as error:
            result = repr(error)
        os.write(writing, json.dumps(result).encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as stream:
        return json.loads(stream.read())


NOT_HERE = "not here: "
"""How the reason of a skip begins that no CI can help: private data, rights of the machine."""
_skipped: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember what was skipped and could have run."""
    if report.skipped and NOT_HERE not in str(report.longrepr):
        _skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skip of what can run there is a failure."""
    if os.environ.get("CI") and _skipped and not hasattr(session.config, "workerinput"):
        print("\nskipped in CI:", *_skipped, sep="\n  ")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True, scope="session")
def offline(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test reaches the Hub or another run's cache."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HOME"] = str(tmp_path_factory.mktemp("hf"))


@pytest.fixture(scope="session")
def external() -> Path:
    """The folder of private data; the test is skipped where there is none."""
    folder = Path(os.environ.get("ONRECORD_EXTERNAL", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"{NOT_HERE}private data (ONRECORD_EXTERNAL={folder})")
    return folder


@pytest.fixture
def fenmoor(tmp_path: Path) -> Path:
    """A small valid corpus that the test may change."""
    return shutil.copytree(CASES / "valid" / "fenmoor", tmp_path / "fenmoor")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for 64 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip(f"{NOT_HERE}the right to mount a small file system")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus of this repository, built."""
    from onrecord.building import build

    folder, _ = build(ROOT / "corpus", tmp_path_factory.mktemp("dist") / "onrecord")
    return folder
