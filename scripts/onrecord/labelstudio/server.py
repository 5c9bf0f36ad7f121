"""A Label Studio on this machine, for one person: found, prepared, started and stopped.

It listens on 127.0.0.1 alone and calls nobody. All that it is stands in one folder, readable by its
owner only: database, log, account, token. The program is not installed from here.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from onrecord.files import write_atomic
from onrecord.issues import MisuseError

VERSION: Final = "1.23.2"
"""The version whose formats are read and written."""
_VENV: Final = ".venv-label-studio"
_EMAIL: Final = "annotator@localhost.localdomain"
_PORT: Final = 8080
_SECONDS: Final = 120


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """A server that was started: where it is, and who may sign in."""

    url: str
    email: str
    pid: int
    port: int
    folder: str

    @property
    def password_file(self) -> Path:
        """Where the password of the account stands."""
        return Path(self.folder, "password")

    @property
    def token_file(self) -> Path:
        """Where the token of the account stands."""
        return Path(self.folder, "token")


def default_folder() -> Path:
    """Where the server of this user is kept."""
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "onrecord" / "label-studio"


def find_program() -> Path:
    """The `label-studio` command; raises `MisuseError` that says how to install it.

    ONRECORD_LABEL_STUDIO names it; else it is in `.venv-label-studio` here or on the PATH.
    """
    named = os.environ.get("ONRECORD_LABEL_STUDIO")
    here = Path(_VENV, "bin", "label-studio")
    on_path = shutil.which("label-studio")
    for candidate in [Path(named)] if named else [here, *([Path(on_path)] if on_path else [])]:
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return candidate.absolute()
    lacking = f"{named} is no program" if named else "Label Studio is not installed"
    raise MisuseError(
        f"{lacking}; install it with: python3 -m venv {_VENV} &&"
        f" {_VENV}/bin/pip install label-studio=={VERSION} (in a checkout: make label-studio)"
    )


def start_server(folder: Path, say: Callable[[str], object] = str) -> Server:
    """Start the server of a folder, or return the one that runs already.

    The first start makes account and token. `say` hears of steps that take long. Raises
    `MisuseError` where the program is missing or does not start.
    """
    folder = folder.absolute()
    server = running_server(folder)
    for port in (_PORT, 0):  # while it starts, somebody else may take the first
        server = server or _launched(folder, port, say)
        if _ready(server):
            return server
        stop_server(folder)
        server = None
    raise MisuseError(f"Label Studio did not start; its log is {folder / 'server.log'}")


def _ready(server: Server) -> bool:
    """Wait until a server answers; False if it ends, or somebody else has its port."""
    for _ in range(_SECONDS * 5):
        status = _status(server)
        if status == 200:
            return True
        if status == 401 or not _runs(server):
            return False
        time.sleep(0.2)
    return False


def _launched(folder: Path, wanted: int, say: Callable[[str], object]) -> Server:
    """The server of a folder, its process just begun, at the wanted port if that is free."""
    program = find_program()
    template = prepare_database(program, say)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / "label_studio.sqlite3").exists():
        _copy(template, folder / "label_studio.sqlite3")
    port = free_port(wanted)
    account = {
        "LABEL_STUDIO_USERNAME": _EMAIL,
        "LABEL_STUDIO_PASSWORD": _secret(folder / "password"),
        "LABEL_STUDIO_USER_TOKEN": _secret(folder / "token"),
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
    }
    command = [str(program), "start", "--no-browser", "--internal-host", "127.0.0.1"]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port), "--log-level", "WARNING"],
            cwd=folder,
            env=_environment(folder) | account,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    server = Server(url=url, email=_EMAIL, pid=process.pid, port=port, folder=str(folder))
    write_atomic(folder / "server.json", msgspec.json.encode(server))
    return server


def running_server(folder: Path) -> Server | None:
    """The server of a folder, if it runs."""
    try:
        server = msgspec.json.decode((folder / "server.json").read_bytes(), type=Server)
    except (OSError, msgspec.DecodeError):
        return None
    return server if _runs(server) else None


def stop_server(folder: Path) -> bool:
    """End the server of a folder, by its own process id; False if none runs."""
    server = running_server(folder)
    if server is None:
        return False
    os.kill(server.pid, signal.SIGTERM)
    _wait_until_gone(server)
    (folder / "server.json").unlink(missing_ok=True)
    return True


def prepare_database(program: Path, say: Callable[[str], object] = str) -> Path:
    """An empty database with all migrations, made once for a program and kept beside it.

    A server that starts with a copy is up in seconds instead of a minute.
    """
    template = program.parent.parent / f"onrecord-empty-{VERSION}.sqlite3"
    if template.exists():
        return template
    say("preparing the database, once: about a minute")
    python, manage = program.parent / "python", _manage(program)
    stage = template.with_name(f".{template.name}.{os.getpid()}")
    stage.mkdir(exist_ok=True)
    try:
        made = stage / "label_studio.sqlite3"
        done = subprocess.run(
            [str(python), str(manage), "migrate", "--no-color", "-v", "0"],
            cwd=stage,
            env=_environment(stage),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0 or not made.exists():
            last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no message"]
            raise MisuseError(f"{program}: cannot prepare its database: {last[0]}")
        made.replace(template)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return template


def _manage(program: Path) -> Path:
    """The management command of the installation that a program belongs to."""
    found = sorted(program.parent.parent.glob("lib/python3*/site-packages/label_studio/manage.py"))
    if not found:
        raise MisuseError(f"{program}: not in a virtual environment with Label Studio")
    return found[-1]


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of the caller's but the PATH: every setting may be overridden from outside."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "SECRET_KEY": _secret(folder / "secret_key"),
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
        "LABEL_STUDIO_DJANGO_DB": "sqlite",
        "LABEL_STUDIO_DATABASE_NAME": str(folder / "label_studio.sqlite3"),
        "LABEL_STUDIO_COLLECT_ANALYTICS": "false",
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "SENTRY_RATE": "0",
        "FEATURE_FLAGS_OFFLINE": "true",
        # Others on this machine need an invitation.
        "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
    }


def _secret(path: Path) -> str:
    """The secret in a file that only its owner may read; made where there is none."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_hex(20))
    return path.read_text("ascii").strip()


