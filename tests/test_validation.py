"""Every check: cases that yield exactly its code, and that findings never hide each other."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import CASES, as_nobody
from edits import JSONL, apply, read_case, resolve, to_jsonl
from onrecord.issues import Issue
from onrecord.licensed.texts import read_private_texts
from onrecord.sources import incomplete_names
from onrecord.validation import codes, validate
from onrecord.validation.duplicates import THRESHOLD
from versions import plain_article, rewrite, set_value

INVALID = CASES / "invalid"
TOLL = "gold/fenmoor-echo-harbour-toll.json"
SALE = "gold/fenmoor-echo-lighthouse-sale.json"
PASSAGES = "challenge/scare_quotes.jsonl"
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


E1 = {"id": "e8", "span": [{"start": 34, "end": 38}], "speaker": "venn-orla", "form": "name"}


@pytest.mark.parametrize(
    "edits",
    [
        [set_value(TOLL, "/quotes/1/addressee", [{"start": 160, "end": 168}])],
        [set_value(SALE, "/quotes/8/addressee", [{"start": 432, "end": 436}])],
        [set_value(TOLL, "/quotes/2/frame", [{"start": 172, "end": 218}])],
        [set_value(TOLL, "/quotes/5/cue_head", [{"start": 401, "end": 409}])],
        [set_value(TOLL, "/quotes/2/source_head", [{"start": 191, "end": 202}])],
        [set_value(TOLL, "/stances/0/carrier", "cue")],
        [set_value(TOLL, "/stances/0/evidence", [{"start": 29, "end": 33}])],
        [
            {"file": TOLL, "append": "/mentions", "value": {**E1, "speaker": "harke-tobin"}},
        ],
        [
            {"file": PASSAGES, "line": 1, "pointer": f"/{name}", "value": value}
            for name, value in {
                "text": "The “barn”“shelter” had no walls.",
                "zones": [],
                "marks": [
                    {"id": "m1", "open": 4, "close": 9, "kind": "scare"},
                    {"id": "m2", "open": 10, "close": 18, "kind": "scare"},
                ],
            }.items()
        ],
    ],
    ids="addressee-in-marks addressee-in-a-turn frame cue-head source-head carrier-cue"
    " evidence-in-the-cue one-span-two-speakers adjacent-marks".split(),
)
def test_what_the_scheme_allows_is_no_finding(corpus: Path, edits: list[dict[str, Any]]) -> None:
    apply(edits, corpus)
    assert findings(corpus) == ()


def declare(corpus: Path, *incomplete: str) -> None:
    manifest = json.loads((corpus / "manifest.json").read_bytes())
    (corpus / "manifest.json").write_text(json.dumps({**manifest, "incomplete": incomplete}))


@pytest.mark.parametrize(
    ("damage", "jsonl", "code"),
    [
        ({"file": "manifest.json", "content": '{"schema_version"'}, False, "json-syntax"),
        ({"file": "manifest.json", "delete": True}, False, "manifest-missing"),
        ({"line": 1, "hex": "efbbbf7b7d"}, True, "file-encoding"),
        ({"line": 1, "delete": True}, True, "manifest-missing"),
    ],
)
def test_without_a_manifest_nothing_is_called_lacking(
    corpus: Path, damage: dict[str, Any], jsonl: bool, code: str
) -> None:
    """A manifest that nobody can read may have declared anything incomplete."""
    for name in ("outlet", "published", "genre", "story"):
        apply([set_value("articles/fenmoor-echo-harbour-toll.json", f"/{name}", None)], corpus)
    apply([set_value(SALE, "/quotes/1/act", None)], corpus)
    to_jsonl(corpus, corpus / JSONL)
    apply([damage], corpus)
    assert {issue.code for issue in findings(corpus, jsonl=jsonl)} == {code}


WITHOUT_SPEAKER = [
    *(set_value(SALE, f"/quotes/{number}/speaker", []) for number in (1, 2)),
    {"file": SALE, "pointer": "/quotes/0/repeats", "remove": True},
]


@pytest.mark.parametrize(
    ("field", "edits", "code"),
    [
        ("quotes.speaker", WITHOUT_SPEAKER[1:], "quote-continues"),
        ("quotes.speaker", WITHOUT_SPEAKER, "quote-speaker"),
        ("quotes.speaker", [set_value(SALE, "/quotes/2/speaker", [])], "stance-surplus"),
        (
            "quotes.speaker",
            [set_value(SALE, "/quotes/6/speaker", ["dray-mina"])],
            "quote-join",
        ),
        ("quotes.speaker", [set_value(TOLL, "/quotes/4/speaker", [])], "mention-speaker"),
        ("quotes.join", [set_value(SALE, "/quotes/6/join", None)], "quote-join"),
        ("quotes.cue", [set_value(SALE, "/stances/3/carrier", "cue")], "stance-carrier"),
        ("stances.basis", [set_value(TOLL, "/stances/0/basis", None)], "stance-basis"),
        ("quotes.status", [set_value(SALE, "/quotes/1/status", None)], "field-missing"),
        ("quotes.act", [set_value(SALE, "/quotes/1/act", None)], "field-missing"),
        ("issues", [set_value(TOLL, "/issues", [])], "issue-count"),
    ],
)
def test_what_a_corpus_declares_incomplete_may_be_empty(
    corpus: Path, field: str, edits: list[dict[str, Any]], code: str
) -> None:
    apply(edits, corpus)
    assert code in {issue.code for issue in findings(corpus)}
    declare(corpus, field)
    assert findings(corpus) == ()


@pytest.mark.parametrize("field", ["quotes.join", "stances.basis"])
def test_incomplete_does_not_excuse_what_is_wrong(corpus: Path, field: str) -> None:
    """A join of one speaker and the basis of no side are no lack of annotation."""
    apply(
        [
            set_value(SALE, "/quotes/1/join", "joint"),
            set_value(TOLL, "/stances/1/basis", "implied"),
        ],
        corpus,
    )
    declare(corpus, field)
    assert {issue.code for issue in findings(corpus)} == {"quote-join", "stance-basis"}


def test_every_field_may_be_declared_incomplete(corpus: Path) -> None:
    declare(corpus, *incomplete_names())
    assert not {issue.code for issue in findings(corpus)} & {"schema", "manifest-incomplete"}


def test_findings_of_passages_point_into_their_line(corpus: Path) -> None:
    lines = to_jsonl(corpus, corpus / JSONL)
    apply([{"line": 23, "pointer": "/passage/quotes/0/speaker", "value": ["nobody"]}], corpus)
    apply([{"line": 22, "pointer": "/passage/zones/0/end", "value": 99}], corpus)
    apply([set_value(PASSAGES, "/quotes/0/speaker", ["nobody"]) | {"line": 2}], corpus)
    found = {(issue.file, issue.pointer) for issue in validate(corpus, jsonl=lines).issues}
    assert found >= {
        (f"{JSONL}:22", "/passage/zones/0"),
        (f"{JSONL}:23", "/passage/quotes/0/speaker/0"),
    }
    assert (f"{PASSAGES}:2", "/quotes/0/speaker/0") in {
        (issue.file, issue.pointer) for issue in findings(corpus)
    }


def alike(shared: int) -> tuple[str, str]:
    """Two texts of 100 runs of five words each, of which `shared` are the same."""
    words = [f"f{number}" for number in range(104)]
    kept = shared + 4
    return " ".join(words), " ".join([*words[:kept], *(f"x{n}" for n in range(104 - kept))])


@pytest.mark.parametrize(("shared", "reported"), [(66, False), (67, True)])
def test_texts_are_nearly_the_same_from_the_threshold_on(
    corpus: Path, shared: int, reported: bool
) -> None:
    """66 of 134 different runs are less than half, 67 of 133 more."""
    assert (shared / (200 - shared) >= THRESHOLD) is reported
    for id, split, text in zip(("a", "b"), ("train", "test"), alike(shared), strict=True):
        apply([*plain_article(id, split), *rewrite(id, f"{text}\n")], corpus)
    assert {issue.code for issue in findings(corpus)} == ({"near-duplicate"} if reported else set())


def test_gold_of_an_article_that_cannot_be_read_is_checked_as_far_as_can_be(corpus: Path) -> None:
    (corpus / "articles" / Path(TOLL).name).write_bytes(b"{")
    text = corpus / "texts" / "fenmoor-echo-harbour-toll.txt"
    text.write_bytes(text.read_bytes().replace(b"\n", b"\r\n", 1))
    apply(
        [
            set_value(TOLL, "/article_id", "another"),
            set_value(TOLL.replace("gold", "annotators/a1"), "/layer/annotator", "a2"),
        ],
        corpus,
    )
    assert {(issue.file.split("/")[0], issue.code) for issue in findings(corpus)} == {
        ("articles", "json-syntax"),
        ("texts", "text-form"),
        ("gold", "id-mismatch"),
        ("annotators", "id-mismatch"),
    }


REGISTRY_FAULTS = {
    "/speakers/0/affiliation": "nobody",
    "/speakers/2/aliases": ["Fenmoor council"],
    "/targets/1/negated_text": "The lamp does not leak.",
    "/manifest/released": "2031-02-30",
    "/manifest/tombstones": [
        {"kind": "speaker", "id": "venn-orla", "reason": "A request.", "date": "2031-02-30"}
    ],
}


def test_findings_of_registries_point_at_the_record(corpus: Path) -> None:
    lines = to_jsonl(corpus, corpus / JSONL)
    for place, value in REGISTRY_FAULTS.items():
        name, pointer = place.split("/", 2)[1:]
        if name == "manifest":
            apply([set_value("manifest.json", f"/{pointer}", value)], corpus)
            apply([{"line": 1, "pointer": f"/manifest/{pointer}", "value": value}], corpus)
            continue
        apply([set_value(f"{name}.json", f"/{pointer}", value)], corpus)
        number, field = pointer.split("/")
        first = 2 if name == "speakers" else 12
        edit = {"line": first + int(number), "pointer": f"/{name[:-1]}/{field}", "value": value}
        apply([edit], corpus)
    expected = {
        ("registry-reference", "speakers.json", "/0/affiliation", 2, "/speaker/affiliation"),
        ("registry-alias", "speakers.json", "/2/aliases", 4, "/speaker/aliases"),
        ("target-fields", "targets.json", "/1/negated_text", 13, "/target/negated_text"),
        ("article-date", "manifest.json", "/released", 1, "/manifest/released"),
        ("article-date", "manifest.json", "/tombstones/0/date", 1, "/manifest/tombstones/0/date"),
        ("tombstone-used", "speakers.json", "/9/id", 11, "/speaker/id"),
    }
    assert {(issue.code, issue.file, issue.pointer) for issue in findings(corpus)} == {
        each[:3] for each in expected
    }
    in_lines = validate(corpus, jsonl=lines).issues
    assert {(issue.code, issue.file, issue.pointer) for issue in in_lines} == {
        (code, f"{JSONL}:{line}", pointer) for code, _, _, line, pointer in expected
    }
    written = lines.read_text("utf-8").splitlines()
    for issue in in_lines:
        resolve(json.loads(written[int(issue.file.split(":")[1]) - 1]), issue.pointer)
