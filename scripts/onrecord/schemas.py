"""The JSON Schema (draft 2020-12) of a record type, with what its labels mean."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from onrecord.labels import field_labels

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema_of(record: Any, name: str | None = None) -> dict[str, Any]:
    """The JSON Schema of a record type; `name` gives its `$id`, relative to schemas/."""
    identity = {"$id": f"{name}.schema.json"} if name else {}
    schema = {"$schema": DIALECT, **identity, **msgspec.json.schema(record)}
    for record_name, definition in schema.get("$defs", {}).items():
        for field, described in definition.get("properties", {}).items():
            _describe(described, field_labels(record_name, field))
    return schema


def _describe(field: dict[str, Any], definitions: Mapping[str, str]) -> None:
    """Add what every label of a field means to the field's description."""
    lines = [f"{label}: {meaning}" for label, meaning in definitions.items()]
    if lines:
        field["description"] = "\n".join([*filter(None, [field.get("description")]), *lines])
