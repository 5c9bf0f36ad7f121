"""A real Label Studio for tests: servers, accounts, annotations made of predictions, faults."""

import http.client
import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from conftest import ROOT
from killing import ENVIRONMENT
from onrecord.labelstudio.client import Studio
from onrecord.labelstudio.server import Server, start_server, stop_server

PROGRAM = ROOT / ".venv-label-studio" / "bin" / "label-studio"


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A server of one's own in a folder."""
    os.environ.setdefault("ONRECORD_LABEL_STUDIO", str(PROGRAM))
    server = start_server(folder)
    try:
        yield server
    finally:
        stop_server(folder)


def sign_in(server: Server) -> Studio:
    return Studio(server.url, server.token_file.read_text())


def kill(server: Server) -> None:
    """End a server at once, in the middle of whatever it does."""
    os.kill(server.pid, signal.SIGKILL)
    os.waitpid(server.pid, 0)


def invite(server: Server, email: str) -> Studio:
    """Somebody else with an account, signed in."""
    import httpx

    token = server.token_file.read_text()
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        link = client.get("/api/invite", headers={"Authorization": f"Token {token}"})
        address = link.json()["invite_url"]
        client.get(address)
        form = {"email": email, "password": "a-long-password-123"}
        form["csrfmiddlewaretoken"] = client.cookies["csrftoken"]
        done = client.post(address, data=form, headers={"Referer": server.url})
        assert done.status_code == 302, done.text
        return Studio(server.url, client.get("/api/current-user/token").json()["token"])


def accept_suggestions(studio: Studio, project: int, **fields: Any) -> list[int]:
    """Submit the suggestion of every task as it is; returns the ids of the tasks."""
    ids = []
    for task in studio.sdk.tasks.list(project=project, fields="all", page_size=100):
        result = [dict(item) for item in task.predictions[0].result] if task.predictions else []
        studio.sdk.annotations.create(id=task.id, result=result, lead_time=90.0, **fields)
        ids.append(task.id)
    return ids


def run(*words: object, server: Server | None = None, **environment: str) -> Any:
    """`onrecord annotate …` in a process of its own, signed in at a server."""
    signed = {}
    if server:
        signed = {"LABEL_STUDIO_URL": server.url}
        signed["LABEL_STUDIO_API_KEY"] = server.token_file.read_text()
    return subprocess.run(
        [sys.executable, "-m", "onrecord", "annotate", *map(str, words)],
        capture_output=True,
        text=True,
        env=ENVIRONMENT | signed | environment,
    )


@contextmanager
def between(server: Server, fault: Callable[[str, str], str]) -> Iterator[str]:
    """The address of a proxy in front of a server, which can go wrong.

    `fault` gets method and path of a request and says what happens to it: "" for nothing, "lost"
    for an answer that is lost after the server did its work, "500" for one that became an error,
    "refused" for a request that never reaches the server, "twice" for one that is done twice.
    """

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            how = fault(self.command, self.path)
            if how == "refused":
                self.close_connection = True
                return
            try:
                for _ in range(2 if how == "twice" else 1):
                    status, kind, content = self.pass_on(body)
            except OSError:  # the server is gone: so is its answer
                self.close_connection = True
                return
            if how == "lost":
                self.close_connection = True
                return
            self.send_response(500 if how == "500" else status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def pass_on(self, body: bytes) -> tuple[int, str, bytes]:
            headers = {key: value for key, value in self.headers.items() if key != "Host"}
            to = http.client.HTTPConnection("127.0.0.1", server.port)
            try:
                to.request(self.command, self.path, body, headers)
                came = to.getresponse()
                return came.status, came.headers.get("Content-Type", "text/plain"), came.read()
            finally:
                to.close()

        do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815

        def log_message(self, *arguments: Any) -> None:
            pass

    proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{proxy.server_address[1]}"
    finally:
        proxy.shutdown()
        proxy.server_close()


def small_corpus(fenmoor: Path, folder: Path, count: int) -> Path:
    """A corpus of many articles: copies of one with its gold under other ids."""
    corpus = shutil.copytree(fenmoor, folder)
    id = "fenmoor-echo-harbour-toll"
    article, gold = (
        json.loads((corpus / kind / f"{id}.json").read_text()) for kind in ("articles", "gold")
    )
    text = (corpus / "texts" / f"{id}.txt").read_bytes()
    splits = json.loads((corpus / "splits.json").read_text())
    for number in range(count):
        new = f"copy-{number:04}"
        (corpus / "articles" / f"{new}.json").write_text(json.dumps({**article, "id": new}))
        (corpus / "gold" / f"{new}.json").write_text(json.dumps({**gold, "article_id": new}))
        (corpus / "texts" / f"{new}.txt").write_bytes(text)
        splits[new] = splits[id]
    (corpus / "splits.json").write_text(json.dumps(splits))
    return Path(corpus)
