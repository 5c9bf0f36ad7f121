"""Every check: cases that yield exactly its code, and that findings never hide each other."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import CASES, as_nobody
from edits import JSONL, apply, read_case, to_jsonl
from onrecord.issues import Issue
from onrecord.licensed.texts import read_private_texts
from onrecord.validation import codes, validate

INVALID = CASES / "invalid"
FOUND = sorted(path.relative_to(INVALID).as_posix() for path in INVALID.rglob("*.json"))


@pytest.fixture
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A valid corpus, in a folder that any user can reach, which the test may change."""
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield shutil.copytree(CASES / "valid" / "fenmoor", Path(name) / "fenmoor")


def findings(corpus: Path, *, jsonl: bool = False, private: bool = False) -> tuple[Issue, ...]:
    texts = read_private_texts(CASES / "private") if private else None
    lines = corpus / JSONL if jsonl else None
    return validate(corpus, jsonl=lines, texts=texts, near_duplicates=True).issues


@pytest.mark.parametrize("case", FOUND)
def test_a_case_yields_exactly_its_code(case: str, corpus: Path) -> None:
    how, edits = read_case(INVALID / case)
    if how.get("jsonl"):
        to_jsonl(corpus, corpus / JSONL)
    findings(corpus)  # everything is imported before rights are given up
    apply(edits, corpus)
    if any("mode" in edit for edit in edits):
        seen = as_nobody(lambda: [issue.code for issue in findings(corpus)])
        assert set(seen) == {case.split("/")[0]}
        return
    found = findings(corpus, jsonl=how.get("jsonl", False), private=how.get("private", False))
    assert {issue.code for issue in found} == {case.split("/")[0]}, found
    assert all(issue.file and issue.message and issue.hint for issue in found)


def test_every_code_has_a_case_and_every_case_a_code() -> None:
    assert {case.split("/")[0] for case in FOUND} == set(codes())


@pytest.mark.parametrize("private", [False, True])
def test_the_valid_corpus_has_no_finding(corpus: Path, private: bool) -> None:
    assert findings(corpus, private=private) == ()
    to_jsonl(corpus, corpus / JSONL)
    assert findings(corpus, jsonl=True) == ()


def test_findings_of_one_file_never_hide_those_of_another(corpus: Path) -> None:
    """One fault in every file: each is reported, at its file."""
    (corpus / "gold" / "fenmoor-echo-harbour-toll.json").write_bytes(b"")
    path = corpus / "gold" / "fenmoor-echo-lighthouse-sale.json"
    path.write_text(path.read_text().replace('"status": "actual"', '"status": "real"', 1))
    (corpus / "outlets.json").write_bytes(b"[")
    (corpus / "articles" / "skerry-post-ferry-fares.json").write_bytes(b"\xff")
    (corpus / "annotators" / "a1" / "fenmoor-echo-harbour-toll.json").write_text('{"a":1,"a":2}')
    (corpus / "challenge" / "scare_quotes.jsonl").write_text("{}\n" * 2)
    found = {(issue.file, issue.code) for issue in findings(corpus)}
    assert found >= {
        ("gold/fenmoor-echo-harbour-toll.json", "file-empty"),
        ("gold/fenmoor-echo-lighthouse-sale.json", "schema"),
        ("outlets.json", "json-syntax"),
        ("articles/skerry-post-ferry-fares.json", "file-encoding"),
        ("annotators/a1/fenmoor-echo-harbour-toll.json", "json-duplicate-key"),
        ("challenge/scare_quotes.jsonl:1", "schema"),
        ("challenge/scare_quotes.jsonl:2", "schema"),
    }


