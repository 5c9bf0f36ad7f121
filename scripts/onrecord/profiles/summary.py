"""The counts of many articles as what is published of them: percentiles and shares."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from onrecord.model import Record
from onrecord.profiles.traits import WINDOW, Traits

TYPES: Final = ("direct", "mixed", "indirect")
PERCENTILES: Final = (5, 25, 50, 75, 95)
CUES: Final = 12
"""How many of the commonest cues are shown."""

_LENGTHS: Final = ("article.words", "paragraph.words", "sentence.words", "article.quotes")
_KINDS: Final = ("pieces", "source", "order")


class Profile(Record, frozen=True, kw_only=True):
    """What a corpus is like.

    `lengths` holds percentiles (5, 25, 50, 75, 95) of words an article, a paragraph, a sentence and
    a content by type, and of quotes by 1,000 words. `shares` holds the shares of values between 0
    and 1: of quote types, and by type of contents in one piece or several, of sources (name, longer
    phrase, pronoun, none) and of orders (S source, V cue, Q content); of cues the commonest ones.
    `distinct` is the mean share of distinct words in stretches of 300 words, None without any.
    """

    articles: int
    words: int
    quotes: int
    lengths: dict[str, tuple[int, ...]]
    shares: dict[str, dict[str, float]]
    distinct: float | None


def merged(many: Iterable[Traits]) -> Traits:
    """The counts of several articles, added."""
    total: Traits = {}
    for traits in many:
        for name, counter in traits.items():
            total.setdefault(name, Counter()).update(counter)
    return total


def summarise(traits: Traits) -> Profile:
    """The profile of what was counted over all articles."""
    names = [*_LENGTHS, *(f"{kind}.words" for kind in TYPES)]
    kinds = [f"{kind}.{name}" for kind in TYPES for name in _KINDS]
    cues = ["quote.cue", *(f"{kind}.cue" for kind in TYPES)]
    lengths = {name: _numbers(traits[name]) for name in names if name in traits}
    return Profile(
        articles=sum(traits.get("article.words", {}).values()),
        words=sum(value * count for value, count in _sized(traits.get("article.words", {}))),
        quotes=sum(traits.get("quote.type", {}).values()),
        lengths={name: percentiles(counts) for name, counts in lengths.items()},
        shares={
            **{name: shares(traits[name]) for name in ["quote.type", *kinds] if name in traits},
            **{name: shares(traits[name], CUES) for name in cues if name in traits},
        },
        distinct=_distinct(traits.get("window.distinct", {})),
    )


def _sized(counter: Mapping[str, int]) -> list[tuple[int, int]]:
    return [(int(value), count) for value, count in counter.items()]


def _numbers(counter: Mapping[str, int]) -> dict[int, int]:
    return dict(sorted(_sized(counter)))


def percentiles(counts: Mapping[int, int]) -> tuple[int, ...]:
    """The smallest numbers that 5, 25, 50, 75 and 95 percent of all do not exceed (nearest rank).

    `counts` says how often each number occurs, the smallest first.
    """
    total, found = sum(counts.values()), []
    for percent in PERCENTILES:
        passed = 0
        for number, count in counts.items():
            passed += count
            if 100 * passed >= percent * total:
                found.append(number)
                break
    return tuple(found)


def shares(counter: Mapping[str, int], most: int | None = None) -> dict[str, float]:
    """The shares of all values, the largest first, of the `most` commonest ones if it is given."""
    total = sum(counter.values())
    ranked = sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:most]
    return {value: round(count / total, 4) for value, count in ranked}


def _distinct(counter: Mapping[str, int]) -> float | None:
    sizes = _sized(counter)
    windows = sum(count for _, count in sizes)
    return round(sum(n * count for n, count in sizes) / windows / WINDOW, 4) if windows else None
