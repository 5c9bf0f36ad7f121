"""Fetching an archive from an address, checked by its SHA-256 before anybody reads it."""

import hashlib
import http.client
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Final
from urllib.parse import unquote, urlsplit

from onrecord.issues import MisuseError

MAX_BYTES: Final = 4 * 2**30
TIMEOUT: Final = 60.0
"""Seconds without a byte after which a download is given up."""
_CHUNK: Final = 2**20
_FAILED: Final = (
    urllib.error.URLError,
    http.client.HTTPException,
    ConnectionError,
    TimeoutError,
)


@contextmanager
def downloaded(
    url: str, sha256: str, *, max_bytes: int = MAX_BYTES, timeout: float = TIMEOUT
) -> Iterator[Path]:
    """The file at an http or https address, under its own name, gone when the block ends.

    Raises `MisuseError` where it cannot be had, is longer than `max_bytes`, or has another hash.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise MisuseError(f"{url}: not an http or https address")
    name = PurePosixPath(unquote(urlsplit(url).path)).name.strip(".") or "download"
    with tempfile.TemporaryDirectory(prefix="onrecord-") as folder:
        path = Path(folder, name)
        try:
            with urllib.request.urlopen(url, timeout=timeout) as stream, path.open("wb") as out:
                found = _copy(stream, out, url, max_bytes)
        except _FAILED as error:
            raise MisuseError(f"{url}: cannot be fetched: {error}") from None
        if found != sha256.lower():
            raise MisuseError(f"{url}: has SHA-256 {found}, not {sha256}; nothing was read")
        yield path


def _copy(stream: IO[bytes], out: IO[bytes], url: str, max_bytes: int) -> str:
    """Copy everything; its SHA-256."""
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        if out.tell() + len(chunk) > max_bytes:
            raise MisuseError(f"{url}: is longer than {max_bytes:,} bytes")
        digest.update(chunk)
        out.write(chunk)
    return digest.hexdigest()