@pytest.mark.parametrize(
    ("folder", "files"),
    [
        ("articles", ["fenmoor-echo-harbour-toll.json", "fenmoor-echo-lighthouse-sale.json"]),
        ("texts", ["fenmoor-echo-harbour-toll.txt", "fenmoor-echo-lighthouse-sale.txt"]),
        ("gold", ["fenmoor-echo-harbour-toll.json", "skerry-post-ferry-fares.json"]),
        ("annotators", ["a1", "b2"]),
        ("fingerprints", ["skerry-post-ferry-fares.json"]),
        ("challenge", ["scare_quotes.jsonl"]),
    ],
)
def test_a_folder_that_can_be_listed_but_not_entered(
    corpus: Path, folder: str, files: list[str]
) -> None:
    """As another user: a folder without the right to look at what is in it."""
    (corpus / "annotators" / "b2").mkdir()
    (corpus / "fingerprints").mkdir()
    (corpus / "outlets.json").write_bytes(b"[")

    def found() -> list[list[str]]:
        report = validate(corpus, texts={"": "another text"})
        return [[issue.file, issue.code] for issue in report.issues]

    found()
    (corpus / folder).chmod(0o644)
    seen = as_nobody(found)
    (corpus / folder).chmod(0o755)
    assert ["outlets.json", "json-syntax"] in seen
    assert all([f"{folder}/{file}", "file-unreadable"] in seen for file in files), seen


@pytest.mark.parametrize(
    "file",
    [
        "speakers.json",
        "gold/fenmoor-echo-harbour-toll.json",
        "texts/fenmoor-echo-harbour-toll.txt",
        "challenge/scare_quotes.jsonl",
    ],
)
def test_a_pipe_among_the_files_is_not_waited_for(corpus: Path, file: str) -> None:
    (corpus / file).unlink()
    os.mkfifo(corpus / file)
    found = {(issue.file, issue.code) for issue in findings(corpus)}
    assert (file, "file-unreadable") in found


def test_all_faults_of_a_file_come_at_once(corpus: Path) -> None:
    path = corpus / "gold" / "fenmoor-echo-harbour-toll.json"
    gold = json.loads(path.read_bytes())
    gold["quotes"][0]["status"] = "real"
    gold["quotes"][1]["content"][0]["start"] = -1
    gold["marks"][0]["open"] = 2**40
    gold["surplus"] = 1
    path.write_text(json.dumps(gold))
    pointers = {issue.pointer for issue in findings(corpus) if issue.file.endswith(path.name)}
    assert pointers >= {
        "",
        "/quotes/0/status",
        "/quotes/1/content/0/start",
        "/marks/0/open",
    }


def test_a_lower_grade_stops_higher_ones_for_its_file_only(corpus: Path) -> None:
    path = corpus / "gold" / "fenmoor-echo-harbour-toll.json"
    gold = json.loads(path.read_bytes())
    gold["quotes"][0]["content"][0]["end"] = 10**6
    gold["quotes"][1]["join"] = "joint"
    path.write_text(json.dumps(gold))
    other = corpus / "gold" / "fenmoor-echo-lighthouse-sale.json"
    gold = json.loads(other.read_bytes())
    gold["quotes"][0]["join"] = "joint"
    other.write_text(json.dumps(gold))
    found = {(issue.file, issue.code) for issue in findings(corpus)}
    assert found == {(f"gold/{path.name}", "span-outside"), (f"gold/{other.name}", "quote-join")}


@pytest.mark.parametrize(
    ("name", "incomplete"),
    [("act", "quotes.act"), ("status", "quotes.status"), ("form", "quotes.form")],
)
def test_what_a_corpus_declares_incomplete_may_be_null(
    corpus: Path, name: str, incomplete: str
) -> None:
    for path in [*(corpus / "gold").iterdir(), *(corpus / "annotators" / "a1").iterdir()]:
        gold = json.loads(path.read_bytes())
        for quote in gold["quotes"]:
            quote.pop(name, None)
            quote.pop("derived", None)
        gold["stances"] = []
        path.write_text(json.dumps(gold))
    manifest = json.loads((corpus / "manifest.json").read_bytes())
    declared = [incomplete, "stances"]
    before = {issue.code for issue in findings(corpus)}
    (corpus / "manifest.json").write_text(json.dumps({**manifest, "incomplete": declared}))
    after = {issue.code for issue in findings(corpus)}
    assert "field-missing" in before
    assert after <= {"derived-missing"}
