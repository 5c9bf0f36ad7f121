"""Annotations to what the editor shows and back: nothing is lost, nothing wrong comes through."""

import json
import random
from functools import cache
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given

from annotated import annotated, speakers, targets
from conftest import CASES, ROOT
from onrecord import model
from onrecord.issues import Issue
from onrecord.labels import labels
from onrecord.labelstudio.config import labeling_config
from onrecord.labelstudio.controls import CONTROLS, LABELS
from onrecord.labelstudio.layers import read_layer
from onrecord.labelstudio.names import Names
from onrecord.labelstudio.regions import read_result
from onrecord.labelstudio.results import result_of
from onrecord.labelstudio.sheets import ShownArticle, blank
from onrecord.model import Article, Gold
from onrecord.sources import Entry, Registries, open_source
from onrecord.validation import check_annotation
from onrecord.validation.subject import Subject
from strategies import modest, mutated_json

FENMOOR = CASES / "valid" / "fenmoor"
Found = list[tuple[str, str]]


def read(result: Any, sheet: ShownArticle, names: Names, layer: model.Layer) -> tuple[Gold, Found]:
    """The annotation in a result, and (code, message) of every finding."""
    found: Found = []

    def report(code: str, pointer: str, message: str, hint: str) -> None:
        found.append((code, message))
        assert hint and pointer.startswith("/")

    return read_layer(read_result(result, sheet.text, report), sheet, layer, names, report), found


@cache
def corpus_at(root: Path) -> tuple[Registries, dict[str, Entry]]:
    """Registries and entries by id, read once for all tests: a corpus of hundreds takes a second."""
    source = open_source(root)
    return source.registries(), {entry.id: entry for entry in source.entries()}


def golds() -> list[Any]:
    """All annotations with text; of the corpus every eighth is quick, the others come with all."""
    sheets = [
        (root, id, sheet.file)
        for root in (FENMOOR, ROOT / "corpus")
        for id, entry in corpus_at(root)[1].items()
        if entry.text is not None
        for sheet in [entry.gold, *entry.layers]
        if sheet
    ]
    return [
        pytest.param(
            root,
            id,
            file,
            id=f"{root.name}-{file}",
            marks=[pytest.mark.slow] if root != FENMOOR and number % 8 else [],
        )
        for number, (root, id, file) in enumerate(sheets)
    ]


@pytest.mark.parametrize(("root", "id", "file"), golds())
def test_every_annotation_of_the_corpus_comes_back(root: Path, id: str, file: str) -> None:
    registries, entries = corpus_at(root)
    names = Names(registries.speakers or {}, registries.targets or {})
    entry = entries[id]
    assert entry.text is not None and entry.article is not None and entry.gold is not None
    sheet = next(each for each in [entry.gold, *entry.layers] if each.file == file)
    gold = sheet.annotation
    page = ShownArticle(entry.article, entry.text, gold)
    result = json.loads(json.dumps(result_of(gold, entry.text, names)))
    assert read(result, page, names, gold.layer) == (gold, [])
    assert (names.new_speakers, names.new_targets) == ({}, {})


@modest(150)
@given(made=annotated(), seed=st.integers(0, 99))
def test_every_valid_annotation_comes_back(made: tuple[Article, str, Gold], seed: int) -> None:
    """In whatever order the items come, with what the editor adds and writes otherwise."""
    article, text, gold = made
    names = Names(speakers(), targets())
    subject = Subject(
        "", "", gold, text, len(text), "open", names.speakers, names.targets, frozenset()
    )
    assert check_annotation(subject) == []
    result = json.loads(json.dumps(result_of(gold, text, names)))
    random.Random(seed).shuffle(result)
    for item in result:
        item["origin"] = "prediction"
        if "labels" in item.get("value", {}):
            item["value"]["text"] = item["value"]["text"].replace("\n", "\\n")
    assert read(result, ShownArticle(article, text, gold), names, gold.layer) == (gold, [])


@modest(200)
@given(data=st.data())
def test_no_result_is_too_broken_to_read(data: st.DataObject) -> None:
    entry, names = harbour()
    result = json.dumps(result_of(entry.base, entry.text, names)).encode()
    broken = json.loads(data.draw(mutated_json(result)))
    gold, _ = read(broken, entry, names, entry.base.layer)
    assert msgspec.json.decode(msgspec.json.encode(gold), type=Gold) == gold


