"""Croissant: the dataset described for machines (docs.mlcommons.org/croissant, 1.0 and RAI 1.0).

The description is a pure function of the manifest and the card, so that a build gives the same
bytes; the mlcroissant library is not needed for it and reads it in the tests. What people must
know (its `rai:` fields) stands in the card once and is taken over from its sections.
"""

from typing import Any, Final

import pyarrow as pa

from onrecord.card import Card
from onrecord.manifests import ConfigInfo, DatasetManifest
from onrecord.tables import TABLES, arrow_schema

Json = dict[str, Any]

CONTEXT: Final[Json] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""As mlcroissant writes it: with the one printed in the specification its validator fails
(mlcommons/croissant #1018)."""

_CONFORMS: Final = (
    "http://mlcommons.org/croissant/1.0",
    "http://mlcommons.org/croissant/RAI/1.0",
)
_RAI: Final = {
    "dataCollection": ("Data collection and processing",),
    "dataAnnotationProtocol": ("Annotation process",),
    "dataAnnotationAnalysis": ("Agreement",),
    "annotationsPerItem": ("Annotations per item",),
    "annotatorDemographics": ("Who are the annotators?",),
    "machineAnnotationTools": ("Annotation tools",),
    "personalSensitiveInformation": ("Personal and sensitive information",),
    "dataUseCases": ("Direct use", "Out-of-scope use"),
    "dataBiases": ("Biases",),
    "dataLimitations": ("Limitations",),
    "dataSocialImpact": ("Social impact",),
    "dataReleaseMaintenancePlan": ("Maintenance",),
}
"""The sections of the card that each `rai:` field is taken from."""

_PARQUET: Final = "application/x-parquet"
"""mlcroissant accepts `application/vnd.apache.parquet`, the registered one, but cannot read it."""

_KEYS: Final = {
    "articles": ("id",),
    "quotes": ("article_id", "quote_id"),
    "stances": ("article_id", "quote_id", "target"),
    "marks": ("article_id", "mark_id"),
    "annotations": ("article_id", "annotator"),
    "speakers": ("speaker_id",),
    "targets": ("target_id",),
    "challenge": ("id",),
    "licensed": ("id",),
}
_TYPES: Final = {pa.string(): "sc:Text", pa.int32(): "sc:Integer", pa.bool_(): "sc:Boolean"}


def croissant(info: DatasetManifest, card: Card) -> Json:
    """The Croissant description (JSON-LD) of a dataset with this manifest and card.

    Paths are relative to the file. Nested columns are left out: they validate, but no reader of
    Croissant can read them.
    """
    described = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": _CONFORMS,
        "name": info.title,
        "description": card.summary or info.title,
        "license": f"https://spdx.org/licenses/{info.licence}.html",
        "url": info.url,
        "version": info.data_version,
        "datePublished": info.released,
        "citeAs": card.code("bibtex"),
        "creator": [{"@type": "sc:Organization", "name": name} for name in info.creators],
        "keywords": card.matter.get("tags"),
        "inLanguage": card.matter.get("language"),
        **{f"rai:{field}": _prose(card, headings) for field, headings in _RAI.items()},
        "distribution": [
            node for name, config in info.configs.items() for node in _files(name, config)
        ],
        "recordSet": [_record_set(name) for name in info.configs],
    }
    return {key: value for key, value in described.items() if value}


def _prose(card: Card, headings: tuple[str, ...]) -> str | list[str]:
    found = {heading: text for heading in headings if (text := card.section(heading))}
    if len(headings) == 1:
        return "".join(found.values())
    return [f"{heading}: {text}" for heading, text in found.items()]


def _files(name: str, config: ConfigInfo) -> list[Json]:
    """Every file with its hash, and the set of them that records are read from."""
    files = [
        {
            "@type": "cr:FileObject",
            "@id": file.path,
            "name": file.path,
            "contentUrl": file.path,
            "contentSize": f"{file.bytes} B",
            "encodingFormat": _PARQUET,
            "sha256": file.sha256,
        }
        for file in config.files
    ]
    together = {
        "@type": "cr:FileSet",
        "@id": f"{name}-files",
        "name": f"{name}-files",
        "description": f"The files of config {name}, all splits.",
        "encodingFormat": _PARQUET,
        "includes": f"{name}/*.parquet",
    }
    return [*files, together]


def _record_set(name: str) -> Json:
    record = TABLES[name].record
    columns = {field.name: field.type for field in arrow_schema(record)}
    nested = [column for column, kind in columns.items() if _type(kind) is None]
    summary = str(record.__doc__).partition("\n")[0]
    left_out = f" The files also hold nested columns: {', '.join(nested)}." if nested else ""
    split = [] if "split" in columns else [_split_field(name)]
    fields = [_field(name, column, kind) for column, kind in columns.items() if _type(kind)]
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": summary + left_out,
        "key": [{"@id": f"{name}/{key}"} for key in _KEYS[name]],
        "field": [*split, *fields],
    }


def _type(kind: pa.DataType) -> str | None:
    """The data type of a column or of the items of a list of plain values; None where nested."""
    return _TYPES.get(kind.value_type if pa.types.is_list(kind) else kind)


def _field(name: str, column: str, kind: pa.DataType) -> Json:
    return {
        "@type": "cr:Field",
        "@id": f"{name}/{column}",
        "name": column,
        "dataType": _type(kind),
        **({"repeated": True} if pa.types.is_list(kind) else {}),
        "source": {"fileSet": {"@id": f"{name}-files"}, "extract": {"column": column}},
    }


def _split_field(name: str) -> Json:
    """The split, which stands in the file's name alone."""
    return {
        "@type": "cr:Field",
        "@id": f"{name}/split",
        "name": "split",
        "dataType": "sc:Text",
        "source": {
            "fileSet": {"@id": f"{name}-files"},
            "extract": {"fileProperty": "fullpath"},
            "transform": {"regex": f"^{name}/([a-z]+)-.*$"},
        },
    }
