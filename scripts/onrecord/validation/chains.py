"""Chains of ids, such as affiliations: which of them are circles."""

from collections.abc import Mapping


def in_circles(following: Mapping[str, str | None]) -> set[str]:
    """The ids from which going on to what follows leads back to them; every id is met once."""
    found: set[str] = set()
    met_from: dict[str, str] = {}
    for start in following:
        step: str | None = start
        while step is not None and step not in met_from:
            met_from[step] = start
            step = following.get(step)
        if step is not None and met_from[step] == start:
            while step is not None and step not in found:
                found.add(step)
                step = following[step]
    return found
