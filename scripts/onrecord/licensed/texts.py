"""Private texts of licensed articles: a folder of the user's own copies."""

import re
from pathlib import Path
from typing import Final

from onrecord.files import list_files, read_text
from onrecord.issues import InputError, MisuseError
from onrecord.text import text_hash

_LEADING_DATE: Final = re.compile(r"\A\s*date [0-9]{4}-[0-9]{2}-[0-9]{2}\s+")


def private_text(raw: str) -> str:
    """A stored text as offsets refer to it.

    Without a byte-order mark and a leading date, with LF line ends, ending in one line feed.
    """
    lines = raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return _LEADING_DATE.sub("", lines).rstrip("\n") + "\n"


def read_private_texts(folder: Path) -> dict[str, str]:
    """All texts (`*.txt`) of a folder by sha256, as stored and as offsets refer to them.

    Raises `MisuseError` where there is no such folder, `InputError` with all files that cannot be
    read or are not UTF-8.
    """
    if not folder.is_dir():
        raise MisuseError(f"{folder}: no such folder of texts")
    found: dict[str, str] = {}
    errors: list[InputError] = []
    for path in list_files(folder, "*.txt", folder.name):
        try:
            stored = read_text(path, path.name)
        except InputError as error:
            errors.append(error)
            continue
        for text in (private_text(stored), stored):
            found[text_hash(text)] = text
    if errors:
        raise InputError(*(issue for error in errors for issue in error.issues))
    return found
