"""Reading with limits, and writing so that a reader sees the old file or the new one, whole."""

import fcntl
import glob
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, Any, BinaryIO, Final

import msgspec
import orjson

from onrecord.issues import InputError, Issue, MisuseError

_FIRST: Final = frozenset({"id", "article_id"})
"""Fields that come first in a file, for the reader of a diff."""

_PLAIN: Final = frozenset({str, int, bool, type(None)})

MAX_BYTES: Final = 16 * 2**20
"""The longest file or JSONL line that is read as one record; real articles stay far below."""


def read_bytes(path: Path, file: str, limit: int = MAX_BYTES) -> bytes:
    """The bytes of `path`, called `file` in findings.

    Raises `InputError` if it cannot be read or is longer than `limit`.
    """
    with opened(path, file) as stream:
        # Room for `limit` bytes costs more than reading a small file.
        size = os.fstat(stream.fileno()).st_size
        raw = stream.read(min(size, limit) + 1) if size else stream.read(limit + 1)
    if len(raw) > limit:
        raise InputError(too_long(file, limit))
    return raw


@contextmanager
def opened(path: Path, file: str) -> Iterator[BinaryIO]:
    """A file to read from, called `file` in findings; never one that waits for a writer.

    Raises `InputError` if it cannot be read or is no regular file.
    """
    try:
        with open(path, "rb", opener=_without_waiting) as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise InputError(unreadable(file, "is no regular file"))
            yield stream
    except OSError as error:
        raise InputError(unreadable(file, f"cannot be read: {error.strerror or error}")) from None


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def read_text(path: Path, file: str) -> str:
    """The text in `path`, called `file` in findings.

    Raises `InputError` if it cannot be read or is not UTF-8.
    """
    return decoded(read_bytes(path, file), file)


def decoded(raw: bytes, file: str) -> str:
    """The text of a file called `file` in findings; raises `InputError` if it is not UTF-8."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            Issue(
                file=file,
                pointer="",
                code="file-encoding",
                message=f"byte {error.start} is not UTF-8 (0x{raw[error.start]:02x})",
                hint="save the file as UTF-8",
            )
        ) from None


def unreadable(
    file: str, message: str, hint: str = "check that it exists and that you may read it"
) -> Issue:
    """The finding for a file or folder that cannot be read."""
    return Issue(file=file, pointer="", code="file-unreadable", message=message, hint=hint)


def too_long(file: str, limit: int) -> Issue:
    """The finding for a file or line over `limit` bytes."""
    return Issue(
        file=file,
        pointer="",
        code="file-size",
        message=f"is longer than {limit // 2**20} MiB",
        hint="one record is one article: split the file",
    )


def list_files(folder: Path, pattern: str, name: str) -> list[Path]:
    """The files of a folder that match, sorted by name; none if there is no such folder.

    The folder is called `name` in findings. Raises `InputError` if it cannot be listed.
    """
    try:
        if not folder.is_dir():
            return []
        next(folder.iterdir(), None)
    except OSError as error:
        message = f"folder cannot be listed: {error.strerror or error}"
        raise InputError(unreadable(name, message)) from None
    return sorted(path for path in folder.glob(pattern) if not path.name.startswith("."))


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file by renaming a finished temporary one onto it."""
    with staged_file(path) as stream:
        stream.write(data)


@contextmanager
def staged_file(path: Path) -> Iterator[IO[bytes]]:
    """A stream whose content takes the place of `path` when the block ends without an error."""
    folder, prefix = path.parent, f".{path.name}."
    try:
        handle, name = tempfile.mkstemp(dir=folder, prefix=prefix)
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=prefix)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            os.fchmod(handle, 0o644)
        os.replace(name, path)  # noqa: PTH105
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def write_json(path: Path, value: object) -> None:
    """Write a record or a list of records, indented, fields at their default left out."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    write_atomic(path, orjson.dumps(compact(value), option=options))


def compact(value: object) -> Any:
    """Plain data for JSON: structs as objects without the fields that stand at their default."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if isinstance(value, msgspec.Struct):
        plain = {}
        for name, default in _fields(type(value)):
            content = getattr(value, name)
            if content is not default and content != default:
                plain[name] = content if type(content) in _PLAIN else compact(content)
        return plain
    if isinstance(value, list | tuple):
        return [compact(item) for item in value]
    if isinstance(value, dict):
        return {key: compact(item) for key, item in value.items()}
    return value


@cache
def _fields(record: type[msgspec.Struct]) -> list[tuple[str, Any]]:
    """The names of a record's fields in the order of a file, with their defaults."""
    fields = sorted(msgspec.structs.fields(record), key=lambda field: field.name not in _FIRST)
    return [(field.name, field.default) for field in fields]


@contextmanager
def staged_folder(target: Path) -> Iterator[Path]:
    """A new folder that takes the place of `target` when the block ends without an error.

    Where `target` is a link, what it leads to is replaced. Killed at any moment, the old folder or
    the new one stands there, or the old one beside it, from where the next call brings it back; of
    several calls at once the last one stands. Raises `MisuseError` if `target` cannot be made.
    """
    place = target.resolve()
    if not place.name:
        raise MisuseError(f"{target}: cannot be replaced; name another folder")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with _locked(place.parent):
            _recover(place)
        prefix = f"{_beside(place, 'new')}.{os.getpid()}."
        stage = Path(tempfile.mkdtemp(dir=place.parent, prefix=prefix))
    except OSError as error:
        raise MisuseError(f"{target}: cannot be written: {error.strerror or error}") from None
    try:
        yield stage
        stage.chmod(0o755)
        with _locked(place.parent):
            _put(stage, place)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise


def _beside(place: Path, what: str) -> str:
    """The name of what stands beside a folder while it is replaced: its old form, or its new."""
    return f".{place.name}.{what}"


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """The only process that renames in a folder, for the moment that it takes.

    Where the file system knows no locks, nobody is kept waiting.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _put(stage: Path, place: Path) -> None:
    """Rename `stage` to `place`; where that fails, what stood there stays."""
    _recover(place)
    aside = place.with_name(_beside(place, "old"))
    try:
        if place.exists():
            place.rename(aside)
        stage.rename(place)
    finally:
        _recover(place)


def _recover(place: Path) -> None:
    """Undo what a killed or failed run left: bring the old folder back, remove unfinished ones."""
    aside = place.with_name(_beside(place, "old"))
    if aside.exists() and not place.exists():
        aside.rename(place)
    shutil.rmtree(aside, ignore_errors=True)
    new = _beside(place, "new")
    for stale in place.parent.glob(f"{glob.escape(new)}.*"):
        maker = stale.name.removeprefix(f"{new}.").split(".")[0]
        if not (maker.isdecimal() and _runs(int(maker))):
            shutil.rmtree(stale, ignore_errors=True)


def _runs(process: int) -> bool:
    """Whether there is such a process: a folder of one that still writes is not stale."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def refuse_overlap(target: Path, source: Path) -> None:
    """Raise `MisuseError` where writing a folder would touch what is read: same, inside, around."""
    one, two = target.resolve(), source.resolve()
    if one == two or one in two.parents or two in one.parents:
        raise MisuseError(f"{target}: overlaps with {source}, which is read; name another folder")