def harbour(base: bool = True) -> tuple[ShownArticle, Names]:
    """The article about the harbour toll, with its gold or a blank layer."""
    source = open_source(FENMOOR)
    registries = source.registries()
    entry = next(source.entries())
    assert entry.text is not None and entry.article is not None and entry.gold is not None
    gold = entry.gold.annotation
    shown = gold if base else blank(entry.article, gold.issues, "1.1.0")
    names = Names(registries.speakers or {}, registries.targets or {})
    return ShownArticle(entry.article, entry.text, shown), names


class Drawing:
    """A result as the editor makes it: random ids, fields apart, relations without labels."""

    def __init__(self, text: str) -> None:
        self.text, self.items = text, list[dict[str, Any]]()

    def region(self, label: str, words: str, nth: int = 0, **fields: str | list[str]) -> str:
        start = -1
        for _ in range(nth + 1):
            start = self.text.index(words, start + 1)
        id = f"_x{len(self.items)}-Az9{label[0]}"
        place = {"start": start, "end": start + len(words)}
        value = {**place, "text": words, "labels": [label]}
        self.item(id, "span", "labels", value)
        for name, values in fields.items():
            many = [values] if isinstance(values, str) else values
            text = CONTROLS[name].choices is None and name != "speaker"
            kind, key = ("textarea", "text") if text else ("choices", "choices")
            self.item(id, name, kind, {**place, key: many})
        return id

    def item(self, id: str, name: str, kind: str, value: dict[str, Any]) -> None:
        item = {"id": id, "from_name": name, "to_name": "text", "type": kind, "value": value}
        self.items.append({**item, "origin": "manual"})

    def relate(self, one: str, other: str, *labels: str) -> None:
        ends = {"from_id": one, "to_id": other, "direction": "right", "type": "relation"}
        self.items.append({**ends, "labels": list(labels)} if labels else ends)


def test_a_quote_drawn_by_hand() -> None:
    """Relations without labels, in either direction; what follows from the rest is filled in."""
    sheet, names = harbour(base=False)
    drawing = Drawing(sheet.text)
    content = drawing.region(
        "content",
        " “We owe nobody a bridge,” "[1:],
        speaker="venn-orla",
        issue_1="against",
        issue_1_basis="implied",
        local_1="favor",
        local_1_basis="explicit",
        local_1_target="the new Fenmoor pier",
    )
    more = drawing.region("fragment", "“and nobody owes us a fog.\n\n“Ask the auditors.”")
    cue, source = drawing.region("cue", "said"), drawing.region("source", "Orla Venn ")
    drawing.region("evidence", "owe nobody", towards="issue_1")
    for one, other in ((more, content), (content, cue), (source, content)):
        drawing.relate(one, other)
    gold, found = read(drawing.items, sheet, names, sheet.base.layer)
    assert found == []
    (quote,) = gold.quotes
    words = [sheet.text[part.start : part.end] for part in quote.content]
    assert words == [
        "“We owe nobody a bridge,”",
        "“and nobody owes us a fog.",
        "“Ask the auditors.”",
    ]
    assert (quote.form, quote.act, quote.status) == ("clause", "say", "actual")
    assert sheet.text[quote.source[0].start : quote.source[0].end] == "Orla Venn"
    assert [(m.speaker, m.form) for m in gold.mentions] == [("venn-orla", "name")]
    assert sum(mark.quote == quote.id for mark in gold.marks) == 3
    assert [(s.target, s.label) for s in gold.stances] == [
        ("toll-harbour", "against"),
        ("pier-new", "favor"),
    ]
    assert gold.stances[0].evidence


