"""Label Studio's JSON files without a server, who annotated, and the commands as a user meets them."""

import json
import re
import socket
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner, Result

from conftest import ROOT
from onrecord.cli import app
from onrecord.cli.annotating import annotate, show_pushed
from onrecord.extractors.rules import contents_of
from onrecord.issues import MisuseError
from onrecord.json_input import decode
from onrecord.labelstudio.collecting import CODES as COLLECTING
from onrecord.labelstudio.names import Names
from onrecord.labelstudio.people import layer_name, naming
from onrecord.labelstudio.projects import create_project
from onrecord.labelstudio.pushing import Pushed
from onrecord.labelstudio.server import find_program, free_port, running_server, stop_server
from onrecord.labelstudio.task_files import import_tasks
from onrecord.labelstudio.tasks import Annotated
from onrecord.model import Gold
from onrecord.validation import validate

TOLL, SALE = "fenmoor-echo-harbour-toll", "fenmoor-echo-lighthouse-sale"


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["annotate", *map(str, words)])


@pytest.fixture
def exported(fenmoor: Path, tmp_path: Path) -> list[Any]:
    """The tasks of both open articles, as `annotate export` writes them."""
    file = tmp_path / "tasks.json"
    done = run("export", "fenmoor-*", "--suggest", "gold", "--out", file, "--corpus", fenmoor)
    assert (done.exit_code, done.output) == (0, "2 tasks: 0 findings\n")
    return list(json.loads(file.read_bytes()))


def annotated(task: dict[str, Any], by: object = 1, **fields: Any) -> dict[str, Any]:
    """A task with its suggestion submitted, as Label Studio exports it."""
    result = task["predictions"][0]["result"]
    annotation = {"id": 7, "completed_by": by, "result": result, "was_cancelled": False, **fields}
    others = task.get("annotations", [])
    return {**task, "id": 3, "predictions": [1], "annotations": [*others, annotation]}


def write(folder: Path, tasks: Any) -> Path:
    file = folder / "export.json"
    file.write_text(json.dumps(tasks))
    return file


def test_files_bring_gold_back(exported: list[Any], fenmoor: Path, tmp_path: Path) -> None:
    file = write(tmp_path, [annotated(task) for task in exported])
    done = run("import", file, "--annotator", "a3", "--kind", "machine", "--corpus", fenmoor)
    assert done.exit_code == 0, done.output
    assert done.output.startswith("2 layers, 0 held back, 0 empty, 0 skipped")
    for id in (TOLL, SALE):
        layer, gold = (
            decode((fenmoor / folder / f"{id}.json").read_bytes(), Gold, id)
            for folder in ("annotators/a3", "gold")
        )
        assert replace(layer, layer=gold.layer) == gold
        assert (layer.layer.annotator, layer.layer.kind) == ("a3", "machine")
        assert not layer.layer.reviewed_by_person
    assert validate(fenmoor).issues == ()


def test_an_extractor_suggests_what_it_finds(fenmoor: Path, tmp_path: Path) -> None:
    file = tmp_path / "tasks.json"
    done = run("export", TOLL, "--suggest", "rules", "--out", file, "--corpus", fenmoor)
    assert (done.exit_code, done.output) == (0, "1 task: 0 findings\n")
    (task,) = json.loads(file.read_bytes())
    assert task["meta"]["suggestion"] == "rules"
    contents = {
        (item["value"]["start"], item["value"]["end"])
        for item in task["predictions"][0]["result"]
        if item["type"] == "labels" and item["value"]["labels"][0] in ("content", "fragment")
    }
    found = contents_of((fenmoor / "texts" / f"{TOLL}.txt").read_text("utf-8"))
    assert found and contents == {(part.start, part.end) for span in found for part in span}
    written = import_tasks([write(tmp_path, [annotated(task)])], fenmoor, annotators=["a3"])
    assert [each.edits for each in written.collected] == [0], "submitted as it was"


def predicted(fenmoor: Path, lines: list[str]) -> tuple[Result, list[Any]]:
    """What an export says that suggests a predictions file, and its tasks."""
    predictions, file = fenmoor.parent / "mine.jsonl", fenmoor.parent / "tasks.json"
    predictions.write_text("\n".join(lines))
    words = ("--suggest", predictions, "--out", file, "--corpus", fenmoor)
    done = run("export", "fenmoor-*", *words)
    return done, list(json.loads(file.read_bytes()))


