"""Ids of articles: day, outlet and title, so that they say what they name and never change."""

import hashlib
import re
import unicodedata
from typing import Final

_MAX_OUTLET: Final = 32
_MAX_TITLE: Final = 56
_APOSTROPHES: Final = re.compile("['’‘ʼ]")
_PART: Final = re.compile("[a-z0-9]+")
_SPELT_OUT: Final = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ı": "i"}
)


def article_id(published: str | None, outlet: str | None, title: str) -> str:
    """`20310211-fenmoor-echo-harbour-toll-a-tax-on-fog`; `article-…` where nothing dates it.

    `outlet` is an id. A title of which ASCII would keep less than half has its hash beside.
    """
    words = slug(title, _MAX_TITLE)
    letters = sum(map(str.isalnum, title[: _MAX_TITLE + 8]))
    if 2 * len(words.replace("-", "")) < min(letters, _MAX_TITLE):
        words = "-".join(filter(None, (words, short_hash(title))))
    return "-".join(filter(None, ((published or "article").replace("-", ""), outlet, words)))


def slug(text: str, length: int = _MAX_OUTLET) -> str:
    """Lower-case ASCII letters and digits joined by `-`, cut between words; may be empty."""
    plain = _APOSTROPHES.sub("", text.lower().translate(_SPELT_OUT))
    ascii_only = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    joined = "-".join(_PART.findall(ascii_only))
    if len(joined) <= length:
        return joined
    return joined[: length + 1].rpartition("-")[0] or joined[:length]


def short_hash(text: str) -> str:
    """Eight hexadecimal digits that tell texts apart."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]
