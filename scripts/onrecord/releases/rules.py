"""What every change demands of the data version: semantic versioning for annotated texts."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, Literal

Bump = Literal["none", "patch", "minor", "major"]
BUMPS: Final[tuple[Bump, ...]] = ("none", "patch", "minor", "major")

_MAJOR: Final = {
    "schema-version": "The schema version has another major number.",
    "columns-removed": "A column or a table is gone.",
    "columns-changed": "A column has another type.",
    "labels-removed": "A label is gone.",
    "labels-redefined": "A label is defined in other words.",
    "coverage-reduced": "Something is no longer annotated (`incomplete`).",
    "ids-changed": "An id stands for something else, or something has another id.",
    "ids-removed": "An article, passage, speaker or target went without a tombstone.",
    "tombstones-removed": "A tombstone is gone, so that its id could be used again.",
    "splits-changed": "An article changed its split.",
    "texts-changed": "The text of an article or a passage changed.",
    "rights-changed": "The text of an article is shipped no longer, or now.",
    "test-changed": "The test split is frozen: no article joins it, goes, or changes its text.",
    "layers-removed": "An annotator's layer is gone, the article is not.",
}
_MINOR: Final = {
    "articles-added": "An article joined train or validation.",
    "passages-added": "The challenge set has another passage.",
    "registry-added": "A registry has another speaker or target.",
    "layers-added": "An article has another annotator's layer.",
    "annotations-added": "An article has another quote, mention or stance.",
    "columns-added": "There is another column or table.",
    "labels-added": "There is another label.",
    "coverage-extended": "Something is annotated that was not (`incomplete`).",
}
_PATCH: Final = {
    "annotations-corrected": "Labels, spans or speaker links of the gold changed, or a row went.",
    "layers-changed": "An annotator's layer changed.",
    "metadata-changed": "An article, a passage or the manifest is described otherwise.",
    "registry-changed": "A speaker or target is described otherwise.",
    "labels-reworded": "A definition has other punctuation or capitals.",
    "takedowns": "A record was taken down and left a tombstone.",
}
_PARTS: Final[tuple[tuple[Bump, Mapping[str, str]], ...]] = (
    ("major", _MAJOR),
    ("minor", _MINOR),
    ("patch", _PATCH),
)
RULES: Final[Mapping[str, tuple[Bump, str]]] = MappingProxyType(
    {code: (bump, text) for bump, part in _PARTS for code, text in part.items()}
)
"""Change -> the smallest bump that it demands, and what it is; the gravest first."""


def largest(bumps: Iterable[Bump]) -> Bump:
    """The largest of some bumps; none of none."""
    return max(bumps, key=BUMPS.index, default="none")


def parts(version: str) -> tuple[int, ...]:
    """Major, minor and patch as numbers."""
    return tuple(map(int, version.split(".")))


def bumped(version: str, bump: Bump) -> str:
    """The smallest version that a bump leads to."""
    major, minor, patch = parts(version)
    return {
        "none": version,
        "patch": f"{major}.{minor}.{patch + 1}",
        "minor": f"{major}.{minor + 1}.0",
        "major": f"{major + 1}.0.0",
    }[bump]