def line(id: str, *quotes: dict[str, Any]) -> str:
    return json.dumps({"article_id": id, "quotes": quotes})


def span_of(text: str, words: str) -> list[dict[str, int]]:
    return [{"start": text.index(words), "end": text.index(words) + len(words)}]


def test_a_speaker_predicted_as_a_span_is_its_words(fenmoor: Path, tmp_path: Path) -> None:
    text = (fenmoor / "texts" / f"{TOLL}.txt").read_text("utf-8")
    speakers = {
        "“We owe nobody a bridge,”": "Orla Venn",
        "“Ask the auditors.”": "Ilse Marrow",
        "higher fares": "He",
    }
    quotes = [
        {"content": words, "speaker": [span_of(text, name)], "source": name}
        for words, name in speakers.items()
    ]
    quotes[-1] = {**quotes[-1], "source": None}
    done, (task,) = predicted(fenmoor, [line(TOLL, *quotes)])
    assert done.output.endswith("1 task: 1 finding\n"), "that the other article has no prediction"
    found = {
        (item["id"], item["from_name"]): item["value"].get("choices") or item["value"]["text"]
        for item in task["predictions"][0]["result"]
        if item.get("from_name") in ("speaker", "new_speaker")
    }
    assert found == {
        ("quote__q1", "speaker"): ["venn-orla"],
        ("quote__q2", "new_speaker"): ["Ilse Marrow (person, named)"],
    }
    written = import_tasks([write(tmp_path, [annotated(task)])], fenmoor, annotators=["a3"])
    assert "quote-speaker" not in {issue.code for issue in written.issues}
    assert [each.edits for each in written.collected] == [0]


def test_what_a_prediction_says_wrong_is_found_where_it_stands(fenmoor: Path) -> None:
    """And takes nothing else with it: neither the other quotes nor the other articles."""
    outside = [{"start": 90_000, "end": 90_005}]
    quotes: list[dict[str, Any]] = [
        {"content": "words that stand nowhere"},
        {"content": outside},
        {"content": "higher fares", "speaker": [outside]},
    ]
    lines = [line(TOLL, *quotes), "{", line(SALE), line(SALE)]
    done, tasks = predicted(fenmoor, lines)
    assert done.exit_code == 1 and done.output.endswith("1 task: 6 findings\n"), done.output
    for place in (
        f"mine.jsonl#/quotes/0/content: prediction-missing: {TOLL}: ",
        f"mine.jsonl#/quotes/1/content/0: span-outside: {TOLL}: ",
        f"mine.jsonl#/quotes/2/speaker/0: field-speaker: {TOLL}: ",
        "mine.jsonl:2: json-syntax: ",
        "mine.jsonl:4#/article_id: prediction-repeated: ",
        f"articles/{SALE}.json: suggestion-missing: ",
    ):
        assert place in done.output, done.output
    (task,) = tasks
    regions = [each for each in task["predictions"][0]["result"] if each.get("type") == "labels"]
    assert [each["id"] for each in regions] == ["quote__q3"]


def test_whose_claim_nobody_can_tell_is_a_finding(
    exported: list[Any], fenmoor: Path, tmp_path: Path
) -> None:
    speakers = json.loads((fenmoor / "speakers.json").read_text())
    speakers += [{**speakers[1], "id": f"lee-{n}", "name": "Lee", "aliases": []} for n in (1, 2)]
    (fenmoor / "speakers.json").write_text(json.dumps(speakers))
    claim = "the fog is free (claim, Lee)"
    stance = {"target": claim, "label": "favor"}
    quote = {"content": "higher fares", "speaker": ["Lee"], "stances": [stance]}
    done, (task,) = predicted(fenmoor, [line(TOLL, quote)])
    for place in ("speaker/0", "stances/0/target"):
        words = f"mine.jsonl#/quotes/0/{place}: field-speaker: {TOLL}: 'Lee' may be lee-1 or lee-2"
        assert words in done.output, done.output
    task = annotated(exported[0])
    for item in task["annotations"][0]["result"]:
        if item.get("from_name") == "local_1_target":
            item["value"]["text"] = [claim]
    written = import_tasks([write(tmp_path, [task])], fenmoor, annotators=["a3"])
    assert "field-speaker" in {issue.code for issue in written.issues}


