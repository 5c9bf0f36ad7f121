"""A Hugging Face Hub on loopback: the endpoints that huggingface_hub 2.4 and datasets call.

Repositories are lists of commits, large files go through plain Git LFS (a client with
HF_HUB_DISABLE_XET=1), and every request is kept. `hub.next` queues what happens to the next request
that matches: a call, a status or a cut connection, before or after the request is carried out.
"""

import base64
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

PAGE = 7
"""Entries of a tree listing's page."""


class Blob(NamedTuple):
    data: bytes
    large: bool

    @property
    def git_sha1(self) -> str:
        data = self.data
        if self.large:
            data = f"oid sha256:{self.sha256}\nsize {len(data)}\n".encode()
        return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


class Commit(NamedTuple):
    oid: str
    tree: dict[str, Blob]


class Repository:
    def __init__(self) -> None:
        self.commits: list[Commit] = []
        self.tags: dict[str, str] = {}
        self.messages: dict[str, str] = {}
        self.commit({".gitattributes": Blob(b"*.parquet filter=lfs\n", False)})

    def commit(self, tree: dict[str, Blob]) -> str:
        seed = json.dumps([len(self.commits), {path: b.git_sha1 for path, b in tree.items()}])
        self.commits.append(Commit(hashlib.sha1(seed.encode()).hexdigest(), tree))
        return self.commits[-1].oid

    @property
    def head(self) -> Commit:
        return self.commits[-1]

    def at(self, revision: str) -> Commit | None:
        wanted = self.tags.get(revision, revision)
        if wanted in ("main", "refs/heads/main"):
            return self.head
        return next((commit for commit in self.commits if commit.oid == wanted), None)


class Fault(NamedTuple):
    """What happens to the next request whose method and path match."""

    match: re.Pattern[str]
    status: int | None
    cut: bool
    late: bool
    call: Callable[[], None] | None
    body: bytes

    @property
    def breaks(self) -> bool:
        return self.cut or self.status is not None


