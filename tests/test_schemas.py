"""The schemas in schemas/: generated, fresh, and of one mind with the decoder."""

import json
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import jsonschema
import jsonschema_rs
import msgspec
import orjson
import pytest
from hypothesis import given

from conftest import CASES, ROOT
from onrecord.issues import InputError
from onrecord.json_input import decode
from onrecord.schema_export import records, render_files, render_schema
from onrecord.schemas import DIALECT, schema_of
from strategies import modest, mutated_json
from strategies import records as values

NAMES = sorted(records())
FENMOOR = CASES / "valid" / "fenmoor"
FILES = {
    "article": "articles/fenmoor-echo-harbour-toll.json",
    "gold": "gold/fenmoor-echo-lighthouse-sale.json",
    "speakers": "speakers.json",
    "targets": "targets.json",
    "outlets": "outlets.json",
    "splits": "splits.json",
    "manifest": "manifest.json",
}


def agree(raw: bytes, name: str) -> bool:
    """Whether schema and decoder take it, which they decide alike but for numbers like 1.0."""
    validator = jsonschema_rs.validator_for(schema_of(records()[name]))
    taken_by_schema = validator.is_valid(json.loads(raw))
    try:
        decode(raw, records()[name], name)
    except InputError as error:
        codes = {issue.code for issue in error.issues}
        assert not taken_by_schema or codes <= {"json-number", "json-duplicate-key"}, raw
        return False
    assert taken_by_schema, raw
    return True


@pytest.mark.parametrize("name", NAMES)
def test_schemas_are_fresh_and_sound(name: str) -> None:
    stored = (ROOT / "schemas" / f"{name}.schema.json").read_bytes()
    assert stored == render_schema(name), "run `make schemas`"
    schema = json.loads(stored)
    assert schema["$schema"] == DIALECT and schema["$id"] == f"{name}.schema.json"
    jsonschema.Draft202012Validator.check_schema(schema)


def test_every_file_is_fresh_and_none_left_over() -> None:
    stored = {path.name: path.read_bytes() for path in (ROOT / "schemas").iterdir()}
    assert stored == render_files(), "run `make schemas`"
    assert set(stored) == {*(f"{name}.schema.json" for name in NAMES), "tables.json"}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_any_record_of_the_model_is_valid_and_comes_back(name: str) -> None:
    record = records()[name]
    strategy = (
        st.dictionaries(st.just("a"), st.sampled_from(["train", "test"]))
        if name == "splits"
        else values(record)
    )

    @modest(25)
    @given(value=strategy)
    def check(value: Any) -> None:
        raw = msgspec.json.encode(value)
        assert agree(raw, name)
        assert decode(raw, record, name) == value

    check()


@pytest.mark.parametrize("name", FILES)
def test_schema_and_decoder_decide_alike_on_mutations(name: str) -> None:
    @modest(150)
    @given(raw=mutated_json((FENMOOR / FILES[name]).read_bytes()))
    def check(raw: bytes) -> None:
        agree(raw, name)

    check()


@pytest.mark.parametrize(
    ("name", "value", "valid"),
    [
        ("prediction", {"article_id": "a"}, True),
        ("prediction", {"article_id": "a", "quotes": [{"content": "words"}]}, True),
        (
            "prediction",
            {"article_id": "a", "quotes": [{"content": [{"start": 0, "end": 3}]}]},
            True,
        ),
        (
            "prediction",
            {
                "article_id": "a",
                "quotes": [
                    {
                        "content": "x",
                        "speaker": ["Venn", [{"start": 1, "end": 2}]],
                        "confidence": 0.5,
                        "stances": [{"target": "t", "label": "favor"}],
                    }
                ],
            },
            True,
        ),
        ("prediction", {"article_id": "a", "quotes": [{}]}, False),
        ("prediction", {"article_id": "a", "quotes": [{"content": "x", "id": "q1"}]}, False),
        ("prediction", {"article_id": "a", "quotes": [{"content": "x", "confidence": 2}]}, False),
        ("prediction", {"article_id": "../a"}, False),
        ("prediction", {"article_id": "a/b"}, False),
        ("prediction", {"article_id": "a" * 300}, False),
        ("prediction", {"article_id": "a\n"}, False),
        ("splits", {"a": "dev"}, False),
        ("splits", {"../a": "test"}, False),
        ("speakers", [{"id": "a", "name": "A", "kind": "person"}], False),
    ],
)
def test_decisions(name: str, value: Any, valid: bool) -> None:
    assert agree(orjson.dumps(value), name) is valid


@pytest.mark.parametrize("number", ["1.0", "-1", str(2**31), str(2**40), "1e3", '"1"', "true"])
def test_offsets_are_bounded_integers(number: str) -> None:
    raw = (FENMOOR / FILES["article"]).read_text().replace('"start": 0', f'"start": {number}', 1)
    assert number in raw and not agree(raw.encode(), "article")


def test_the_example_of_the_design_is_valid(external: Path) -> None:
    folder = external / "example"
    for name in ("article", "gold", "speakers", "targets"):
        assert agree((folder / f"{name}.json").read_bytes(), name)
