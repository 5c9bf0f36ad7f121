"""Pages in a Web archive (WARC 0.17 to 1.1, plain or gzip), with bounds on what it unpacks to."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any, Final

from onrecord.files import MAX_BYTES, too_long
from onrecord.ingestion.drafts import PassedOver, Raw
from onrecord.ingestion.facts import address_of
from onrecord.ingestion.findings import finding, refusal
from onrecord.ingestion.inputs import SourceFile
from onrecord.issues import Issue

MAX_RATIO: Final = 200
"""How many times its size an archive may unpack to; pages reach about ten."""

_FREE: Final = 64 * 2**20
_MAX_HEADERS: Final = 2**20
_CHUNK: Final = 2**16
_PAGE_TYPES: Final = ("text/html", "application/xhtml+xml")
_UNPACKED: Final = (None, "identity", "gzip", "deflate")


class _BoundsError(Exception):
    """More comes out of an archive than an honest one holds."""


def read_warc(source: SourceFile) -> Iterator[Raw | PassedOver | Issue]:
    """The pages (HTTP status 200, HTML) of an archive, named by their place: `crawl.warc.gz:12`.

    What else was fetched is passed over. Raises `ImportError` without warcio, `InputError` where
    the archive cannot be read on.
    """
    from warcio.archiveiterator import ArchiveIterator

    number = 0
    try:
        with _open(source.path) as stream:
            bounded = _Bounded(stream, source.path.stat().st_size)
            records = ArchiveIterator(bounded)
            while (record := _next(records, bounded)) is not None:
                number += 1
                found = _fetched(record, f"{source.name}:{number}")
                _read_out(record)
                if found is not None:
                    yield found
    except _archive_errors() as error:
        message = f"cannot be read on after record {number}: {str(error).strip()[:200]}"
        hint = "fetch or write it again; the records before were read"
        raise refusal(source.name, "source-broken", message, hint) from None


def _open(path: Path) -> Any:
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    return gzip.open(path) if packed else path.open("rb")


def _archive_errors() -> tuple[type[Exception], ...]:
    """What reading a bad archive raises: our bounds, gzip, and warcio with its header parser."""
    from warcio.exceptions import ArchiveLoadFailed
    from warcio.statusandheaders import StatusAndHeadersParserException

    packing = (OSError, EOFError, ValueError, zlib.error)
    return _BoundsError, *packing, ArchiveLoadFailed, StatusAndHeadersParserException


def _next(records: Any, bounded: "_Bounded") -> Any:
    """The next record, or None at the end; warcio reports on stderr what we report ourselves."""
    bounded.allow(_MAX_HEADERS)
    faults = records.err_count
    with redirect_stderr(io.StringIO()):
        try:
            record = next(records, None)
        except (AttributeError, LookupError, TypeError) as error:
            raise ValueError(f"its headers are broken ({error})") from None
    if records.err_count > faults:
        raise ValueError("the length of a record is wrong")
    bounded.allow(None)
    return record


def _read_out(record: Any) -> None:
    """Read a record to its end; raises `EOFError` if the archive ends before."""
    while record.raw_stream.read(_CHUNK):
        pass
    if getattr(record.raw_stream, "limit", 0) > 0:
        raise EOFError("the record is cut off")


def _fetched(record: Any, place: str) -> Raw | PassedOver | Issue | None:
    """What became of a fetched page or file; None for what an archive says about itself."""
    if record.rec_type not in ("response", "resource"):
        return None
    return _page(record, place) if _is_page(record) else PassedOver(place)


def _is_page(record: Any) -> bool:
    headers = record.http_headers
    if headers is None:
        kind = record.rec_headers.get_header("Content-Type")
    else:
        kind = headers.get_header("Content-Type") if headers.get_statuscode() == "200" else None
    return (kind or "").split(";")[0].strip().lower() in _PAGE_TYPES


def _page(record: Any, place: str) -> Raw | Issue:
    headers = record.http_headers or record.rec_headers
    packing = headers.get_header("Content-Encoding") if record.http_headers else None
    if packing not in _UNPACKED:
        message = f"is packed as {packing[:40]}, which is not unpacked"
        return finding(place, "source-broken", message, "ask the server for gzip")
    data = record.content_stream().read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        return too_long(place, MAX_BYTES)
    _, _, charset = (headers.get_header("Content-Type") or "").lower().partition("charset=")
    address = address_of(record.rec_headers.get_header("WARC-Target-URI"))
    return Raw(place, "page", data, address, charset.split(";")[0] or None)


class _Bounded:
    """A stream that raises `_BoundsError` where more is read than is allowed."""

    def __init__(self, stream: Any, size: int) -> None:
        self._stream = stream
        self._left = _FREE + MAX_RATIO * size
        self._headers: int | None = None

    def allow(self, headers: int | None) -> None:
        """From now on no more than this, or as much as the size of the archive allows."""
        self._headers = headers

    def read(self, size: int = _CHUNK) -> bytes:
        data: bytes = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise _BoundsError(f"it unpacks to more than {MAX_RATIO} times its size")
        if self._headers is not None:
            self._headers -= len(data)
            if self._headers < 0:
                raise _BoundsError("a record without an end to its headers")
        return data
