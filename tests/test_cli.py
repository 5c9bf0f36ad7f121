"""The command line: every verb, exit statuses, JSON, and what a user reads."""

import json
import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from conftest import ROOT
from onrecord.cli import app
from onrecord.issues import InputError, MisuseError

CORPUS = str(ROOT / "corpus")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_every_verb_has_help_and_json() -> None:
    names = [command.callback.__name__ for command in app.registered_commands]
    assert set(names) >= {"anchor", "validate", "build", "stats", "show", "schema", "card"}
    for name in names:
        done = run(name, "--help")
        assert done.exit_code == 0 and "--json" in done.output, name


def test_validate_the_corpus() -> None:
    done = run("validate", CORPUS)
    assert done.exit_code == 0, done.output
    assert done.output.endswith("0 findings\n")


def test_near_duplicates_of_the_corpus() -> None:
    assert run("validate", CORPUS, "--near-duplicates").exit_code == 0


def test_findings_exit_1_and_name_place_and_remedy(fenmoor: Path) -> None:
    (fenmoor / "splits.json").write_text('{"fenmoor-echo-harbour-toll": "dev"}')
    done = run("validate", fenmoor)
    assert done.exit_code == 1
    assert "splits.json#/fenmoor-echo-harbour-toll: schema: " in done.output
    assert "Traceback" not in done.output
    found = json.loads(run("validate", fenmoor, "--json").output)
    assert {issue["code"] for issue in found["issues"]} >= {"schema"}


def test_a_name_that_is_not_utf_8_hides_no_finding(fenmoor: Path) -> None:
    (fenmoor / "gold" / os.fsdecode(b"caf\xe9.json")).write_bytes(b"{}")
    (fenmoor / "outlets.json").write_bytes(b"[")
    done = run("validate", fenmoor, "--json")
    assert done.exit_code == 1, done.output
    found = {(issue["file"], issue["code"]) for issue in json.loads(done.output)["issues"]}
    assert found >= {("gold/caf\\udce9.json", "schema"), ("outlets.json", "json-syntax")}
    done = run("build", fenmoor / os.fsdecode(b"\xff"), "--json")
    assert done.exit_code == 2 and "no such folder" in done.stderr


def test_an_output_folder_whose_name_is_not_utf_8(fenmoor: Path, tmp_path: Path) -> None:
    out = tmp_path / os.fsdecode(b"caf\xe9")
    written = json.loads(run("schema", "--out", out, "--json").output)["written"]
    assert all(Path(path).is_file() for path in written)
    done = run("build", fenmoor, "--out", out / "built")
    assert done.exit_code == 2 and "is not UTF-8" in done.stderr


def test_a_finding_has_the_number_of_its_line(fenmoor: Path, tmp_path: Path) -> None:
    lines = tmp_path / "corpus.jsonl"
    lines.write_bytes(
        b'{"manifest": ' + (fenmoor / "manifest.json").read_bytes().replace(b"\n", b"") + b"}\n{}\n"
    )
    (found,) = json.loads(run("validate", "--from", lines, "--json").output)["issues"]
    assert (found["file"], found["line"]) == ("corpus.jsonl:2", 2)
    (fenmoor / "outlets.json").write_bytes(b"[")
    (found,) = json.loads(run("validate", fenmoor, "--json").output)["issues"]
    assert "line" not in found


def test_a_folder_without_manifest_is_a_corpus_if_it_holds_articles(
    fenmoor: Path, tmp_path: Path
) -> None:
    (fenmoor / "manifest.json").unlink()
    (fenmoor / "outlets.json").write_bytes(b"[")
    done = run("validate", fenmoor, "--json")
    assert done.exit_code == 1
    codes = {issue["code"] for issue in json.loads(done.output)["issues"]}
    assert codes == {"manifest-missing", "json-syntax"}
    assert run("stats", fenmoor).exit_code == 1
    (tmp_path / "photos").mkdir()
    done = run("validate", tmp_path / "photos")
    assert done.exit_code == 2 and "neither manifest.json nor articles/" in done.stderr


def test_a_pipe_is_said_to_be_no_regular_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for words in (("validate", "--from"), ("anchor", "--out", tmp_path)):
        done = run(*words, tmp_path / "pipe")
        assert done.exit_code == 2 and "is no regular file" in done.stderr


