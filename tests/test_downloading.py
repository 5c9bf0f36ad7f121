"""Downloads: checked by hash, bounded, and only after the terms are accepted."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from makers import polnear
from onrecord.cli import app
from onrecord.downloading import downloaded
from onrecord.issues import MisuseError
from test_archives import contents, write_zip

SERVED: dict[str, bytes] = {"/some%20file.bin": b"contents" * 1000}
ASKED: list[str] = []


class Handler(BaseHTTPRequestHandler):
    """Serves what is in SERVED; /cut ends early, /away leads to a file, /slow says nothing."""

    def do_GET(self) -> None:
        ASKED.append(self.path)
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "/some%20file.bin")
            self.end_headers()
            return
        if self.path == "/slow":
            threading.Event().wait(2)
            return
        content = SERVED.get(self.path)
        self.send_response(404 if content is None and self.path != "/cut" else 200)
        self.send_header(
            "Content-Length", "9000" if self.path == "/cut" else str(len(content or b""))
        )
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server on loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        threading.Thread(target=serving.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("path", ["/some%20file.bin", "/away"])
def test_a_file_comes_under_its_name_and_goes_again(server: str, path: str) -> None:
    content = SERVED["/some%20file.bin"]
    with downloaded(server + path, sha256(content).upper()) as found:
        assert found.name == ("away" if path == "/away" else "some file.bin")
        assert found.read_bytes() == content
    assert not found.exists() and not found.parent.exists()


@pytest.mark.parametrize(
    ("path", "hash", "limit", "says"),
    [
        ("/some%20file.bin", "0" * 64, 10**6, "has SHA-256 "),
        ("/some%20file.bin", "", 7999, "longer than 7,999 bytes"),
        ("/nothing", "", 10**6, "404"),
        ("/cut", "", 10**6, "cannot be fetched|has SHA-256"),
        ("/slow", "", 10**6, "cannot be fetched"),
    ],
)
def test_anything_else_is_refused_in_one_line(
    server: str, path: str, hash: str, limit: int, says: str
) -> None:
    with pytest.raises(MisuseError, match=says) as error:
        expected = hash or sha256(SERVED["/some%20file.bin"])
        with downloaded(server + path, expected, max_bytes=limit, timeout=0.5):
            pass
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("url", ["file:///etc/hosts", "ftp://127.0.0.1/x", "nowhere", ""])
def test_only_web_addresses_are_fetched(url: str) -> None:
    with pytest.raises(MisuseError, match="http or https"), downloaded(url, "0" * 64):
        pass


def test_nobody_answers() -> None:
    with (
        pytest.raises(MisuseError, match="cannot be fetched"),
        downloaded("http://127.0.0.1:9/x.zip", "0" * 64, timeout=1),
    ):
        pass


def test_the_terms_are_shown_first_and_must_be_accepted(server: str, tmp_path: Path) -> None:
    source = polnear(tmp_path / "src")
    packed = write_zip(tmp_path / "p.zip", contents(source)).read_bytes()
    SERVED["/p.zip"] = packed
    words = ["convert", "polnear", "--from-url", f"{server}/p.zip", "--out", str(tmp_path / "out")]
    ASKED.clear()
    for options, says in (
        ([], "--sha256"),
        (["--sha256", sha256(packed)], "None are stated; the texts belong to their publishers"),
        (["--sha256", sha256(packed)], "--accept-licence"),
        (["--accept-licence"], "--sha256"),
    ):
        done = CliRunner().invoke(app, [*words, *options])
        assert done.exit_code == 2 and says in done.stderr, done.output
    assert ASKED == [] and not (tmp_path / "out").exists()
    done = CliRunner().invoke(app, [*words, "--sha256", sha256(packed), "--accept-licence"])
    assert ASKED == ["/p.zip"]
    assert done.exit_code == 1, done.output  # of a day that is none
    assert "For private use only" in done.stderr
    assert (tmp_path / "out" / "articles" / "echo-2031-01-02-the-pier.json").is_file()
    changed = CliRunner().invoke(
        app, [*words[:-1], str(tmp_path / "b"), "--sha256", "0" * 64, "--accept-licence"]
    )
    assert changed.exit_code == 2 and not (tmp_path / "b").exists()
