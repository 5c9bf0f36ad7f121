"""The makers' files: finding them, and reading them with every fault in the ledger."""

import os
import re
from collections.abc import Callable, Container, Iterable, Sequence
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
_SURPLUS: Final = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
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


def files_below(root: Path, suffix: str = "") -> dict[str, Path]:
    """The files that end so, by name relative to `root` and sorted by it.

    Links and hidden files are passed over. `root` may be one file.
    """
    if root.is_file():
        return {root.name: root}
    found: dict[str, Path] = {}
    folders = [("", str(root))] if root.is_dir() else []
    while folders:
        prefix, folder = folders.pop()
        for entry in os.scandir(folder):
            if entry.name.startswith(".") or entry.is_symlink():
                continue
            if entry.is_dir():
                folders.append((f"{prefix}{entry.name}/", entry.path))
            elif entry.name.endswith(suffix):
                found[f"{prefix}{entry.name}"] = Path(entry.path)
    return dict(sorted(found.items()))


def name_unread(home: Path, folders: Iterable[str], read: Container[str], ledger: Ledger) -> None:
    """A finding for every file in `folders` of `home` whose name in it is not in `read`."""
    for folder in folders:
        for name in files_below(home / folder):
            if f"{folder}/{name}" not in read:
                note_unread(f"{folder}/{name}", ledger)


def note_unread(file: str, ledger: Ledger) -> None:
    """The finding for a file that nothing reads."""
    message = "is no file of the corpus, or lacks the one that belongs to it"
    ledger.issue(file, "", "convert-unknown", message, "not read")


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

    A key that `kind` forbids is a finding and passed over. `at` is the JSON pointer of `raw` in
    its file.
    """
    rest, passed = bytes(raw), set()
    try:
        while True:
            try:
                value: T = _decoder(kind).decode(rest)
                return value
            except msgspec.ValidationError as error:
                message, steps = _place_of(error)
                surplus = _SURPLUS.fullmatch(message)
                place = (*steps, surplus[1]) if surplus else None
                if surplus is None or place in passed:
                    hint = "not read; see docs/CORPORA.md"
                    ledger.issue(file, at + pointer_of(steps), "convert-field", message, hint)
                    return None
                rest = _without(rest, steps, surplus[1])
                passed.add(place)
                message = "is no key of the corpus; said once for all items of a list"
                hint = "kept as it stands; the rest is read"
                pointer = at + pointer_of([*steps, surplus[1]])
                ledger.issue(file, pointer, "convert-field", message, hint)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        known = len(ledger.issues)
        with ledger.noting():
            parse(bytes(raw), file)
        if len(ledger.issues) == known:
            ledger.issue(file, at, "json-syntax", str(error), "correct it there")
    return None


def _place_of(error: msgspec.ValidationError) -> tuple[str, list[str]]:
    """What is wrong, and the steps that lead there; `...` is any value of a mapping."""
    match = _PLACE.fullmatch(str(error))
    return (match[1], _STEP.findall(match[2])) if match else (str(error), [])


def _without(raw: bytes, steps: Sequence[str], key: str) -> bytes:
    """The JSON without `key` in the objects that `steps` lead to; everything else stands as it did.

    A step into a list, or `...`, leads to all of its items.
    """
    if raw.lstrip().startswith(b"["):
        items = msgspec.json.decode(raw, type=list[msgspec.Raw])
        return msgspec.json.encode([msgspec.Raw(_without(bytes(i), steps[1:], key)) for i in items])
    if not raw.lstrip().startswith(b"{"):
        return raw
    fields = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    if not steps:
        fields.pop(key, None)
    for name in fields if steps[:1] == ["..."] else steps[:1]:
        fields[name] = msgspec.Raw(_without(bytes(fields[name]), steps[1:], key))
    return msgspec.json.encode(fields)


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)
