"""The schemas in schemas/: every record that stands in a file, by name."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import orjson

from onrecord import model
from onrecord.files import write_atomic
from onrecord.predictions import Prediction
from onrecord.schemas import schema_of

_OPTIONS: Final = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


def records() -> Mapping[str, Any]:
    """Every record that stands in a file, by the name of its schema."""
    from onrecord.anchors import AnchorFile
    from onrecord.anchors.records import PassageFile
    from onrecord.extractors import PlainArticle
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
            "plain-article": PlainArticle,
            "prediction": Prediction,
            "anchors": AnchorFile,
            "passage-anchors": PassageFile,
            "line": Line,
        }
    )


def render_schema(name: str) -> bytes:
    """The schema called `name` as it stands in schemas/; raises `KeyError` for an unknown name."""
    return orjson.dumps(schema_of(records()[name], name), option=_OPTIONS)


def render_files() -> dict[str, bytes]:
    """Everything in schemas/ by file name: the schemas, and the columns of the published tables."""
    from onrecord.tables import table_columns

    files = {f"{name}.schema.json": render_schema(name) for name in records()}
    files["tables.json"] = orjson.dumps(table_columns(), option=_OPTIONS)
    return files


def write_schemas(folder: Path) -> list[Path]:
    """Write all schemas into `folder` and return their paths."""
    files = render_files()
    for name, data in files.items():
        write_atomic(folder / name, data)
    return [folder / name for name in files]
