"""What is published, read by those who are promised that they can: the same rows for all."""

import hashlib
import json
import logging
import re
from pathlib import Path
from typing import Any

import duckdb
import mlcroissant as mlc
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import ROOT
from onrecord.building import build
from onrecord.manifests import read_manifest
from onrecord.publishing.croissant import CONTEXT
from onrecord.tables import TABLES, arrow_schema

FLAT = ["quotes", "stances", "marks", "speakers", "targets"]


def rows(dataset: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a table as pyarrow reads them, files in the order of their names."""
    return [
        row
        for path in sorted((dataset / name).glob("*.parquet"))
        for row in pq.read_table(path).to_pylist()
    ]


@pytest.fixture(scope="module")
def croissant(dataset: Path) -> mlc.Dataset:
    return mlc.Dataset(jsonld=dataset / "croissant.json")


@pytest.mark.parametrize("name", FLAT)
def test_datasets_reads_the_rows(dataset: Path, name: str) -> None:
    import datasets

    loaded = datasets.load_dataset(str(dataset), name)
    expected = rows(dataset, name)
    assert [row for split in sorted(loaded) for row in loaded[split]] == expected != []


@pytest.mark.parametrize("name", FLAT)
def test_pandas_reads_the_rows(dataset: Path, name: str) -> None:
    paths = sorted((dataset / name).glob("*.parquet"))
    frame = pd.concat([pd.read_parquet(path) for path in paths], ignore_index=True)
    expected = pd.DataFrame(rows(dataset, name))
    for column in frame.columns:
        ours = frame[column].map(lambda value: list(value) if hasattr(value, "tolist") else value)
        assert [None if _missing(value) else value for value in ours] == [
            None if _missing(value) else value for value in expected[column]
        ]


def _missing(value: Any) -> bool:
    return not isinstance(value, list | dict) and bool(pd.isna(value))


@pytest.mark.parametrize("name", FLAT)
def test_duckdb_reads_the_rows(dataset: Path, name: str) -> None:
    found = duckdb.sql(f"from read_parquet('{dataset}/{name}/*.parquet', filename=true)")
    columns = found.columns
    read = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
    read.sort(key=lambda row: row.pop("filename"))
    assert read == rows(dataset, name)


def test_croissant_is_valid(croissant: mlc.Dataset) -> None:
    """Without a word from the validator, but that an unreleased version has no date."""
    issues = croissant.metadata.ctx.issues
    assert not issues.errors
    assert all("datePublished" in warning for warning in issues.warnings)


def test_a_released_croissant_leaves_nothing_to_say(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    import shutil

    for name in ("corpus", "docs/figures"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "DATASET_CARD.md", tmp_path)
    manifest = tmp_path / "corpus" / "manifest.json"
    released = {"released": "2031-01-02", "url": "https://example.org/onrecord"}
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), **released}))
    folder, _ = build(tmp_path / "corpus", tmp_path / "built")
    with caplog.at_level(logging.WARNING):
        metadata = mlc.Dataset(jsonld=folder / "croissant.json").metadata
    assert not metadata.ctx.issues.errors and not metadata.ctx.issues.warnings
    assert caplog.text == ""
    assert metadata.url == released["url"]
    assert str(metadata.date_published).startswith("2031-01-02")


def test_the_library_would_write_the_same(croissant: mlc.Dataset, dataset: Path) -> None:
    def one(value: Any) -> Any:
        """JSON-LD does not tell a list of one from its item."""
        if isinstance(value, list):
            return one(value[0]) if len(value) == 1 else [one(each) for each in value]
        return {key: one(each) for key, each in value.items()} if isinstance(value, dict) else value

    ours = json.loads((dataset / "croissant.json").read_text("utf-8"))
    assert one(croissant.metadata.to_json()) == one(ours)
    assert ours["@context"] == CONTEXT


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_croissant_reads_every_record(croissant: mlc.Dataset, dataset: Path, name: str) -> None:
    """Every described field of every row, in all splits; text comes back as bytes."""
    read = [
        {field.removeprefix(f"{name}/"): _text(value) for field, value in record.items()}
        for record in croissant.records(name)
    ]
    splits = [
        path.name.partition("-")[0]
        for path in sorted((dataset / name).glob("*.parquet"))
        for _ in range(pq.read_metadata(path).num_rows)
    ]
    expected = [
        {**row, "split": row.get("split", split)}
        for row, split in zip(rows(dataset, name), splits, strict=True)
    ]
    fields = {
        "split",
        *(field.name for field in arrow_schema(TABLES[name].record) if _plain(field)),
    }
    assert read == [{key: row[key] for key in row if key in fields} for row in expected]


def _plain(field: pa.Field) -> bool:
    kind = field.type.value_type if pa.types.is_list(field.type) else field.type
    return not pa.types.is_struct(kind)


def _text(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode()
    return [_text(each) for each in value] if isinstance(value, list) else value


def test_croissant_reads_every_shard(
    fenmoor: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TABLES, "quotes", TABLES["quotes"]._replace(batch=2, row_group=2, shard=2))
    folder, info = build(fenmoor, tmp_path / "built")
    assert len(info.configs["quotes"].files) > 1
    records = mlc.Dataset(jsonld=folder / "croissant.json").records("quotes")
    assert len(list(records)) == sum(info.configs["quotes"].rows.values())


def test_croissant_names_every_file_with_its_hash(dataset: Path) -> None:
    described = json.loads((dataset / "croissant.json").read_text("utf-8"))
    files = {
        node["contentUrl"]: node["sha256"]
        for node in described["distribution"]
        if node["@type"] == "cr:FileObject"
    }
    assert files == {
        path.relative_to(dataset).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in dataset.rglob("*.parquet")
    }
    assert all(
        node["encodingFormat"] == "application/x-parquet" for node in described["distribution"]
    )
    sets = {node["@id"] for node in described["recordSet"]}
    assert sets == set(read_manifest(dataset).configs)


def test_croissant_says_what_people_must_know(dataset: Path) -> None:
    """All fields of the RAI vocabulary that the card answers, in its own words."""
    described = json.loads((dataset / "croissant.json").read_text("utf-8"))
    card = re.sub(r"[\s*]+", " ", (dataset / "README.md").read_text("utf-8"))
    fields = {
        "dataCollection",
        "dataAnnotationProtocol",
        "dataAnnotationAnalysis",
        "annotationsPerItem",
        "annotatorDemographics",
        "machineAnnotationTools",
        "dataBiases",
        "dataLimitations",
        "personalSensitiveInformation",
        "dataSocialImpact",
        "dataUseCases",
        "dataReleaseMaintenancePlan",
    }
    assert {key.removeprefix("rai:") for key in described if key.startswith("rai:")} == fields
    for field in fields - {"dataUseCases"}:
        words = re.sub(r"[\s*]+", " ", described[f"rai:{field}"])
        assert len(words) > 80 and words in card, field
    assert len(described["rai:dataUseCases"]) == 2
    assert described["citeAs"].startswith("@misc{onrecord,")


def test_the_snippet_of_the_documentation_runs(
    dataset: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "PUBLISHING.md").read_text("utf-8")
    (snippet,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    monkeypatch.chdir(dataset)
    exec(compile(snippet, "PUBLISHING.md", "exec"), {})
    assert len(capsys.readouterr().out.splitlines()) >= len(rows(dataset, "quotes"))