def test_chains_are_understood_from_zone_and_cue() -> None:
    sheet, names = harbour(base=False)
    drawing = Drawing(sheet.text)
    headline = drawing.region("content", "Harbour toll ‘a tax on fog’", speaker="venn-orla")
    drawing.relate(drawing.region("cue", "says"), headline)
    first = drawing.region("content", "“We owe nobody a bridge,”", speaker="venn-orla")
    second = drawing.region("content", "“Ask the auditors.”", speaker="venn-orla")
    third = drawing.region("content", "higher fares", speaker="venn-orla")
    drawing.relate(headline, first)
    drawing.relate(second, first)
    drawing.relate(drawing.region("cue", "fear"), third)
    drawing.relate(third, second, "repeats")
    gold, found = read(drawing.items, sheet, names, sheet.base.layer)
    assert found == []
    chains = [(q.continues, q.repeats) for q in gold.quotes]
    assert chains == [(None, "q2"), (None, None), ("q2", None), (None, "q3")]
    drawing.relate(third, first)
    assert [code for code, _ in read(drawing.items, sheet, names, sheet.base.layer)[1]] == [
        "relation-unclear"
    ]


def test_new_speakers_and_targets_in_words() -> None:
    sheet, names = harbour(base=False)
    drawing = Drawing(sheet.text)
    drawing.region(
        "content",
        "on the leak",
        new_speaker=["Castor Vale", "Józef Król", "boatmen (group, anonymous)"],
        local_1="against",
        local_1_basis="explicit",
        local_1_target="the pier is sound (claim, Harke)",
        local_2="favor",
        local_2_basis="explicit",
        local_2_target="the fog",
    )
    gold, found = read(drawing.items, sheet, names, sheet.base.layer)
    assert found == []
    assert gold.quotes[0].speaker == ("castor-vale-council", "krol-jozef", "boatmen")
    assert {(s.id, s.name, s.kind, s.ident) for s in names.new_speakers.values()} == {
        ("krol-jozef", "Józef Król", "person", "named"),
        ("boatmen", "boatmen", "group", "anonymous"),
    }
    claim, fog = names.new_targets.values()
    assert (claim.kind, claim.speaker, fog.id, fog.kind) == (
        "claim",
        "harke-tobin",
        "the-fog",
        "entity",
    )


FAULTS: dict[str, Any] = {
    "region-offsets": [
        lambda d: d.item("bad", "span", "labels", {"start": 30, "end": 20, "labels": ["cue"]}),
        lambda d: d.item("bad", "span", "labels", {"start": 1.0, "end": 9.5, "labels": ["cue"]}),
        lambda d: d.item("bad", "span", "labels", {"start": "1", "end": "9", "labels": ["cue"]}),
        lambda d: d.item("bad", "span", "labels", {"start": -4, "end": 9, "labels": ["cue"]}),
        lambda d: d.item("bad", "span", "labels", {"start": 1, "end": 99999, "labels": ["cue"]}),
        lambda d: d.item("bad", "span", "labels", {"start": True, "end": 3, "labels": ["cue"]}),
        lambda d: d.item("bad", "span", "labels", {"labels": ["cue"]}),
    ],
    "region-label": [
        lambda d: d.item("bad", "span", "labels", {"start": 1, "end": 3, "labels": ["quote"]}),
        lambda d: d.item("bad", "span", "labels", {"start": 1, "end": 3, "labels": []}),
        lambda d: d.item("bad", "span", "labels", {"start": 1, "end": 3}),
    ],
    "region-repeated": [lambda d: d.items.append(dict(d.items[0]))],
    "region-field": [
        lambda d: d.item("nobody", "act", "choices", {"choices": ["say"]}),
        lambda d: d.item("quote__q1", "mention_form", "choices", {"choices": ["name"]}),
        lambda d: d.item("quote__q1", "join", "choices", {"choices": ["both of them"]}),
        lambda d: d.item("quote__q1", "join", "choices", {"choices": ["joint", "either"]}),
        lambda d: d.item("quote__q1", "join", "choices", {}),
        lambda d: d.item("quote__q1", "mood", "choices", {"choices": ["grim"]}),
        lambda d: d.item("quote__q1", "act", "choices", {"choices": ["ask"]}),
    ],
    "region-alone": [
        lambda d: d.region("via", "the leak"),
        lambda d: d.region("fragment", "the leak"),
    ],
    "relation-dangling": [
        lambda d: d.relate("quote__q1", "gone"),
        lambda d: d.relate("quote__q1", "quote__q1"),
    ],
    "relation-label": [lambda d: d.relate("quote__q1", "quote__q2", "answers")],
    "relation-unclear": [lambda d: d.relate("cue__q1", "source__q2")],
    "field-kind": [
        lambda d: d.region("mark", "“Drowned Bell”"),
        lambda d: d.region("mark", "toll", kind="scare"),
    ],
    "field-speaker": [
        lambda d: d.region("mention", "He"),
        lambda d: d.region("mention", "He", speaker=["venn-orla", "harke-tobin"]),
    ],
    "field-label": [lambda d: d.item("quote__q2", "local_1_note", "textarea", {"text": ["why"]})],
    "field-target": [lambda d: d.item("quote__q2", "local_1", "choices", {"choices": ["favor"]})],
    "field-slot": [lambda d: d.item("quote__q2", "issue_3", "choices", {"choices": ["favor"]})],
    "field-towards": [
        lambda d: d.relate(d.region("evidence", "pay for"), "quote__q3"),
    ],
    "region-cuts-word": [
        lambda d: d.relate(d.region("addressee", "port", nth=0), "quote__q4"),
    ],
    "region-words": [
        lambda d: d.items[0]["value"].update(text="something else"),
    ],
}


