"""What a source says about an article besides its text, in the forms that records take."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate_to_datetime
from typing import Any, Final

from onrecord.ingestion.canonical import clean

MAX_LENGTH: Final = 1_000
"""Code points of a title or name; more is no title or name."""

_DATE: Final = re.compile(r"\s*([0-9]{4})[-/.]?([0-9]{2})[-/.]?([0-9]{2})(?![0-9])")
_LANGUAGE: Final = re.compile(r"([A-Za-z]{2,3})((?:[-_][A-Za-z0-9]{2,8})*)\Z")
_BY: Final = re.compile(r"(?:by|von|par|por|di|av|door)[:\s]\s*", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"https?://\S+\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Facts:
    """Whatever is known of an article; `outlet` is a name, `published` a day (YYYY-MM-DD)."""

    title: str | None = None
    outlet: str | None = None
    byline: str | None = None
    published: str | None = None
    language: str | None = None
    address: str | None = None


def line_of(value: Any) -> str | None:
    """A title or name as one clean line, or None for anything else."""
    if not isinstance(value, str):
        return None
    line = clean(" ".join(value[: 4 * MAX_LENGTH].split()))[0].strip()
    return line if 0 < len(line) <= MAX_LENGTH else None


def day_of(value: Any) -> str | None:
    """The day in an ISO 8601 or RFC 5322 date, as the source wrote it: no time zone is applied."""
    if not isinstance(value, str):
        return None
    if match := _DATE.match(value):
        year, month, day = map(int, match.groups())
    else:
        try:
            parsed = parsedate_to_datetime(value[:100])
        except (ValueError, TypeError, OverflowError):
            return None
        year, month, day = parsed.year, parsed.month, parsed.day
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def language_of(value: Any) -> str | None:
    """A BCP 47 tag with the usual case (`en-GB`), or None."""
    match = _LANGUAGE.match(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    rest = re.split("[-_]", match[2])[1:]
    return "-".join(
        [match[1].lower(), *(part.upper() if len(part) == 2 else part for part in rest)]
    )


def address_of(value: Any) -> str | None:
    """An address of the Web, without the part that a server never sees, or None."""
    if not isinstance(value, str) or not _ADDRESS.match(value.strip()):
        return None
    return value.strip().split("#")[0][: 2 * MAX_LENGTH]


def names_of(value: Any) -> str | None:
    """Authors, however given (text, list, objects with a name), as `Ilse Marrow, Tobin Quay`."""
    names = dict.fromkeys(name for name in map(line_of, _strings(value)) if name)
    kept = [_BY.sub("", name, count=1) if _BY.match(name) else name for name in names]
    return ", ".join(name for name in kept if not _ADDRESS.match(name))[:MAX_LENGTH] or None


def _strings(value: Any, depth: int = 0) -> Iterable[Any]:
    if isinstance(value, list) and depth < 3:
        for item in value[:50]:
            yield from _strings(item, depth + 1)
    elif isinstance(value, dict) and depth < 3:
        yield from _strings(value.get("name"), depth + 1)
    else:
        yield value
