"""Speakers whose quotes carry other ids now: merged, split up, renamed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from onrecord.releases.differences import Regrouping

Links = Mapping[str, Mapping[str, int]]
"""Speaker id -> id that its quotes carry in the other version -> number of quotes."""


class Regroupings:
    """Collects which speaker's quotes went to which."""

    def __init__(self) -> None:
        self._forth: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._back: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))

    def link(self, old: Sequence[str], new: Sequence[str]) -> None:
        """The speakers of one quote in both versions."""
        for before, after in _moves(old, new):
            self._forth[before][after] += 1
            self._back[after][before] += 1

    def found(self, old: set[str], new: set[str]) -> tuple[Regrouping, ...]:
        """All of them, given who is quoted at all in each version."""
        merged = dict(_gathered(self._forth, self._back, old, new))
        parted = dict(_gathered(self._back, self._forth, new, old))
        renamed = [
            (source, target)
            for target, (source, *more) in merged.items()
            if not more and parted.get(source) == (target,)
        ]
        return (
            *(
                self._regrouping("merge", sources, (target,))
                for target, sources in merged.items()
                if len(sources) > 1
            ),
            *(
                self._regrouping("split", (source,), targets)
                for source, targets in parted.items()
                if len(targets) > 1
            ),
            *(self._regrouping("rename", (one,), (other,)) for one, other in renamed),
        )

    def _regrouping(
        self, kind: Literal["merge", "split", "rename"], old: tuple[str, ...], new: tuple[str, ...]
    ) -> Regrouping:
        quotes = sum(self._forth[one][other] for one in old for other in new)
        return Regrouping(kind=kind, old=old, new=new, quotes=quotes)


def _moves(old: Sequence[str], new: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Who became whom in one quote, as far as that is plain."""
    if len(old) == len(new):
        return [(one, other) for one, other in zip(old, new, strict=True) if one != other]
    lost = [id for id in old if id not in new]
    gained = [id for id in new if id not in old]
    if len(new) == 1:
        return [(id, new[0]) for id in lost]
    if len(old) == 1:
        return [(old[0], id) for id in gained]
    return []


def _gathered(
    links: Links, reverse: Links, before: set[str], after: set[str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Ids that received all quotes of others, with these: those that are quoted no longer.

    An id that was quoted before and still is counts as one that it was gathered from.
    """
    for target in sorted(reverse):
        gone = {
            source for source in reverse[target] if source not in after and len(links[source]) == 1
        }
        if gone:
            yield target, tuple(sorted(gone | ({target} & before)))
