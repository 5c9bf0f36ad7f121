"""The one-sentence definitions of all labels, shared by guidelines, schemas, card and editor."""

import json
from functools import cache
from typing import Final

from onrecord.paths import corpus_dir

_PARTS: Final = {"derived": "quote", "anchorfile": "layer"}
_VARIANTS: Final = ("predicted", "anchored")


@cache
def labels() -> dict[str, dict[str, str]]:
    """Label -> definition by field, such as `quote.form`, from corpus/labels.json."""
    loaded: dict[str, dict[str, str]] = json.loads((corpus_dir() / "labels.json").read_bytes())
    return loaded


def field_labels(record: str, field: str) -> dict[str, str]:
    """The definitions for a field of a record type; none where it has no labels.

    A record of predictions or anchor files has those of the record it stands for.
    """
    kind = record.lower()
    for variant in _VARIANTS:
        kind = kind.removeprefix(variant)
    return labels().get(f"{_PARTS.get(kind, kind)}.{field}", {})