def _copy(template: Path, database: Path) -> None:
    """Copy so that a database stands there whole or not at all."""
    part = database.with_name(f".{database.name}.part")
    shutil.copyfile(template, part)
    part.chmod(0o600)
    part.replace(database)


def free_port(wanted: int) -> int:
    """The wanted port, or any other where that is taken: a server would silently take the next."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            # As the server binds it: connections that a stopped one had are no hindrance.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise MisuseError("no free port on 127.0.0.1")


def _status(server: Server) -> int | None:
    """With what status the server of a folder takes its token; None without an answer."""
    token = server.token_file.read_text("ascii").strip()
    request = urllib.request.Request(
        f"{server.url}/api/current-user/whoami", headers={"Authorization": f"Token {token}"}
    )
    directly = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with directly.open(request, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def _wait_until_gone(server: Server) -> None:
    """Wait until the process is no more: its port is free a moment after its name is gone."""
    for _ in range(_SECONDS * 10):
        _reap(server.pid)
        if _shown(server.pid, "stat")[:1] in ("", "Z"):
            return
        time.sleep(0.1)
    raise MisuseError(f"process {server.pid} of Label Studio does not end")


def _reap(pid: int) -> None:
    """Take note of the end of a process of ours, which exists until somebody does."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def _runs(server: Server) -> bool:
    """Whether the process is there and is that server; a process id may be used again."""
    _reap(server.pid)
    words = _shown(server.pid, "args")
    return "label-studio" in words and f"--port {server.port}" in words


def _shown(pid: int, what: str) -> str:
    """What `ps` says of a process; nothing where there is none."""
    command = ["ps", "-ww", "-p", str(pid), "-o", f"{what}="]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
