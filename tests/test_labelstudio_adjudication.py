"""Several layers to decide on: what they share is there, what differs is shown, gold comes out."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from onrecord.files import write_json
from onrecord.issues import MisuseError
from onrecord.json_input import decode
from onrecord.labelstudio.adjudication import disputes
from onrecord.labelstudio.task_files import import_tasks
from onrecord.labelstudio.versions import merge_layers, shuffled
from onrecord.model import Fragment, Gold
from onrecord.validation import validate

ID = "fenmoor-echo-harbour-toll"


@pytest.fixture
def layers(fenmoor: Path) -> Path:
    """A corpus with a second layer, a2: q1 another status, q5 another content, q6 not at all."""
    path = fenmoor / "annotators" / "a1" / f"{ID}.json"
    gold = decode(path.read_bytes(), Gold, path.name)
    quotes = {quote.id: quote for quote in gold.quotes}
    quotes["q4"] = replace(quotes["q4"], status="negated")
    (part,) = quotes["q5"].content
    shorter = Fragment(start=part.start + len("higher "), end=part.end)
    quotes["q5"] = replace(quotes["q5"], content=(shorter,))
    del quotes["q6"]
    other = replace(
        gold,
        layer=replace(gold.layer, annotator="a2"),
        quotes=tuple(quotes.values()),
        mentions=tuple(each for each in gold.mentions if each.speaker != "castor-vale-council"),
        stances=tuple(each for each in gold.stances if each.quote != "q4"),
    )
    write_json(fenmoor / "annotators" / "a2" / f"{ID}.json", other)
    assert validate(fenmoor).issues == ()
    return fenmoor


def task_of(corpus: Path) -> dict[str, Any]:
    (prepared,) = disputes(corpus, ["a1", "a2"])
    assert prepared.issues == () and prepared.task is not None
    return dict(json.loads(json.dumps(prepared.task)))


def decide(task: dict[str, Any], verdicts: dict[str, str]) -> dict[str, Any]:
    """The task with the suggestion submitted, and verdicts on quotes by their words."""
    result = list(task["predictions"][0]["result"])
    for item in list(result):
        if item.get("from_name") == "span" and item["id"].startswith("quote__"):
            words = item["value"]["text"]
            if words in verdicts:
                choice = {"choices": [verdicts.pop(words)]}
                field = {"id": item["id"], "from_name": "verdict", "to_name": "text"}
                result.append({**field, "type": "choices", "value": choice})
    assert verdicts == {}
    return {**task, "id": 1, "annotations": [{"id": 1, "result": result, "completed_by": 1}]}


def imported(task: dict[str, Any], corpus: Path) -> Any:
    file = corpus.parent / "export.json"
    file.write_text(json.dumps([task]))
    return import_tasks([file], corpus, annotators=["judge"])


def test_what_differs_is_listed_and_nobody_is_named(layers: Path) -> None:
    task = task_of(layers)
    lines = task["data"]["differences"].split("\n")
    assert any("mooring — status — " in line and ": negated" in line for line in lines)
    assert any(line.startswith("higher fares — only in ") for line in lines)
    assert any(line.startswith("fares — only in ") for line in lines)
    assert any(line.startswith("on the leak — only in ") for line in lines)
    assert len(task["meta"]["disputed"]) == 4
    versions = [each["model_version"] for each in task["predictions"]]
    assert versions == ["suggestion", "version A", "version B"]
    assert not {'"a1"', '"a2"'} & set(json.dumps(task).split())
    assert '"a1"' not in json.dumps(task) and '"a2"' not in json.dumps(task)


def test_gold_is_what_was_decided_and_knows_its_history(layers: Path) -> None:
    task = decide(
        task_of(layers),
        {
            "higher fares": "accept",
            "fares": "reject",
            "on the leak": "reject",
            "that the council had already sold the “Drowned Bell” mooring": "accept",
        },
    )
    written = imported(task, layers)
    assert written.issues == () and written.paths == (layers / "gold" / f"{ID}.json",)
    gold = decode(written.paths[0].read_bytes(), Gold, "gold")
    text = (layers / "texts" / f"{ID}.txt").read_text("utf-8")
    words = [text[quote.content[0].start : quote.content[-1].end] for quote in gold.quotes]
    assert "higher fares" in words and not {"fares", "on the leak"} & set(words)
    assert gold.layer.annotator == "adjudicated"
    assert "castor-vale-council" not in {mention.speaker for mention in gold.mentions}
    history = json.loads(gold.orig[-1].raw)
    assert history["adjudicator"] == "judge" and set(history["layers"]) == {"a1", "a2"}
    by_words = dict(zip(words, (history["quotes"][quote.id] for quote in gold.quotes), strict=True))
    assert by_words["higher fares"] == ["a1"]
    assert by_words["that the toll would pay for a new pier if residents were exempt"] == [
        "a1",
        "a2",
    ]
    assert validate(layers).issues == ()
    assert imported(task, layers).issues == ()
    again = decode(written.paths[0].read_bytes(), Gold, "gold")
    assert again == gold, "the same decisions leave the same gold and one history"


def test_quotes_keep_the_ids_of_the_present_gold(layers: Path) -> None:
    path = layers / "gold" / f"{ID}.json"
    before = {quote.content: quote.id for quote in decode(path.read_bytes(), Gold, "gold").quotes}
    task = task_of(layers)
    ids = {
        item["value"]["start"]: item["id"]
        for item in task["predictions"][0]["result"]
        if item.get("id", "").startswith("quote__") and item["type"] == "labels"
    }
    for content, id in before.items():
        assert f"quote__{id}" in ids.values(), content


def test_without_a_verdict_no_gold(layers: Path) -> None:
    gold = (layers / "gold" / f"{ID}.json").read_bytes()
    written = imported(decide(task_of(layers), {"higher fares": "accept"}), layers)
    assert {issue.code for issue in written.issues} >= {"verdict-missing"}
    lacking = [issue.message for issue in written.issues if issue.code == "verdict-missing"]
    assert len(lacking) == 3 and any(words.endswith("verdict: on the leak") for words in lacking)
    assert written.paths == () and (layers / "gold" / f"{ID}.json").read_bytes() == gold


def test_layers_that_agree_leave_nothing_to_decide(fenmoor: Path) -> None:
    path = fenmoor / "annotators" / "a1" / f"{ID}.json"
    gold = decode(path.read_bytes(), Gold, path.name)
    twin = replace(gold, layer=replace(gold.layer, annotator="a2"))
    text = (fenmoor / "texts" / f"{ID}.txt").read_text("utf-8")
    merged = merge_layers(shuffled([gold, twin]), text, gold)
    assert (merged.disputed, merged.differences) == ((), ())
    write_json(fenmoor / "annotators" / "a2" / path.name, twin)
    before = decode((fenmoor / "gold" / path.name).read_bytes(), Gold, "gold")
    written = imported(decide(task_of(fenmoor), {}), fenmoor)
    assert written.issues == ()
    made = decode(written.paths[0].read_bytes(), Gold, "gold")
    assert [each.edits for each in written.collected] == [0], "submitted as it was"
    canonical = replace(made, layer=gold.layer, orig=())
    assert sorted(map(repr, canonical.stances)) == sorted(map(repr, gold.stances))
    assert canonical.quotes == gold.quotes
    assert {*made.marks} == {*before.marks}
    assert {*made.mentions} == {*before.mentions}


def test_unknown_or_lonely_layers_are_refused(layers: Path) -> None:
    for names, words in ((["a1", "a9"], "no layer a9"), (["a1", "a1"], "agrees with itself")):
        with pytest.raises(MisuseError, match=words):
            list(disputes(layers, names))
    shutil.rmtree(layers / "annotators" / "a2")
    (layers / "annotators" / "a2").mkdir()
    with pytest.raises(MisuseError, match="no article has two"):
        list(disputes(layers, ["a1", "a2"]))
