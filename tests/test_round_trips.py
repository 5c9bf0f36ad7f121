"""Nothing is lost on the way: records through files, anchors, JSONL and Parquet."""

import tempfile
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given

from conftest import CASES
from edits import corpus_lines, to_jsonl
from onrecord.anchors import anchor
from onrecord.building import build
from onrecord.files import write_json
from onrecord.json_input import decode
from onrecord.loading import read_articles
from onrecord.model import Gold, Span, Speaker
from onrecord.validation import validate
from strategies import corpora, modest, records, write_folder

FENMOOR = CASES / "valid" / "fenmoor"
OPEN = sorted(path.stem for path in (FENMOOR / "texts").iterdir())


@pytest.mark.slow
@modest(60)
@given(gold=records(Gold))
def test_a_file_gives_back_the_record(gold: Gold) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "gold.json"
        write_json(path, gold)
        assert decode(path.read_bytes(), Gold, path.name) == gold


@modest(25)
@given(documents=corpora)
def test_generated_corpora_are_valid_and_come_back_from_parquet(
    documents: tuple[dict[str, Any], ...],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        corpus = write_folder(documents, Path(name) / "corpus")
        assert validate(corpus).issues == ()
        built, info = build(corpus, Path(name) / "built")
        assert sorted(read_articles(built), key=lambda article: article.id) == list(
            read_articles(corpus)
        )
        lines = to_jsonl(corpus, Path(name) / "corpus.jsonl")
        assert build(corpus, Path(name) / "again", jsonl=lines)[1].configs == info.configs
        texts = {each["article"]["id"]: each["text"] for each in documents}
        assert {article.id: article.text for article in read_articles(built)} == texts


def test_layers_come_back_from_parquet(tmp_path: Path) -> None:
    built, _ = build(FENMOOR, tmp_path / "built")
    (row,) = pq.read_table(built / "annotations").to_pylist()
    path = FENMOOR / "annotators" / row["annotator"] / f"{row['article_id']}.json"
    layer = decode(path.read_bytes(), Gold, path.name)
    fields = ("annotator", "kind", "reviewed_by_person", "guidelines")
    rebuilt = msgspec.convert(
        {
            "article_id": row["article_id"],
            "layer": {name: row[name] for name in fields},
            **{name: row[name] for name in ("issues", "marks", "mentions", "quotes", "stances")},
        },
        Gold,
    )
    assert rebuilt == layer


def test_jsonl_lines_are_the_records_of_the_folder(tmp_path: Path) -> None:
    lines = to_jsonl(FENMOOR, tmp_path / "corpus.jsonl").read_bytes().splitlines()
    assert [msgspec.json.decode(line) for line in lines] == corpus_lines(FENMOOR)


def in_words(text: str, span: Span) -> list[dict[str, str]]:
    """A span as an anchor file may have it, with so much around that only one place fits."""
    return [
        {
            "exact": text[part.start : part.end],
            "prefix": text[: part.start],
            "suffix": text[part.end :],
            "cuts_word": "true" if part.cuts_word else "false",
        }
        for part in span
    ]


def anchors_of(gold: Gold, text: str) -> dict[str, Any]:
    """The anchor file that says the same as `gold`, everything written out."""

    def quote(number: int) -> dict[str, Any]:
        each = gold.quotes[number]
        spans = "content cue cue_head source source_head addressee via frame".split()
        fields = {
            name: in_words(text, getattr(each, name)) for name in spans if getattr(each, name)
        }
        plain = "id join form act status parent continues repeats note".split()
        fields |= {name: getattr(each, name) for name in plain if getattr(each, name) is not None}
        fields |= {"speaker": list(each.speaker), "doubtful": str(each.doubtful).lower()}
        fields["stances"] = [stance(row) for row in gold.stances if row.quote == each.id]
        return fields

    def stance(row: Any) -> dict[str, Any]:
        spans = {
            name: in_words(text, getattr(row, name))
            for name in ("condition", "evidence")
            if getattr(row, name)
        }
        plain = {name: getattr(row, name) for name in "target label basis carrier note".split()}
        return spans | {name: value for name, value in plain.items() if value is not None}

    def mark(each: Any) -> dict[str, Any]:
        ends = [end for end in (each.open, each.close) if end is not None]
        start, end = min(ends), max(ends) + 1
        where = {"exact": text[start:end], "prefix": text[:start], "suffix": text[end:]}
        fields = {"span": [where | {"cuts_word": "true"}], "kind": each.kind}
        return fields | ({"quote": each.quote} if each.quote else {})

    return {
        "article": gold.article_id,
        "annotator": gold.layer.annotator,
        "kind": gold.layer.kind,
        "guidelines": gold.layer.guidelines,
        "issues": list(gold.issues),
        "quotes": [quote(number) for number in range(len(gold.quotes))],
        "mentions": [
            {"speaker": each.speaker, "form": each.form, "span": in_words(text, each.span)}
            for each in gold.mentions
        ],
        "marks": [mark(each) for each in gold.marks],
    }


def dump(anchors: dict[str, Any]) -> str:
    return yaml.safe_dump(anchors, default_style='"')


def canonical(gold: Gold) -> Any:
    """Gold without the ids and the order that an anchor file gives anew.

    Whether a lone straight mark or apostrophe opens or closes follows from the character.
    """
    value = msgspec.to_builtins(gold)
    for mark in value["marks"]:
        if None in (mark["open"], mark["close"]) and mark["kind"] == "other":
            mark["open"], mark["close"] = sorted((mark["open"], mark["close"]), key=str)
    for kind in ("marks", "mentions"):
        value[kind] = sorted(
            ({**each, "id": ""} for each in value[kind]), key=lambda each: repr(each)
        )
    value["stances"] = sorted(value["stances"], key=repr)
    return value


@pytest.mark.parametrize("article", OPEN)
def test_anchors_give_back_the_gold(article: str, tmp_path: Path) -> None:
    text = (FENMOOR / "texts" / f"{article}.txt").read_text("utf-8")
    path = FENMOOR / "gold" / f"{article}.json"
    gold = decode(path.read_bytes(), Gold, path.name)
    speakers = decode((FENMOOR / "speakers.json").read_bytes(), tuple[Speaker, ...], "speakers")
    file = tmp_path / "a.yaml"
    file.write_text(dump(anchors_of(gold, text)), "utf-8")
    again = anchor(file, {article: text}.__getitem__, {each.id: each for each in speakers}).gold
    assert canonical(again) == canonical(gold)


@modest(40)
@given(documents=corpora)
def test_anchors_give_back_generated_gold(documents: tuple[dict[str, Any], ...]) -> None:
    for each in documents:
        gold = msgspec.convert(each["gold"], Gold)
        with tempfile.TemporaryDirectory() as name:
            file = Path(name) / "a.yaml"
            file.write_text(dump(anchors_of(gold, each["text"])), "utf-8")
            again = anchor(file, {gold.article_id: each["text"]}.__getitem__).gold
        assert canonical(again) == canonical(gold)