def test_importing_again_changes_no_file(
    exported: list[Any], fenmoor: Path, tmp_path: Path
) -> None:
    file = write(tmp_path, [annotated(task) for task in exported])
    run("import", file, "--annotator", "a3", "--corpus", fenmoor)
    before = {path: path.stat().st_mtime_ns for path in fenmoor.rglob("*.json")}
    run("import", file, "--annotator", "a3", "--corpus", fenmoor)
    assert {path: path.stat().st_mtime_ns for path in fenmoor.rglob("*.json")} == before


def test_an_annotation_of_nothing_lacks_its_marks_once(
    exported: list[Any], fenmoor: Path, tmp_path: Path
) -> None:
    file = write(tmp_path, [annotated(exported[0], result=[])])
    written = import_tasks([file], fenmoor, annotators=["a3"])
    assert written.paths == () and [each.state for each in written.collected] == ["empty"]
    (message,) = [issue.message for issue in written.issues if issue.code == "mark-missing"]
    assert message == "nothing is annotated, and 9 mark characters have no record"


def test_what_is_drawn_anew_alike_is_no_edit(
    exported: list[Any], fenmoor: Path, tmp_path: Path
) -> None:
    """Other ids say nothing; a mark of another kind is another mark."""
    result = exported[0]["predictions"][0]["result"]
    marks = {each["id"] for each in result if each.get("id", "").startswith("mark__")}
    mark = min(each for each in marks if each.endswith("__pair"))
    for number, item in enumerate(result):
        if mark in (item.get("id"), item.get("from_id")):
            key = "id" if "id" in item else "from_id"
            result[number] = {**item, key: "_drawn-anew"}
    anew = [write(tmp_path, [annotated(exported[0])])]
    assert [each.edits for each in import_tasks(anew, fenmoor, annotators=["a3"]).collected] == [0]
    (kind,) = [i for i in result if i.get("id") == "_drawn-anew" and i["from_name"] == "kind"]
    kind["value"]["choices"] = ["other"]
    changed = [write(tmp_path, [annotated(exported[0])])]
    found = import_tasks(changed, fenmoor, annotators=["a3"]).collected
    assert [each.edits for each in found] == [2], "one mark less, one more"


def test_new_speakers_and_targets_reach_the_registries(
    exported: list[Any], fenmoor: Path, tmp_path: Path
) -> None:
    task = annotated(exported[0])
    for item in task["annotations"][0]["result"]:
        if item.get("id") == "quote__q6" and item["from_name"] == "speaker":
            item |= {"from_name": "new_speaker", "type": "textarea"}
            item["value"] = {"text": ["the pilots (group, described)"], "start": 0, "end": 1}
        if item.get("id") == "quote__q3" and item["from_name"] == "local_1_target":
            item["value"]["text"] = ["the old quay"]
    done = run("import", write(tmp_path, [task]), "--annotator", "a3", "--corpus", fenmoor)
    assert "1 layer" in done.output, done.output
    speakers = {each["id"]: each for each in json.loads((fenmoor / "speakers.json").read_text())}
    assert speakers["the-pilots"] == {
        "id": "the-pilots",
        "name": "the pilots",
        "kind": "group",
        "ident": "described",
    }
    targets = {
        each["id"]: each["text"] for each in json.loads((fenmoor / "targets.json").read_text())
    }
    assert targets["the-old-quay"] == "the old quay"
    assert validate(fenmoor).issues == ()


