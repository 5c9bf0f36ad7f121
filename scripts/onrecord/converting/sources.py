"""The makers' files: finding them, and reading them with every fault in the ledger."""

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from onrecord.converting.ledger import Ledger
from onrecord.files import read_bytes, read_text
from onrecord.issues import pointer_of
from onrecord.json_input import parse

T = TypeVar("T")
_DEPTH: Final = 3
_PLACE: Final = re.compile(r"(.*) - at `\$(.*)`", re.DOTALL)
_STEP: Final = re.compile(r"\w[^.\[\]]*|\.\.\.")


def find_root(root: Path, marker: str) -> Path | None:
    """`root`, or the folder at most three levels below it, that holds `marker`; None if none does.

    Archives wrap what they hold in folders of any name.
    """
    level = [root] if root.is_dir() else []
    for _ in range(_DEPTH + 1):
        for folder in level:
            if (folder / marker).exists():
                return folder
        level = [
            child
            for folder in level
            for child in sorted(folder.iterdir())
            if child.is_dir() and not child.is_symlink()
        ]
    return None


def files_below(root: Path, suffix: str) -> Iterator[tuple[str, Path]]:
    """Name relative to `root` and path of every file that ends so, sorted by name.

    Links and hidden files are passed over. `root` may be one file.
    """
    if root.is_file():
        yield root.name, root
        return
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(folder, name)
            if name.endswith(suffix) and not name.startswith(".") and not path.is_symlink():
                found.append((path.relative_to(root).as_posix(), path))
    yield from sorted(found)


def name_unread(home: Path, folders: Iterable[str], read: Collection[str], ledger: Ledger) -> None:
    """A finding for every file in `folders` of `home` whose name in it is not in `read`."""
    for folder in folders:
        for name, _ in files_below(home / folder, ""):
            if f"{folder}/{name}" not in read:
                message = "is no file of the corpus, or lacks the one that belongs to it"
                ledger.issue(f"{folder}/{name}", "", "convert-unknown", message, "not read")


def text_of(path: Path, file: str, ledger: Ledger) -> str | None:
    """The text in a file, its line ends as they are; None, with a finding, if it has none."""
    with ledger.noting():
        return read_text(path, file)
    return None


def bytes_of(path: Path, file: str, ledger: Ledger) -> bytes | None:
    """The bytes of a file; None, with a finding, if it cannot be read."""
    with ledger.noting():
        return read_bytes(path, file)
    return None


def decode(
    raw: bytes | msgspec.Raw, kind: Callable[..., T], file: str, ledger: Ledger, at: str = ""
) -> T | None:
    """The value of type `kind` in JSON; None, with a finding at the field that is wrong.

    `at` is the JSON pointer of `raw` in its file.
    """
    try:
        value: T = _decoder(kind).decode(raw)
        return value
    except msgspec.ValidationError as error:
        match = _PLACE.fullmatch(str(error))
        message, path = (match[1], match[2]) if match else (str(error), "")
        pointer = at + pointer_of(_STEP.findall(path))
        ledger.issue(file, pointer, "convert-field", message, "not read; see docs/CORPORA.md")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        known = len(ledger.issues)
        with ledger.noting():
            parse(bytes(raw), file)
        if len(ledger.issues) == known:
            ledger.issue(file, at, "json-syntax", str(error), "correct it there")
    return None


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)
