"""Private texts of licensed articles: a folder of the user's own copies."""

import re
from pathlib import Path
from typing import Final

from onrecord.files import list_files, read_text
from onrecord.issues import InputError, Issue, MisuseError
from onrecord.text import text_hash

_LINE_END: Final = re.compile("\r\n?|[\x85\v\f]")
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff]")
_LEADING_DATE: Final = re.compile(r"\A\s*date [0-9]{4}-[0-9]{2}-[0-9]{2}\s+")


def private_text(raw: str) -> str:
    """A stored text as offsets refer to it.

    Without byte-order marks, control characters and a leading date, with LF line ends and spaces
    for tabs, ending in one line feed: what no annotated text holds cannot be told by its hash.
    """
    return undated(_clean(raw))


def undated(text: str) -> str:
    """A clean text without a leading date, ending in one line feed."""
    return _LEADING_DATE.sub("", text).rstrip("\n") + "\n"


def _clean(raw: str) -> str:
    return _CONTROL.sub("", _LINE_END.sub("\n", raw).replace("\t", " "))


def read_private_texts(folder: Path, issues: list[Issue] | None = None) -> dict[str, str]:
    """All texts (`*.txt`) of a folder by sha256, as stored and as offsets refer to them.

    Files that cannot be read or are not UTF-8 become `issues`; without such a list they raise
    `InputError`. Raises `MisuseError` where there is no such folder.
    """
    if not folder.is_dir():
        raise MisuseError(f"{folder}: no such folder of texts")
    found: dict[str, str] = {}
    unread: list[Issue] = []
    for path in list_files(folder, "*.txt", str(folder)):
        try:
            stored = read_text(path, path.name)
        except InputError as error:
            unread += error.issues
            continue
        for text in (private_text(stored), _clean(stored)):
            found[text_hash(text)] = text
    if issues is not None:
        issues += unread
    elif unread:
        raise InputError(*unread)
    return found
