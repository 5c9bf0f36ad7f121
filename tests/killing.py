"""Killing a process: at every moment at which it changes the file system, or at random ones."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from conftest import ROOT

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
_EVERYWHERE = """
import importlib, json, os, signal, sys
from pathlib import Path
module, function, folder, arguments = *sys.argv[1:4], json.loads(sys.argv[4])
call = getattr(importlib.import_module(module), function)
arguments = [Path(each) if isinstance(each, str) else each for each in arguments]
changes = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "tempfile.mkdtemp"}
seen, deadly = 0, 1

def count(event, args):
    global seen
    mine = event in changes or event == "open" and args[1] not in ("r", "rb", None)
    if mine and folder in str(args[0]):
        seen += 1
        if seen == deadly:
            os.kill(os.getpid(), signal.SIGKILL)

while True:
    child = os.fork()
    if child == 0:
        sys.addaudithook(count)
        call(*arguments)
        os._exit(0)
    if os.waitpid(child, 0)[1] == 0:
        break
    print("killed", deadly, flush=True)
    sys.stdin.readline()
    deadly += 1
print("done", flush=True)
"""


def killed_everywhere(
    module: str, function: str, folder: Path, *arguments: object
) -> Iterator[int]:
    """Call a function again and again, each time killed one change under `folder` later.

    Yields after every kill; at last the call is let through. Strings among the arguments are paths.
    """
    plain = [str(each) if isinstance(each, Path) else each for each in arguments]
    child = subprocess.Popen(
        [sys.executable, "-c", _EVERYWHERE, module, function, str(folder), json.dumps(plain)],
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdin and child.stdout
    for line in child.stdout:
        if line.startswith("done"):
            break
        yield int(line.split()[1])
        child.stdin.write("\n")
        child.stdin.flush()
    assert child.wait() == 0


_RANDOMLY = """
import importlib, json, os, signal, sys, time
from contextlib import suppress
from pathlib import Path
module, function, folder = sys.argv[1:]
call = getattr(importlib.import_module(module), function)
changes = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "tempfile.mkdtemp", "tempfile.mkstemp"}

def convert(value):
    if isinstance(value, dict) and list(value) == ["path"]:
        return Path(value["path"])
    return [convert(each) for each in value] if isinstance(value, list) else value

def work(arguments, begun):
    def tell(event, args):
        nonlocal begun
        if begun is not None and event in changes and folder in str(args[0]):
            os.write(begun, b"!")
            begun = None
    sys.addaudithook(tell)
    made = call(*convert(arguments))
    if hasattr(made, "__next__"):
        list(made)
    return list(sys.modules)

for line in sys.stdin:
    arguments, delay = json.loads(line)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        modules = work(arguments, writing)
        if delay is None:
            os.write(writing, json.dumps(modules).encode())
        os._exit(0)
    os.close(writing)
    first = os.read(reading, 1).decode()
    start = time.monotonic()
    if delay is not None:
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
    with open(reading) as rest:
        modules = json.loads((first + rest.read()).lstrip("!") or "[]")
    status, seconds = os.waitpid(child, 0)[1], time.monotonic() - start
    for name in modules:
        with suppress(Exception):
            importlib.import_module(name)
    print(json.dumps([status, seconds]), flush=True)
"""


class Victim:
    """A function of ours that is called in processes of its own, which may be killed.

    The processes are forked from one that has imported all that an earlier one needed. Time counts
    from the first change under `folder` to the file system: before it there is nothing to break.
    An iterator that the function returns is used up.
    """

    def __init__(self, module: str, function: str, folder: Path) -> None:
        self._driver = subprocess.Popen(
            [sys.executable, "-c", _RANDOMLY, module, function, str(folder)],
            env=ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._driver.stdin and self._driver.stdout
        self._driver.stdin.close()
        self._driver.wait()
        self._driver.stdout.close()

    def call(self, *arguments: object) -> float:
        """Let it finish, which it must do; seconds from the first change to the end."""
        status, seconds = self._run(arguments, None)
        assert status == 0, status
        return seconds

    def kill(self, delay: float, *arguments: object) -> bool:
        """Kill it so many seconds after the first change; whether it was still running."""
        status, _ = self._run(arguments, delay)
        assert status in (0, signal.SIGKILL), status
        return status != 0

    def _run(self, arguments: tuple[object, ...], delay: float | None) -> tuple[int, float]:
        assert self._driver.stdin and self._driver.stdout
        words = json.dumps([arguments, delay], default=lambda path: {"path": str(path)})
        self._driver.stdin.write(f"{words}\n")
        self._driver.stdin.flush()
        status, seconds = json.loads(self._driver.stdout.readline())
        return status, seconds
