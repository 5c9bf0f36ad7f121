"""Folders and archives of other people's data: unpacked nowhere but in a folder of their own.

A member is a plain file with a relative name that leads nowhere else; links, devices and names
that occur twice are refused, and so is an archive that grows beyond a limit while it is unpacked.
"""

import lzma
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Final

from onrecord.issues import InputError, Issue, MisuseError

MAX_BYTES: Final = 8 * 2**30
"""What an archive may hold unpacked."""
MAX_FILES: Final = 200_000
_SUFFIXES: Final = (
    ".zip",
    ".tar",
    *(f"{start}{end}" for start in (".tar.", ".t") for end in ("gz", "bz2", "xz")),
)
_CHUNK: Final = 2**20
_BROKEN: Final = (
    tarfile.TarError,
    zipfile.BadZipFile,
    lzma.LZMAError,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
)
"""What the libraries raise for a broken archive (`RuntimeError`: an encrypted one)."""


@contextmanager
def unpacked(path: Path, max_bytes: int = MAX_BYTES) -> Iterator[Path]:
    """The folder or file at `path`, or what the archive there (zip, tar of any kind) holds.

    An archive is unpacked into a temporary folder that is gone when the block ends. Raises
    `MisuseError` where there is nothing, `InputError` for an archive that is broken or unsafe.
    """
    if not path.exists():
        raise MisuseError(f"{path}: no such file or folder")
    if path.is_dir() or not path.name.endswith(_SUFFIXES):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="onrecord-") as name:
        _unpack(path, Path(name), max_bytes)
        yield Path(name)


def inside(name: str) -> PurePosixPath:
    """`name` as a path that stays inside its folder; raises `ValueError` for any other."""
    path = PurePosixPath(name)
    if not path.parts or path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name:
        raise ValueError(f"{name!r} is not the name of a file inside a folder")
    return path


def _unpack(archive: Path, folder: Path, max_bytes: int) -> None:
    left = max_bytes
    try:
        for number, (name, stream) in enumerate(_members(archive)):
            if number >= MAX_FILES:
                raise _unsafe(archive, name, f"is one of more than {MAX_FILES:,} files")
            left -= _write(archive, name, stream, folder, left)
    except _BROKEN as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # of the disk, not of the archive
        reason = " ".join(str(error).partition("\n")[0].rstrip(":").split())
        raise _issue(
            archive, "", "archive-broken", f"cannot be unpacked: {reason}", "fetch it again"
        ) from None


def _members(archive: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Names and contents of the files in an archive, one after another."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as packed:
            for info in packed.infolist():
                if stat.S_ISLNK(info.external_attr >> 16):
                    raise _unsafe(archive, info.filename, "is a link")
                if not info.is_dir():
                    with packed.open(info) as stream:
                        yield info.filename, stream
        return
    with tarfile.open(archive) as packed_tar:
        for member in packed_tar:
            if member.isdir():
                continue
            content = packed_tar.extractfile(member) if member.isreg() else None
            if content is None:
                raise _unsafe(archive, member.name, "is a link or a device")
            yield member.name, content


def _write(archive: Path, name: str, stream: IO[bytes], folder: Path, limit: int) -> int:
    """Write one member; its size."""
    try:
        target = folder / inside(name)
    except ValueError:
        raise _unsafe(archive, name, "leads outside the archive") from None
    if target.exists():
        raise _unsafe(archive, name, "occurs twice")
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as out:
        while chunk := stream.read(_CHUNK):
            if out.tell() + len(chunk) > limit:
                raise _unsafe(archive, name, "makes it larger than it may be")
            out.write(chunk)
        return out.tell()


def _unsafe(archive: Path, name: str, message: str) -> InputError:
    return _issue(archive, name, "archive-unsafe", message, "nothing was unpacked; look at it")


def _issue(archive: Path, name: str, code: str, message: str, hint: str) -> InputError:
    return InputError(Issue(file=archive.name, pointer=name, code=code, message=message, hint=hint))
