"""The command line: every verb, exit statuses, JSON, and what a user reads."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from conftest import ROOT
from onrecord.cli import app

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


def test_stats_of_corpus_and_dataset_agree(dataset: Path) -> None:
    of_corpus = json.loads(run("stats", CORPUS, "--json").output)
    of_dataset = json.loads(run("stats", dataset, "--json").output)
    for counted in (of_corpus, of_dataset):
        counted.pop("name")
    assert of_corpus == of_dataset
    assert of_corpus["total"]["articles"] >= 12
    assert "stories" in run("stats", CORPUS).output


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

    assert onrecord.validate(ROOT / "corpus").issues == ()
    assert set(onrecord.__all__) >= {"anchor", "build", "load", "validate"}
