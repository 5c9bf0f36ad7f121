"""Killing a process at every moment at which it changes the file system."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from conftest import ROOT

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
_DRIVER = """
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
    import json

    plain = [str(each) if isinstance(each, Path) else each for each in arguments]
    child = subprocess.Popen(
        [sys.executable, "-c", _DRIVER, module, function, str(folder), json.dumps(plain)],
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
