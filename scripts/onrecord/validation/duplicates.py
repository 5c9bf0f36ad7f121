"""Near-duplicate texts across splits: a slower check of its own."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from onrecord.issues import Issue
from onrecord.model import Split
from onrecord.similarity import Index
from onrecord.sources import Entry

CODES: Final = {
    "near-duplicate": "Texts of different splits share less than half of their runs of five words."
}
THRESHOLD: Final = 0.5
"""Jaccard similarity of the shingles from which two texts count as nearly the same."""


@dataclass
class Duplicates:
    """Collects texts and finds those of other splits that are nearly the same."""

    _splits: dict[str, Split] = field(default_factory=dict)
    _index: Index = field(default_factory=lambda: Index(THRESHOLD))

    def check(self, entry: Entry) -> Iterator[Issue]:
        """Findings for one article against those before it."""
        if entry.text is None or entry.split is None or entry.id in self._splits:
            return
        for other in self._index.add(entry.id, entry.text):
            if self._splits[other] != entry.split:
                yield Issue(
                    file=entry.article_file,
                    pointer=entry.article_pointer,
                    code="near-duplicate",
                    message=f"the text of {entry.id} ({entry.split}) is nearly that of {other}"
                    f" ({self._splits[other]})",
                    hint="move one to the other's split, or remove it",
                )
        self._splits[entry.id] = entry.split