@pytest.mark.parametrize(
    ("code", "fault"), [(code, fault) for code, faults in FAULTS.items() for fault in faults]
)
def test_a_fault_is_a_finding_and_stops_nothing_else(code: str, fault: Any) -> None:
    sheet, names = harbour()
    drawing = Drawing(sheet.text)
    drawing.items = json.loads(json.dumps(result_of(sheet.base, sheet.text, names)))
    fault(drawing)
    gold, found = read(drawing.items, sheet, names, sheet.base.layer)
    assert [each for each, _ in found] == [code]
    if code != "region-cuts-word":
        assert gold == sheet.base


def test_every_fault_is_listed_and_tested() -> None:
    from onrecord.labelstudio import joins, layers, regions

    assert set(FAULTS) == {*regions.CODES, *joins.CODES, *layers.CODES}


def test_the_config_is_made_of_the_model() -> None:
    tree = ElementTree.fromstring(labeling_config())
    assert [label.get("value") for label in tree.iter("Label")] == [*LABELS[:-1]]
    both = ElementTree.fromstring(labeling_config(adjudicating=True))
    assert [label.get("value") for label in both.iter("Label")] == [*LABELS]
    assert set(model.QUOTE_SPANS) < set(LABELS)
    controls = {
        each.get("name"): each for tag in ("Choices", "TextArea") for each in tree.iter(tag)
    }
    assert set(controls) == set(CONTROLS) - {"verdict"}
    for name, alias in {
        "act": model.Act,
        "form": model.QuoteForm,
        "status": model.Status,
        "join": model.Join,
        "mention_form": model.MentionForm,
        "kind": model.MarkKind,
        "issue_1": model.StanceLabel,
        "issue_2_basis": model.Basis,
        "local_3_carrier": model.Carrier,
    }.items():
        choices = controls[name].findall("Choice")
        assert [choice.get("value") for choice in choices] == list(get_args(alias)), name
        meanings = labels()[CONTROLS[name].definitions]
        assert [choice.get("hint") for choice in choices] == [
            meanings[str(choice.get("value"))] for choice in choices
        ]
    assert all(label.get("hint") for label in tree.iter("Label"))


def test_hotkeys_are_unique() -> None:
    tree = ElementTree.fromstring(labeling_config(adjudicating=True))
    keys = [each.get("hotkey") for each in tree.iter() if each.get("hotkey")]
    assert len(keys) == len(set(keys)) > 30


def test_a_project_shows_as_many_issues_as_it_has() -> None:
    for count in (1, 2, 3):
        tree = ElementTree.fromstring(labeling_config(count))
        names = {each.get("name") for each in tree.iter("Choices")}
        assert {f"issue_{n}" in names for n in range(1, count + 1)} == {True}
        assert f"issue_{count + 1}" not in names


def test_findings_are_issues() -> None:
    fields = {"file", "pointer", "code", "message", "hint", "line"}
    assert set(Issue.__struct_fields__) == fields
