"""Private texts of licensed articles, found by their hash."""

import hashlib
import re
from pathlib import Path
from typing import Final

from onrecord.files import list_files, read_bytes
from onrecord.issues import InputError, MisuseError

_LEADING_DATE: Final = re.compile(r"\A\s*date [0-9]{4}-[0-9]{2}-[0-9]{2}\s+")


def private_text(raw: str) -> str:
    """A stored text as offsets refer to it: without a leading date, ending in one line feed."""
    return _LEADING_DATE.sub("", raw).rstrip("\n") + "\n"


def read_private_texts(folder: Path) -> dict[str, str]:
    """All texts (`*.txt`) of a folder by sha256, as stored and as offsets refer to them.

    Files that are not UTF-8 are no texts of ours and are passed over. Raises `MisuseError` where
    there is no such folder.
    """
    if not folder.is_dir():
        raise MisuseError(f"{folder}: no such folder of texts")
    found: dict[str, str] = {}
    for path in list_files(folder, "*.txt"):
        try:
            stored = read_bytes(path, path.name).decode("utf-8")
        except (InputError, UnicodeDecodeError):
            continue
        for text in (stored, private_text(stored)):
            found[hashlib.sha256(text.encode()).hexdigest()] = text
    return found