def test_a_layer_that_is_not_sound_is_held_back_and_leaves_the_old_one(
    exported: list[Any], fenmoor: Path, tmp_path: Path
) -> None:
    old = (fenmoor / "annotators" / "a1" / f"{TOLL}.json").read_bytes()
    tasks = [annotated(task) for task in exported]
    result = tasks[0]["annotations"][0]["result"]
    tasks[0]["annotations"][0]["result"] = [
        item for item in result if item.get("from_name") != "issue_1_basis"
    ]
    done = run("import", write(tmp_path, tasks), "--annotator", "a1", "--corpus", fenmoor)
    assert done.exit_code == 1
    assert "1 layer, 1 held back" in done.output and "stance-basis" in done.output
    assert f"export.json#0#/{TOLL}/a1/stances/" in done.output
    assert (fenmoor / "annotators" / "a1" / f"{TOLL}.json").read_bytes() == old
    assert (fenmoor / "annotators" / "a1" / f"{SALE}.json").exists()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda task: task.pop("meta"),
        lambda task: task["meta"].update(article_id="../../etc/passwd"),
        lambda task: task["data"].pop("layer"),
        lambda task: task["data"].update(text=7),
    ],
    ids=["no-meta", "path", "no-layer", "text"],
)
def test_a_task_of_somebody_else_is_a_finding(
    spoil: Any, exported: list[Any], fenmoor: Path, tmp_path: Path
) -> None:
    tasks = [annotated(task) for task in exported]
    spoil(tasks[0])
    done = run("import", write(tmp_path, tasks), "--annotator", "a3", "--corpus", fenmoor)
    assert done.exit_code == 1 and "task-foreign" in done.output and "1 layer" in done.output


def test_a_text_that_was_changed_is_a_finding(
    exported: list[Any], fenmoor: Path, tmp_path: Path
) -> None:
    tasks = [annotated(task) for task in exported]
    tasks[0]["data"]["text"] += "!"
    done = run("import", write(tmp_path, tasks), "--annotator", "a3", "--corpus", fenmoor)
    assert done.exit_code == 1 and "task-text" in done.output and "1 layer" in done.output


def test_a_second_annotation_of_one_person_is_the_one_that_counts(
    exported: list[Any], fenmoor: Path, tmp_path: Path
) -> None:
    early = annotated(exported[0], result=[], updated_at="2031-01-01T00:00:00Z")
    late = annotated(
        early | {"predictions": exported[0]["predictions"]}, updated_at="2031-01-02T00:00:00Z"
    )
    done = run("import", write(tmp_path, [late]), "--annotator", "a3", "--corpus", fenmoor)
    assert "annotation-repeated" in done.output and "1 layer" in done.output


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"a": 1', '[{"id": "x"}]', "[" * 100_000])
def test_what_is_no_export_is_refused(content: str, fenmoor: Path, tmp_path: Path) -> None:
    file = tmp_path / "export.json"
    file.write_text(content)
    done = run("import", file, "--annotator", "a3", "--corpus", fenmoor)
    assert done.exit_code == 1 and "Traceback" not in done.output
    assert "finding" in done.output


def test_who_annotated() -> None:
    emails = {1: "ann.marsh@example.com", 2: "bo@example.com", 3: "bo@example.org"}

    def named(wanted: list[str], ids: list[int]) -> list[str | None]:
        name = naming(wanted, [emails[id] for id in ids], emails)
        return [name(Annotated(completed_by=id)) for id in ids]

    assert named([], [1, 2]) == ["ann-marsh", "bo"]
    assert named(["ann-marsh=a1"], [1, 2]) == ["a1", None]
    assert named(["bo@example.org=b", "bo@example.com=c"], [2, 3]) == ["c", "b"]
    assert named(["a9"], [1]) == ["a9"], "a bare name is that of the only account"
    for wanted, ids in (([], [2, 3]), (["bo"], [2, 3]), (["zoe"], [1, 2]), (["zoe=z"], [1])):
        with pytest.raises(MisuseError):
            named(wanted, ids)
    with pytest.raises(MisuseError, match="nobody has annotated yet"):
        named(["ann=a3"], [])
    assert naming([], ["7"], {})(Annotated(completed_by={"id": 7})) == "7"
    assert layer_name("Ann O'Neil@example.com") == "ann-o-neil"


def test_names_of_people_and_things() -> None:
    names = Names({}, {})
    assert names.speaker("Zoë O’Neil") == "oneil-zoe"
    assert {names.speaker("Zoë O’Neil") for _ in range(3)} == {"oneil-zoe"}, "known from now on"
    assert names.speaker("漢字").startswith("x-")
    assert names.speaker("critics (group, generic)") == "critics"
    assert names.speaker("critics") == "critics"
    assert names.speaker("Mill (Fenmoor)") == "fenmoor-mill", "brackets may be part of a name"
    assert names.target("the pier") == names.target("the pier") == "the-pier"
    assert names.target("the pier!") == "the-pier-2"


