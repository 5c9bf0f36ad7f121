"""The schemas in schemas/: every record that stands in a file, by name."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

from onrecord import model
from onrecord.files import write_atomic
from onrecord.schemas import schema_of


def records() -> Mapping[str, Any]:
    """Every record that stands in a file, by the name of its schema."""
    from onrecord.anchors import AnchorFile
    from onrecord.licensed.fingerprints import Fingerprints
    from onrecord.sources import Line

    return MappingProxyType(
        {
            "article": model.Article,
            "gold": model.Gold,
            "speakers": model.Speakers,
            "targets": model.Targets,
            "outlets": model.Outlets,
            "splits": model.Splits,
            "manifest": model.Manifest,
            "passage": model.Passage,
            "fingerprints": Fingerprints,
            "prediction": model.Prediction,
            "anchors": AnchorFile,
            "line": Line,
        }
    )


def render_schema(name: str) -> bytes:
    """The schema called `name` as it stands in schemas/; raises `KeyError` for an unknown name."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(schema_of(records()[name], name), option=options)


def write_schemas(folder: Path) -> list[Path]:
    """Write all schemas into `folder` and return their paths."""
    paths = [folder / f"{name}.schema.json" for name in records()]
    for name, path in zip(records(), paths, strict=True):
        write_atomic(path, render_schema(name))
    return paths
