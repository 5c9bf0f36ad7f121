"""Reading with limits, and writing so that a reader sees the old file or the new one, whole."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

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
    try:
        with path.open("rb") as stream:
            # Room for `limit` bytes costs more than reading a small file.
            size = os.fstat(stream.fileno()).st_size
            raw = stream.read(min(size, limit) + 1) if size else stream.read(limit + 1)
    except OSError as error:
        raise InputError(
            Issue(
                file=file,
                pointer="",
                code="file-unreadable",
                message=f"cannot be read: {error.strerror or error}",
                hint="check that it exists and that you may read it",
            )
        ) from None
    if len(raw) > limit:
        raise InputError(too_long(file, limit))
    return raw


def read_text(path: Path, file: str) -> str:
    """The text in `path`, called `file` in findings.

    Raises `InputError` if it cannot be read or is not UTF-8.
    """
    raw = read_bytes(path, file)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            Issue(
                file=file,
                pointer="",
                code="file-encoding",
                message=f"byte {error.start} is not UTF-8 (0x{raw[error.start]:02x})",
                hint="convert the file to UTF-8",
            )
        ) from None


def too_long(file: str, limit: int) -> Issue:
    """The finding for a file or line over `limit` bytes."""
    return Issue(
        file=file,
        pointer="",
        code="file-size",
        message=f"is longer than {limit // 2**20} MiB",
        hint="one record is one article: split the file",
    )


def list_files(folder: Path, pattern: str) -> list[Path]:
    """The files of a folder that match, sorted by name; none if there is no such folder.

    Raises `InputError` if the folder cannot be listed.
    """
    if not folder.is_dir():
        return []
    try:
        next(folder.iterdir(), None)
    except OSError as error:
        raise InputError(
            Issue(
                file=folder.name,
                pointer="",
                code="file-unreadable",
                message=f"folder cannot be listed: {error.strerror or error}",
                hint="check that you may read it",
            )
        ) from None
    return sorted(path for path in folder.glob(pattern) if not path.name.startswith("."))


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file by renaming a finished temporary one onto it."""
    folder, prefix = path.parent, f".{path.name}."
    try:
        handle, name = tempfile.mkstemp(dir=folder, prefix=prefix)
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=prefix)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            os.fchmod(handle, 0o644)
        os.replace(name, path)  # noqa: PTH105
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def write_json(path: Path, value: object) -> None:
    """Write what `render_json` gives."""
    write_atomic(path, render_json(value))


def render_json(value: object) -> bytes:
    """A record or a list of records as a file, indented, fields at their default left out."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(compact(value), option=options)


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

    Killed at any moment, the old folder or the new one stands at `target`, or the old one beside
    it, from where the next call brings it back. Raises `MisuseError` if `target` cannot be made.
    """
    aside = target.with_name(f".{target.name}.old")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _recover(target, aside)
        prefix = f".{target.name}.new.{os.getpid()}."
        stage = Path(tempfile.mkdtemp(dir=target.parent, prefix=prefix))
    except OSError as error:
        raise MisuseError(f"{target}: cannot be written: {error.strerror or error}") from None
    try:
        yield stage
        stage.chmod(0o755)
        if target.exists():
            target.rename(aside)
        stage.rename(target)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _recover(target: Path, aside: Path) -> None:
    """Undo what a killed run left: bring the old folder back, remove unfinished ones."""
    if aside.exists() and not target.exists():
        aside.rename(target)
    shutil.rmtree(aside, ignore_errors=True)
    for stale in target.parent.glob(f".{target.name}.new.*"):
        maker = stale.name.removeprefix(f".{target.name}.new.").split(".")[0]
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