def test_speakers_to_choose_from_are_those_whose_names_stand_in_the_text(fenmoor: Path) -> None:
    from onrecord.sources import open_source

    registries = open_source(fenmoor).registries()
    names = Names(registries.speakers or {}, {})
    assert names.named_in("Vennish Venn’s, Harkes and Castor Vale.") == [
        "castor-vale-council",
        "venn-orla",
    ]


def test_every_verb_has_help_and_json() -> None:
    names = {command.name or command.callback.__name__ for command in annotate.registered_commands}
    assert names == set("config start stop export import push pull status adjudicate".split())
    for name in names:
        done = run(name, "--help")
        assert done.exit_code == 0 and "--json" in done.output, name


def test_config_goes_to_a_file_or_out(tmp_path: Path) -> None:
    done = run("config", "--issues", 1, "--out", tmp_path / "config.xml")
    assert done.exit_code == 0
    assert (tmp_path / "config.xml").read_text() == run("config", "--issues", 1).output
    assert json.loads(run("config", "--json").output)["config"].startswith("<View")


@pytest.mark.parametrize(
    "words",
    [
        ("export", "nothing-*", "--out", "x.json"),
        ("export", "*", "--suggest", "nobody", "--out", "x.json"),
        ("import", "/nowhere.json"),
        ("push", "*", "--suggest", "gold", "--project", "p"),
        ("pull", "--project", "p"),
        ("status", "--project", "p", "--url", "http://127.0.0.1:9"),
        ("adjudicate", "a1", "a2", "--project", "p"),
    ],
)
def test_misuse_exits_2_in_one_line(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    done = run(*words)
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr, done.stderr
    assert not (tmp_path / "x.json").exists()


def test_an_option_out_of_range_exits_2_with_the_usage() -> None:
    done = run("config", "--issues", "4")
    assert done.exit_code == 2 and done.stdout == ""
    assert done.stderr.startswith("Usage: ") and "Invalid value for '--issues'" in done.stderr


def test_a_missing_server_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("ONRECORD_LABEL_STUDIO", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MisuseError, match=r"pip install label-studio==1\.23\.2"):
        find_program()
    monkeypatch.setenv("ONRECORD_LABEL_STUDIO", str(tmp_path / "gone"))
    with pytest.raises(MisuseError, match="gone is no program"):
        find_program()
    done = run("start", tmp_path / "home")
    assert done.exit_code == 2 and "pip install label-studio" in done.stderr
    assert not (tmp_path / "home").exists()


def test_a_port_is_free_once_nothing_listens_there() -> None:
    """Though connections that the one who listened there closed linger."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert free_port(port) != port
        with socket.create_connection(("127.0.0.1", port)) as client:
            server.accept()[0].close()
            assert client.recv(1) == b""
    assert free_port(port) == port


def test_a_title_that_the_server_would_refuse(fenmoor: Path) -> None:
    nowhere: Any = None
    for title in ("p1", "  p1 ", "p" * 51):
        with pytest.raises(MisuseError, match="3 to 50 characters"):
            create_project(nowhere, title, 1, fenmoor)


def test_a_push_of_nothing_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    show_pushed(Pushed(""), json=False)
    assert capsys.readouterr().out == "0 added, 0 already there: 0 findings\n"


def test_a_process_of_somebody_else_is_never_ended(tmp_path: Path) -> None:
    import os

    record = {"url": "http://127.0.0.1:1", "email": "x", "port": 1, "folder": str(tmp_path)}
    (tmp_path / "server.json").write_text(json.dumps({**record, "pid": os.getpid()}))
    assert running_server(tmp_path) is None
    assert not stop_server(tmp_path)


def test_every_code_is_documented() -> None:
    from onrecord.labelstudio import joins, layers, regions, verdicts

    page = (ROOT / "docs" / "ANNOTATING.md").read_text("utf-8")
    listed = dict(re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", page, re.MULTILINE))
    for table in (regions.CODES, joins.CODES, layers.CODES, verdicts.CODES, COLLECTING):
        for code, sentence in table.items():
            assert listed[code] == sentence
    source = "".join(
        path.read_text("utf-8") for path in (ROOT / "scripts/onrecord/labelstudio").glob("*.py")
    )
    used = set(re.findall(r'code="([a-z-]+)"', source))
    checks = (ROOT / "docs" / "CHECKS.md").read_text("utf-8")
    assert {code for code in used if f"`{code}`" not in page + checks} == set()
