"""CHANGELOG.md and CITATION.cff at a release: what stood under Unreleased gets its version."""

import re
from typing import Final, NamedTuple

PARTS: Final = ("Data", "Code")
_UNRELEASED: Final = re.compile(r"^## Unreleased\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_VERSION: Final = re.compile(r"^## (\d+\.\d+\.\d+)\b", re.MULTILINE)
_PART: Final = re.compile(r"^### (.+)\n", re.MULTILINE)


class Unreleased(NamedTuple):
    """What stands under Unreleased: entries by part, and whatever stands under no known part."""

    parts: dict[str, str]
    stray: str


def read_unreleased(text: str) -> Unreleased | None:
    """The entries of the next version, or None where the changelog has no such heading."""
    found = _UNRELEASED.search(text)
    if found is None:
        return None
    before, *pieces = _PART.split(found[1])
    parts: dict[str, str] = {}
    stray = [before.strip()]
    for name, entries in zip(pieces[::2], pieces[1::2], strict=True):
        if name not in PARTS:
            stray.append(name)
        elif entries.strip():
            parts[name] = "\n".join(filter(None, [parts.get(name), entries.strip()]))
    return Unreleased(parts, " ".join(filter(None, stray)))


def released_versions(text: str) -> list[str]:
    """The versions that have a heading, the newest first."""
    return _VERSION.findall(text)


def move_unreleased(text: str, version: str, date: str) -> str:
    """The changelog with the entries under Unreleased moved to a heading of their version."""
    unreleased = read_unreleased(text)
    assert unreleased is not None
    entries = [
        f"### {name}\n{unreleased.parts[name]}\n\n" for name in PARTS if name in unreleased.parts
    ]
    moved = f"## Unreleased\n\n## {version} ({date})\n\n{''.join(entries)}"
    return f"{_UNRELEASED.sub(lambda _: moved, text, count=1).rstrip()}\n"


def cite(text: str, version: str, date: str) -> str:
    """CITATION.cff with a version and the date of its release (Citation File Format 1.2.0)."""
    for key, value in (("version", version), ("date-released", date)):
        line = f'{key}: "{value}"'
        pattern = re.compile(rf"^{key}:.*$", re.MULTILINE)
        text = pattern.sub(line, text) if pattern.search(text) else f"{text.rstrip()}\n{line}\n"
    return text