def test_values_are_shown_as_json_writes_them(fenmoor: Path) -> None:
    (fenmoor / "splits.json").write_text('{"a": true, "b": null, "c": "dev", "d": [false]}')
    output = run("validate", fenmoor).output
    for name, said in (("a", "true"), ("b", "null"), ("c", "'dev'"), ("d", "[false]")):
        assert f"splits.json#/{name}: schema: {said} is n" in output


def test_control_characters_are_not_printed(fenmoor: Path) -> None:
    (fenmoor / "outlets.json").write_text('[{"\\u001b[31mred": 1}]')
    (fenmoor / "gold" / "\x1b[2J\n.json").write_text('{"\\u009b": 1, "\\u009b": 2}')
    done = run("validate", fenmoor)
    assert done.exit_code == 1
    assert all(line.isprintable() for line in done.output.splitlines())
    assert r"gold/\x1b[2J\n.json: json-duplicate-key" in done.output
    assert r"\x1b[31mred" in done.output


def test_words_of_the_data_do_not_steer_the_terminal(fenmoor: Path, tmp_path: Path) -> None:
    """Controls are refused in records, and not printed by the refusal; of the rest none is obeyed."""
    new = shutil.copytree(fenmoor, tmp_path / "new")
    id = "fenmoor-echo-harbour-toll"
    article = new / "articles" / f"{id}.json"
    record = json.loads(article.read_bytes())
    article.write_text(json.dumps({**record, "title": "Toll\u202e\xa0gate"}))
    for words in (("show", id, "--corpus", new), ("diff", fenmoor, new)):
        output = run(*words).output
        assert "\u202e" not in output and r"Toll\u202e" in output, words
    assert "\xa0gate" in run("show", id, "--corpus", new).output
    article.write_text(json.dumps({**record, "title": "Toll\x1b[2J\x9b2J\x07"}))
    for words in (("show", id, "--corpus", new), ("diff", fenmoor, new), ("validate", new)):
        done = run(*words)
        assert done.exit_code == 1 and not set("\x1b\x9b\x07") & set(done.output), words


@pytest.mark.parametrize("verb", ["build", "card"])
def test_a_card_that_is_not_utf_8_is_named(fenmoor: Path, tmp_path: Path, verb: str) -> None:
    card = fenmoor.parent / "DATASET_CARD.md"
    card.write_bytes(b"caf\xe9")
    words = {"build": (fenmoor, "--out", tmp_path / "out"), "card": (card, "--corpus", fenmoor)}
    done = run(verb, *words[verb])
    assert done.exit_code == 1
    assert "DATASET_CARD.md: file-encoding: byte 3 is not UTF-8 (0xe9)" in done.output


def test_an_error_of_ours_is_no_misuse(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("a slip in the code")

    monkeypatch.setattr("onrecord.statistics.statistics", broken)
    assert isinstance(run("stats", CORPUS).exception, ValueError)


@pytest.mark.parametrize(
    "words",
    [
        ("validate", "/nowhere"),
        ("validate", "--from", "/nowhere.jsonl"),
        ("validate", CORPUS, "--texts", "/nowhere"),
        ("build", "/nowhere"),
        ("stats", "/nowhere"),
        ("show", "no-such-article"),
        ("schema", "no-such-schema"),
        ("diff", CORPUS, "/nowhere"),
        ("verify", "/nowhere"),
        ("release", "--date", "yesterday"),
    ],
)
def test_misuse_exits_2_in_one_line(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr, done.stderr


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("frobnicate",), "Error: No such command 'frobnicate'."),
        (("anchor", "x.yaml"), "Error: Missing option '--out'."),
    ],
)
def test_words_that_make_no_command_exit_2_with_its_usage(
    words: tuple[str, ...], error: str
) -> None:
    done = run(*words)
    lines = done.stderr.splitlines()
    assert (done.exit_code, done.stdout) == (2, "")
    assert lines[0].startswith("Usage: ") and lines[-1] == error


def test_build_prints_where_and_how_to_load(fenmoor: Path, tmp_path: Path) -> None:
    done = run("build", fenmoor, "--out", tmp_path / "out", "--load-back")
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0].startswith(str(tmp_path / "out"))
    snippet = "\n".join(lines[-3:])
    scope: dict = {}
    exec(snippet, scope)
    assert scope["quotes"].shape[0] > 0
    assert (tmp_path / "out" / "README.md").is_file()


def test_build_as_json(fenmoor: Path, tmp_path: Path) -> None:
    done = run("build", fenmoor, "--out", tmp_path / "out", "--json")
    assert json.loads(done.output)["rows"]["quotes"]["test"] > 0