class Request(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Hub:
    """The state of the server; `token` is the only one that may write."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.endpoint = ""
        self.repositories: dict[str, Repository] = {}
        self.store: dict[str, bytes] = {}
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self.lock = threading.RLock()

    def next(
        self,
        match: str,
        *,
        status: int | None = None,
        cut: bool = False,
        late: bool = False,
        call: Callable[[], None] | None = None,
        times: int = 1,
        body: bytes = b'{"error":"broken"}',
    ) -> None:
        """`call` something, then answer with `status` or cut the connection.

        `late`: but carry the request out.
        """
        self.faults += [Fault(re.compile(match), status, cut, late, call, body)] * times

    def fault(self, method: str, path: str) -> Fault | None:
        with self.lock:
            for number, fault in enumerate(self.faults):
                if fault.match.search(f"{method} {path}"):
                    return self.faults.pop(number)
        return None

    def count(self, match: str) -> int:
        return sum(bool(re.search(match, f"{r.method} {r.path}")) for r in self.requests)


class Answer(Exception):  # noqa: N818, also of what went well
    def __init__(self, status: int, body: Any = None, headers: dict[str, str] | None = None):
        self.status, self.body, self.headers = status, body, headers or {}


ROUTES: list[tuple[str, re.Pattern[str], str]] = []


def route(methods: str, pattern: str) -> Callable[[Any], Any]:
    def keep(function: Any) -> Any:
        ROUTES.append((methods, re.compile(pattern), function.__name__))
        return function

    return keep


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def log_message(self, *_: Any) -> None:
        pass

    def handle_any(self) -> None:
        path = unquote(urlsplit(self.path).path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = self._chunks()
        with self.hub.lock:
            self.hub.requests.append(Request(self.command, self.path, dict(self.headers), body))
        fault = self.hub.fault(self.command, path)
        if fault and fault.call:
            fault.call()
        unheard = fault and fault.breaks and not fault.late
        answer = None if unheard else self._answer(path, body)
        if fault and fault.breaks:
            self._break(fault)
        elif answer:
            self._send(answer)

    do_GET = do_HEAD = do_POST = do_PUT = handle_any  # noqa: N815

    def _chunks(self) -> bytes:
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _break(self, fault: Fault) -> None:
        if fault.cut:
            self.close_connection = True
            self.connection.close()
            return
        self._send(Answer(fault.status, fault.body))

    def _answer(self, path: str, body: bytes) -> Answer:
        for methods, pattern, name in ROUTES:
            match = pattern.fullmatch(path)
            if match and self.command in methods.split():
                try:
                    with self.hub.lock:
                        return Answer(200, getattr(self, name)(body, **match.groupdict()))
                except Answer as answer:
                    return answer
        return Answer(404, {"error": f"no such endpoint: {self.command} {path}"})

    def _send(self, answer: Answer) -> None:
        data = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _query(self, name: str) -> str | None:
        return parse_qs(urlsplit(self.path).query).get(name, [None])[0]

    def _writer(self) -> None:
        given = self.headers.get("Authorization")
        if given != f"Bearer {self.hub.token}":
            # A careless server that says what it was given.
            raise Answer(401, {"error": f"Invalid credentials: {given}"})

    def _repository(self, id: str) -> Repository:
        if id not in self.hub.repositories:
            raise Answer(404, {"error": "not found"}, {"X-Error-Code": "RepoNotFound"})
        return self.hub.repositories[id]

    def _commit(self, id: str, revision: str) -> Commit:
        commit = self._repository(id).at(revision)
        if commit is None:
            raise Answer(404, {"error": "no revision"}, {"X-Error-Code": "RevisionNotFound"})
        return commit

    @route("POST", "/api/repos/create")
    def create(self, body: bytes) -> Any:
        self._writer()
        wanted = json.loads(body)
        id = f"{wanted['organization']}/{wanted['name']}"
        assert wanted["type"] == "dataset"
        if id in self.hub.repositories:
            raise Answer(409, {"error": "exists", "url": f"{self.hub.endpoint}/datasets/{id}"})
        self.hub.repositories[id] = Repository()
        return {"url": f"{self.hub.endpoint}/datasets/{id}", "name": id}

    @route("POST", "/api/validate-yaml")
    def validate(self, body: bytes) -> Any:
        wrong = "license: nonsense" in json.loads(body)["content"]
        if wrong:
            raise Answer(400, {"errors": [{"message": '"license" must be one of the list'}]})
        return {"errors": [], "warnings": []}

    @route("GET", "/api/datasets/(?P<id>[^/]+/[^/]+)/refs")
    def refs(self, _: bytes, id: str) -> Any:
        repository = self._repository(id)
        main = {"name": "main", "ref": "refs/heads/main", "targetCommit": repository.head.oid}
        tags = [
            {"name": name, "ref": f"refs/tags/{name}", "targetCommit": oid}
            for name, oid in repository.tags.items()
        ]
        return {"branches": [main], "tags": tags, "converts": []}

    @route("GET", "/api/datasets/(?P<id>[^/]+/[^/]+)(/revision/(?P<revision>.+))?")
    def info(self, _: bytes, id: str, revision: str | None) -> Any:
        commit = self._commit(id, revision or "main")
        siblings = [{"rfilename": path} for path in commit.tree]
        return {"id": id, "sha": commit.oid, "siblings": siblings, "private": False, "tags": []}

    @route("GET", "/api/datasets/(?P<id>[^/]+/[^/]+)/tree/(?P<revision>[^/]+)(/(?P<folder>.+))?")
    def tree(self, _: bytes, id: str, revision: str, folder: str | None) -> Any:
        tree = self._commit(id, revision).tree
        prefix = f"{folder}/" if folder else ""
        entries: dict[str, Any] = {}
        for path, blob in sorted(tree.items()):
            if not path.startswith(prefix):
                continue
            first, slash, _rest = path.removeprefix(prefix).partition("/")
            if slash and (self._query("recursive") or "").lower() != "true":
                entries[prefix + first] = {"type": "directory", "path": prefix + first, "oid": "0"}
            else:
                entries[path] = _entry(path, blob)
        if folder and not entries:
            raise Answer(404, {"error": "no entry"}, {"X-Error-Code": "EntryNotFound"})
        start = int(self._query("cursor") or 0)
        page = list(entries.values())[start : start + PAGE]
        more = {}
        if start + PAGE < len(entries):
            bare = re.sub(r"&cursor=\d+", "", self.path)
            more["Link"] = f'<{self.hub.endpoint}{bare}&cursor={start + PAGE}>; rel="next"'
        raise Answer(200, page, more)

    @route("POST", "/api/datasets/(?P<id>[^/]+/[^/]+)/paths-info/(?P<revision>.+)")
    def paths(self, body: bytes, id: str, revision: str) -> Any:
        tree = self._commit(id, revision).tree
        wanted = parse_qs(body.decode()).get("paths", [])
        return [_entry(path, tree[path]) for path in wanted if path in tree]

    @route("POST", "/api/datasets/(?P<id>[^/]+/[^/]+)/preupload/(?P<revision>.+)")
    def preupload(self, body: bytes, id: str, revision: str) -> Any:
        self._writer()
        tree = self._commit(id, revision).tree
        files = []
        for file in json.loads(body)["files"]:
            there = tree.get(file["path"])
            large = file["path"].endswith(".parquet")
            oid = there and (there.sha256 if large else there.git_sha1)
            mode = {"uploadMode": "lfs" if large else "regular", "shouldIgnore": False}
            files.append({"path": file["path"], "oid": oid, **mode})
        return {"files": files}

    @route("POST", r"/datasets/(?P<id>[^/]+/[^/]+)\.git/info/lfs/objects/batch")
    def batch(self, body: bytes, id: str) -> Any:
        self._writer()
        self._repository(id)
        objects = []
        for item in json.loads(body)["objects"]:
            href = f"{self.hub.endpoint}/store/{item['oid']}?Signature=signed"
            new = item["oid"] not in self.hub.store
            objects.append({**item, **({"actions": {"upload": {"href": href}}} if new else {})})
        return {"transfer": "basic", "objects": objects}

    @route("PUT", "/store/(?P<oid>[0-9a-f]{64})")
    def store(self, body: bytes, oid: str) -> Any:
        if hashlib.sha256(body).hexdigest() != oid:
            raise Answer(400, {"error": "other content"})
        self.hub.store[oid] = body
        return {}

    @route("POST", "/api/datasets/(?P<id>[^/]+/[^/]+)/commit/main")
    def commit(self, body: bytes, id: str) -> Any:
        self._writer()
        repository = self._repository(id)
        lines = [json.loads(line) for line in body.splitlines()]
        parent = lines[0]["value"].get("parentCommit")
        if parent not in (None, repository.head.oid):
            raise Answer(412, {"error": "A commit has happened since. Please refresh."})
        tree = dict(repository.head.tree)
        for line in lines[1:]:
            value = line["value"]
            if line["key"] == "deletedFile":
                del tree[value["path"]]
            elif line["key"] == "file":
                tree[value["path"]] = Blob(base64.b64decode(value["content"]), False)
            else:
                assert line["key"] == "lfsFile"
                tree[value["path"]] = Blob(self.hub.store[value["oid"]], True)
        oid = repository.commit(tree)
        return {"commitOid": oid, "commitUrl": f"{self.hub.endpoint}/datasets/{id}/commit/{oid}"}

    @route("POST", "/api/datasets/(?P<id>[^/]+/[^/]+)/tag/(?P<revision>.+)")
    def tag(self, body: bytes, id: str, revision: str) -> Any:
        self._writer()
        wanted = json.loads(body)
        repository = self._repository(id)
        if wanted["tag"] in repository.tags:
            raise Answer(409, {"error": "tag exists"})
        repository.tags[wanted["tag"]] = self._commit(id, revision).oid
        repository.messages[wanted["tag"]] = wanted["message"]
        return {}

    @route("GET HEAD", "/datasets/(?P<id>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<path>.+)")
    def resolve(self, _: bytes, id: str, revision: str, path: str) -> Any:
        commit = self._commit(id, revision)
        if path not in commit.tree:
            raise Answer(404, {"error": "no file"}, {"X-Error-Code": "EntryNotFound"})
        blob = commit.tree[path]
        etag = blob.sha256 if blob.large else blob.git_sha1
        headers = {"ETag": f'"{etag}"', "X-Repo-Commit": commit.oid, "Accept-Ranges": "bytes"}
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        if not asked:
            raise Answer(200, blob.data, headers)
        start, end = int(asked[1]), int(asked[2] or len(blob.data) - 1)
        headers["Content-Range"] = f"bytes {start}-{end}/{len(blob.data)}"
        raise Answer(206, blob.data[start : end + 1], headers)


def _entry(path: str, blob: Blob) -> dict[str, Any]:
    size = len(blob.data)
    lfs = {"lfs": {"oid": blob.sha256, "size": size, "pointerSize": 130}} if blob.large else {}
    return {"type": "file", "path": path, "size": size, "oid": blob.git_sha1, **lfs}


@contextmanager
def serve(token: str) -> Iterator[Hub]:
    """A Hub that answers until the block ends."""
    hub = Hub(token)
    handler = type("BoundHandler", (Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    hub.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
