"""The files that arguments name: regular ones, in the order of their names, links not followed."""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Literal, NamedTuple

from onrecord.ingestion.findings import finding
from onrecord.issues import Issue, MisuseError

Format = Literal["text", "page", "json", "jsonl", "warc", "parquet"]
FORMATS: Final[dict[str, Format]] = {
    ".txt": "text",
    ".html": "page",
    ".htm": "page",
    ".xhtml": "page",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".warc": "warc",
    ".warc.gz": "warc",
    ".parquet": "parquet",
}


class SourceFile(NamedTuple):
    """A file, named from the folder that was given; without a format, it is not read."""

    path: Path
    name: str
    format: Format | None


def list_sources(arguments: Iterable[Path], out: Path) -> Iterator[SourceFile | Issue]:
    """All files of the arguments, folders in depth; the folder `out` and hidden files aside.

    Raises `MisuseError` at once for an argument that does not exist.
    """
    arguments = list(arguments)
    for argument in arguments:
        if not argument.exists():
            raise MisuseError(f"{argument}: no such file or folder")
    return _all_sources(arguments, out)


def _all_sources(arguments: Iterable[Path], out: Path) -> Iterator[SourceFile | Issue]:
    apart = out.resolve()
    for argument in arguments:
        if argument.is_dir():
            yield from _in_folder(argument.resolve(), "", apart)
        elif not argument.is_file():
            yield _unreadable(argument.name, "is no regular file")
        elif (kind := _format(argument.name)) is None:
            known = ", ".join(FORMATS)
            hint = f"there are {known}"
            yield finding(argument.name, "source-format", "is no kind of file that is read", hint)
        else:
            yield SourceFile(argument, argument.name, kind)


def _in_folder(folder: Path, prefix: str, apart: Path) -> Iterator[SourceFile | Issue]:
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
    except OSError as error:
        yield _unreadable(prefix or folder.name, f"folder cannot be listed: {error.strerror}")
        return
    for name in names:
        path, shown = folder / name, prefix + name
        try:
            mode = path.lstat().st_mode
        except OSError as error:
            yield _unreadable(shown, f"cannot be read: {error.strerror}")
            continue
        if stat.S_ISLNK(mode):
            if _format(name) or path.is_dir():
                yield _link(shown)
        elif stat.S_ISDIR(mode):
            if path != apart:
                yield from _in_folder(path, f"{shown}/", apart)
        elif stat.S_ISREG(mode):
            yield SourceFile(path, shown, _format(name))
        elif _format(name):
            yield _unreadable(shown, "is no regular file")


def _format(name: str) -> Format | None:
    lower = name.lower()
    return next((kind for suffix, kind in FORMATS.items() if lower.endswith(suffix)), None)


def _unreadable(name: str, message: str) -> Issue:
    hint = "check that it exists and that you may read it"
    return finding(name, "file-unreadable", message, hint)


def _link(name: str) -> Issue:
    hint = "name what it leads to, if it belongs here"
    return finding(name, "source-link", "is a symbolic link: not followed", hint)