@pytest.mark.slow
def test_stats_of_corpus_and_dataset_agree(dataset: Path) -> None:
    of_corpus = json.loads(run("stats", CORPUS, "--json").output)
    of_dataset = json.loads(run("stats", dataset, "--json").output)
    for counted in (of_corpus, of_dataset):
        counted.pop("name")
    assert of_corpus == of_dataset
    assert of_corpus["total"]["articles"] >= 12
    assert "stories" in run("stats", CORPUS).output


def test_articles_without_a_story_are_no_stories(fenmoor: Path) -> None:
    def stories() -> list[str]:
        row = next(line for line in run("stats", fenmoor).output.splitlines() if "stories" in line)
        return row.replace("│", " ").split()[1:]

    assert stories()[-1] == "2"
    for path in (fenmoor / "articles").iterdir():
        record = json.loads(path.read_bytes())
        record.pop("story", None)
        path.write_text(json.dumps(record))
    assert set(stories()) == {"—"}
    counted = json.loads(run("stats", fenmoor, "--json").output)
    assert counted["total"]["articles"] > counted["total"]["stories"] == 0


def test_show_an_article() -> None:
    from onrecord.loading import load

    article = load("test")[0]
    done = run("show", article.id)
    assert done.exit_code == 0
    assert article.title.split()[0] in done.output
    assert json.loads(run("show", article.id, "--json").output)["id"] == article.id
    near = run("show", article.id[:-1])
    assert near.exit_code == 2 and article.id in near.stderr


def test_schemas_are_printed() -> None:
    names = run("schema").output.split()
    for name in names:
        assert json.loads(run("schema", name).output)["$id"] == f"{name}.schema.json"


def test_anchor_writes_gold(fenmoor: Path, tmp_path: Path) -> None:
    anchors = tmp_path / "a.yaml"
    anchors.write_text(
        "article: fenmoor-echo-harbour-toll\nannotator: x\nguidelines: 1.0.0\n"
        "quotes:\n- {content: absent words}\n"
    )
    done = run("anchor", anchors, "--out", fenmoor, "--layers")
    assert done.exit_code == 1
    assert "a.yaml:5#/quotes/0/content: anchor-missing" in done.output
    assert not (fenmoor / "annotators" / "x").exists()


def test_library_functions_stand_behind_the_verbs() -> None:
    import onrecord

    verbs = {name for name in onrecord.__all__ if name != "load"}
    assert verbs <= {
        command.callback.__name__ for command in app.registered_commands if command.callback
    }
    assert verbs >= {"anchor", "build", "ingest", "hydrate", "seal", "stats", "release", "show"}
    assert all(callable(getattr(onrecord, name)) for name in onrecord.__all__)


def test_library_functions_take_paths_as_strings(fenmoor: Path, tmp_path: Path) -> None:
    import onrecord

    corpus, out = str(fenmoor), str(tmp_path / "out")
    assert onrecord.validate(corpus).issues == ()
    folder = str(onrecord.build(corpus, out)[0])
    assert folder == out and onrecord.verify(out).issues == ()
    assert onrecord.diff(corpus, out).bump == "none"
    assert onrecord.stats(out).total == onrecord.stats(corpus).total
    article = onrecord.load("test", out)[0]
    assert onrecord.show(article.id, out) == article
    assert onrecord.publish(out, f"file://{tmp_path}/shelf").tag == "v0.1.0"
    (tmp_path / "new.txt").write_text("Ice lay on the harbour until noon and nobody came.\n" * 9)
    (outcome,) = onrecord.ingest([str(tmp_path / "new.txt")], str(tmp_path / "ours"))
    assert outcome.status == "written"
    assert onrecord.seal(corpus, article.id).article_id == article.id
    onrecord.hydrate(corpus, {}, str(tmp_path / "hydrated"))
    with pytest.raises(MisuseError, match="not a checkout"):
        onrecord.release(corpus, "2032-01-05")
    lines = tmp_path / "predictions.jsonl"
    lines.write_text("")
    assert "split:test" in onrecord.score(str(lines), out).signature
    with pytest.raises(MisuseError, match="two systems"):
        onrecord.compare([str(lines)], corpus=out)
    anchors = tmp_path / "a.yaml"
    anchors.write_text("article: none\n")
    with pytest.raises(InputError):
        onrecord.anchor([str(anchors)], corpus)
    with pytest.raises(MisuseError, match="nobody"):
        onrecord.agree(["nobody"], out)
