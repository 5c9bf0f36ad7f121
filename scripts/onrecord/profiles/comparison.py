"""How far two corpora differ: Jensen-Shannon divergences, beside what chance makes of one."""

import random
from collections.abc import Mapping, Sequence
from math import log2
from statistics import mean
from typing import Final

import msgspec

from onrecord.editions import open_edition
from onrecord.issues import MisuseError
from onrecord.model import SPLITS, Record
from onrecord.paths import StrPath
from onrecord.profiles.summary import TYPES, Profile, merged, summarise
from onrecord.profiles.traits import Traits, traits_of

DRAWS: Final = 20
"""Random partings of the reference whose divergences are averaged."""

BIN: Final = 4
"""Words of difference that do not count: lengths are compared in bins, the last one open."""

_LAST: Final = 80
COMPARED: Final = (
    "quote.type",
    "quote.cue",
    *(f"{kind}.{name}" for kind in TYPES for name in ("words", "cue", "source", "order", "pieces")),
)


class Divergence(Record, frozen=True, kw_only=True):
    """Jensen-Shannon divergences (base 2: 0 equal, 1 nothing in common) of one distribution.

    `between` the corpus and the reference; `halves`: of two random halves of the reference;
    `chance`: of as many random articles of the reference as the corpus has, and its other articles,
    which is what a corpus of that size drawn from it would have. The last two are means over 20
    partings, None where the reference is too small to be parted.
    """

    between: float
    halves: float | None
    chance: float | None


class Comparison(Record, frozen=True, kw_only=True):
    """A corpus, beside a reference if one is named."""

    corpus: Profile
    reference: Profile | None = None
    divergences: dict[str, Divergence] = msgspec.field(default_factory=dict)


def profile(
    corpus: StrPath | None = None,
    *,
    against: StrPath | None = None,
    split: str | None = None,
    against_split: str | None = None,
) -> Comparison:
    """The profile of a corpus or dataset folder, by default the corpus that comes along.

    `against` names another one to compare it with. Of both, articles whose text is not there are
    left out. Raises what reading raises: `MisuseError` for a folder that is neither or has no text,
    `InputError`.
    """
    own = _all_traits(corpus, split)
    if against is None:
        return Comparison(corpus=summarise(merged(own)))
    theirs = _all_traits(against, against_split)
    total, other = merged(own), merged(theirs)
    halves = _partings(theirs, len(theirs) // 2)
    draws = _partings(theirs, len(own))
    return Comparison(
        corpus=summarise(total),
        reference=summarise(other),
        divergences={
            name: Divergence(
                between=_between(total, other, name),
                halves=_chance(halves, name),
                chance=_chance(draws, name),
            )
            for name in COMPARED
            if name in total and name in other
        },
    )


def _all_traits(corpus: StrPath | None, split: str | None) -> list[Traits]:
    if split is not None and split not in SPLITS:
        raise MisuseError(f"unknown split {split!r}; there are {', '.join(SPLITS)}")
    volumes = open_edition(corpus).volumes(split)
    found = [traits_of(volume.article) for volume in volumes if volume.article]
    if not any(found):
        raise MisuseError(f"{corpus or 'the corpus'}: there is no article with text to measure")
    return [traits for traits in found if traits]


def _partings(articles: Sequence[Traits], size: int) -> list[tuple[Traits, Traits]]:
    """Parts of `size` random articles with the rest, always the same; none where none is left."""
    if not 0 < size < len(articles):
        return []
    rng, order, found = random.Random(0), list(articles), []
    for _ in range(DRAWS):
        rng.shuffle(order)
        found.append((merged(order[:size]), merged(order[size:])))
    return found


def _chance(partings: Sequence[tuple[Traits, Traits]], name: str) -> float | None:
    found = [_between(a, b, name) for a, b in partings if name in a and name in b]
    return round(mean(found), 4) if found else None


def _between(one: Traits, other: Traits, name: str) -> float:
    return round(divergence(_binned(one[name], name), _binned(other[name], name)), 4)


def _binned(counter: Mapping[str, int], name: str) -> Mapping[str, int]:
    if not name.endswith(".words"):
        return counter
    bins: dict[str, int] = {}
    for value, count in counter.items():
        place = str(min(int(value), _LAST) // BIN)
        bins[place] = bins.get(place, 0) + count
    return bins


def divergence(one: Mapping[str, int], other: Mapping[str, int]) -> float:
    """The Jensen-Shannon divergence of two counted distributions, in bits (Lin 1991)."""
    mine, theirs = sum(one.values()), sum(other.values())
    total = 0.0
    for value in one.keys() | other.keys():
        p, q = one.get(value, 0) / mine, other.get(value, 0) / theirs
        middle = (p + q) / 2
        total += sum(share * log2(share / middle) / 2 for share in (p, q) if share)
    return max(total, 0.0)
