"""Files into a corpus folder: what is written, what is kept, what is found, on every road."""

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from conftest import CASES, NOT_HERE, ROOT
from onrecord.anchors.writing import anchor_files
from onrecord.building import build
from onrecord.cli import app
from onrecord.ingestion import Outcome, ingest
from onrecord.issues import MisuseError
from onrecord.validation import validate
from test_files import ENVIRONMENT, contents

PAGES = CASES / "pages"
FOG = (
    "Fog closes harbour\n\nBy Ilse Marrow\n\nFog closed the harbour at Fenmoor on Tuesday for the"
    " ninth day running.\n\n“We have run out of horn,” said Tobin Harke, the harbourmaster.\n\nThe"
    " ferry will sail again when he can see it, he told the Echo. Nobody else was asked.\n\nThere"
    " were 14 boats outside at noon, and one of them had a cow on it, the lock keeper said.\n"
)


def run(*sources: Path, out: Path, **options: Any) -> list[Outcome]:
    return list(ingest(sources, out, **options))


def statuses(outcomes: Iterable[Outcome]) -> dict[str, int]:
    return dict(Counter(outcome.status for outcome in outcomes))


def findings(outcomes: Iterable[Outcome]) -> list[tuple[str, str]]:
    return [(issue.file, issue.code) for outcome in outcomes for issue in outcome.issues]


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_ingest_anchor_validate_build(tmp_path: Path) -> None:
    """From a saved page to a dataset; before annotation only gold is missed."""
    out = tmp_path / "my-corpus"
    (outcome,) = run(PAGES / "cookie_wall.html", out=out, split="test")
    assert outcome.status == "written" and outcome.id
    before = validate(out)
    assert [(issue.file, issue.code) for issue in before.issues] == [
        (f"gold/{outcome.id}.json", "gold-missing")
    ]
    anchors = write(
        tmp_path / "a.yaml",
        f"article: {outcome.id}\nannotator: a1\nguidelines: 1.0.0\nissues: [toll]\n"
        "targets:\n- {id: toll, kind: issue, text: Fenmoor should charge a toll.,"
        " negated_text: Fenmoor should not charge a toll.}\n"
        "speakers:\n- {id: venn-orla, name: Orla Venn}\n- {id: harke-tobin, name: Tobin Harke}\n"
        "quotes:\n"
        "- {content: Harbour toll ‘a tax on fog’, cue: says, source: ferry owner,"
        " speaker: venn-orla, stances: [{target: toll, label: against, basis: explicit,"
        " evidence: ‘a tax on fog’}]}\n"
        "- {content: a harbour toll “a tax on fog”, cue: has called,"
        " source: The owner of the last ferry in Fenmoor, speaker: venn-orla}\n"
        "- {content: '“Somebody pays for the piles,”', cue: said, source: {exact: he,"
        " suffix: ' said. He'}, speaker: harke-tobin}\n"
        "- {content: that was “a question for the fourth of March”, cue: said,"
        " source: Mr Harke, speaker: harke-tobin}\n".replace(
            "cue: said, source: {exact", "cue: {exact: said, suffix: '. He'}, source: {exact"
        ).replace("cue: said, source: Mr", "cue: {exact: said, suffix: ' that was'}, source: Mr"),
    )
    anchor_files([anchors], out)
    assert validate(out).issues == ()
    folder, info = build(out, tmp_path / "dataset")
    assert info.configs["articles"].rows == {"test": 1} and (folder / "articles").is_dir()


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    shutil.copytree(PAGES, source)
    write(source / "fog.txt", FOG)
    first = run(source, out=out)
    assert statuses(first)["written"] == 15
    before = contents(out)
    stamps = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    again = run(source, out=out)
    assert statuses(again)["unchanged"] == 15 and "written" not in statuses(again)
    moved = shutil.copytree(source, tmp_path / "elsewhere")
    assert statuses(run(moved / "fog.txt", moved / "wire.html", out=out)) == {"unchanged": 2}
    assert contents(out) == before
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == stamps


def test_what_stands_in_the_folder_is_kept(fenmoor: Path, tmp_path: Path) -> None:
    before = contents(fenmoor)
    run(write(tmp_path / "fog.txt", FOG), out=fenmoor, outlet="Fenmoor Echo", language="en-GB")
    after = contents(fenmoor)
    splits = json.loads(after.pop("splits.json"))
    assert splits.pop("article-fenmoor-echo-fog-closes-harbour") == "train"
    assert splits == json.loads(before.pop("splits.json"))
    added = {name for name in after if name not in before}
    assert added == {
        "articles/article-fenmoor-echo-fog-closes-harbour.json",
        "texts/article-fenmoor-echo-fog-closes-harbour.txt",
    }
    assert {name: after[name] for name in before} == before
    article = json.loads(after["articles/article-fenmoor-echo-fog-closes-harbour.json"])
    assert article["outlet"] == "fenmoor-echo", "the id that the registry gives to the name"
    assert article["byline"] == "Ilse Marrow" and article["language"] == "en-GB"


def test_the_extraction_is_recorded(tmp_path: Path) -> None:
    from importlib.metadata import version

    run(PAGES / "amp.html", out=tmp_path)
    article = json.loads(next((tmp_path / "articles").iterdir()).read_bytes())
    assert article["extraction"] == {
        "source": "amp.html",
        "address": "https://fortlyletribune.example/2031/05/06/brackness-tram/",
        "source_sha256": hashlib.sha256((PAGES / "amp.html").read_bytes()).hexdigest(),
        "encoding": "utf-8",
        "tool": "trafilatura",
        "version": version("trafilatura"),
        "options": ["include_comments=false", "include_tables=true", "fast=false", "rules=1"],
    }
    text = next((tmp_path / "texts").iterdir()).read_bytes()
    assert article["text_sha256"] == hashlib.sha256(text).hexdigest()
    assert article["text_length"] == len(text.decode())


def test_the_same_article_elsewhere_is_a_duplicate(tmp_path: Path) -> None:
    page = (PAGES / "wire.html").read_text("utf-8")
    copied = page.replace("meridian-news.example/business", "mirror.example/feed").replace(
        "with the loss of 118 jobs", "with the loss of some 118 jobs"
    )
    first = write(tmp_path / "in" / "a.html", page)
    second = write(tmp_path / "in" / "b.html", copied)
    straight = FOG.replace("“", '"').replace("”", '"')
    texts = [write(tmp_path / name, text) for name, text in (("1.txt", FOG), ("2.txt", straight))]
    outcomes = run(first, second, *texts, out=tmp_path / "out")
    assert [outcome.status for outcome in outcomes] == ["written", "duplicate"] * 2
    assert outcomes[1].id == outcomes[0].id and outcomes[3].id == outcomes[2].id
    assert findings(outcomes) == [("b.html", "article-duplicate"), ("2.txt", "article-duplicate")]
    assert len(list((tmp_path / "out" / "texts").iterdir())) == 2
    later = run(second, out=tmp_path / "out")
    assert [outcome.status for outcome in later] == ["duplicate"], "also against what is there"


def test_two_articles_with_one_title_are_two(tmp_path: Path) -> None:
    one = write(tmp_path / "1.txt", "Letters\n\nThe goat is back, and I for one am glad of it.\n")
    two = write(tmp_path / "2.txt", "Letters\n\nWho closed the gate on Sunday? Not the council.\n")
    ids = [outcome.id for outcome in run(one, two, out=tmp_path / "out")]
    assert ids[0] == "article-letters" and str(ids[1]).startswith("article-letters-")
    assert [outcome.id for outcome in run(two, one, out=tmp_path / "out")] == ids[::-1]


def change_source(tmp_path: Path) -> tuple[Path, Path, Outcome, str]:
    source, out = write(tmp_path / "fog.txt", FOG), tmp_path / "out"
    (outcome,) = run(source, out=out)
    write(source, FOG.replace("ninth day", "tenth day"))
    return source, out, outcome, (out / "texts" / f"{outcome.id}.txt").read_text("utf-8")


def test_a_changed_source_is_a_finding_and_the_old_text_stays(tmp_path: Path) -> None:
    source, out, outcome, _ = change_source(tmp_path)
    before = contents(out)
    (kept,) = run(source, out=out)
    assert (kept.status, kept.id) == ("kept", outcome.id)
    assert findings([kept]) == [("fog.txt", "source-changed")]
    assert contents(out) == before


def test_re_extraction_makes_the_text_anew_and_keeps_the_record(tmp_path: Path) -> None:
    source, out, outcome, text = change_source(tmp_path)
    path = out / "articles" / f"{outcome.id}.json"
    path.write_text(path.read_text().replace('"rights"', '"genre": "local",\n  "rights"'))
    (replaced,) = run(source, out=out, re_extract=True)
    assert (replaced.status, replaced.id) == ("replaced", outcome.id)
    now = (out / "texts" / f"{outcome.id}.txt").read_text("utf-8")
    assert now == text.replace("ninth day", "tenth day")
    record = json.loads(path.read_bytes())
    assert record["genre"] == "local" and record["text_length"] == len(now)
    assert statuses(run(source, out=out, re_extract=True)) == {"unchanged": 1}


@pytest.mark.parametrize("annotation", ["gold", "annotators/a1"])
def test_annotated_text_is_never_made_anew(annotation: str, tmp_path: Path) -> None:
    source, out, outcome, _ = change_source(tmp_path)
    write(out / annotation / f"{outcome.id}.json", "{}")
    before = contents(out)
    (kept,) = run(source, out=out, re_extract=True)
    assert findings([kept]) == [("fog.txt", "text-annotated")]
    assert contents(out) == before


def test_another_version_of_the_tool_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, out = PAGES / "wire.html", tmp_path / "out"
    run(source, out=out)
    path = next((out / "articles").iterdir())
    path.write_text(path.read_text().replace('"version": "', '"version": "0.'))
    (kept,) = run(source, out=out)
    assert kept.status == "kept" and findings([kept]) == [("wire.html", "tool-changed")]
    assert "trafilatura 0." in kept.issues[0].message and "--re-extract" in kept.issues[0].hint
    (replaced,) = run(source, out=out, re_extract=True)
    assert replaced.status == "replaced"
    assert statuses(run(source, out=out)) == {"unchanged": 1}


RECORDS: list[dict[str, Any]] = [
    {
        "url": f"https://echo.example/{number}",
        "title": f"Number {number}",
        "authors": ["Ilse Marrow"],
        "date_publish": "2031-02-11 08:00:00",
        "maintext": f"Boat {number} came in on the tide.\n“Late, number {number},” said the clerk.",
    }
    for number in range(5)
]


def write_parquet(path: Path) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist([{**each, "image": b"\xff"} for each in RECORDS]), path)
    return path


def write_warc(path: Path, pages: Iterable[tuple[str, bytes, str]], *, packed: bool) -> Path:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=packed)
        for address, body, kind in pages:
            headers = StatusAndHeaders("200 OK", [("Content-Type", kind)], protocol="HTTP/1.1")
            record = writer.create_warc_record(
                address, "response", payload=io.BytesIO(body), http_headers=headers
            )
            writer.write_record(record)
    return path


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.parquet", "latin.json"])
def test_records_in_every_wrapping_give_the_same_articles(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if name == "a.jsonl":
        write(path, "\n".join(map(json.dumps, RECORDS)) + "\n\n")
    elif name == "a.parquet":
        write_parquet(path)
    else:
        text = json.dumps(RECORDS, ensure_ascii=False)
        path.write_bytes(text.encode("cp1252" if name == "latin.json" else "utf-8-sig"))
    outcomes = run(path, out=tmp_path / "out")
    assert [outcome.status for outcome in outcomes] == ["written"] * 5
    assert [outcome.id for outcome in outcomes] == [f"20310211-number-{n}" for n in range(5)]
    converted = ["converted from windows-1252" in outcome.changes for outcome in outcomes]
    assert converted == [name == "latin.json"] * 5
    text = (tmp_path / "out" / "texts" / "20310211-number-3.txt").read_text("utf-8")
    assert text == (
        "Number 3\n\nBoat 3 came in on the tide.\n\n“Late, number 3,” said the clerk.\n"
    )
    assert statuses(run(path, out=tmp_path / "out")) == {"unchanged": 5}


def test_one_bad_line_takes_no_good_one_along(tmp_path: Path) -> None:
    lines = [json.dumps(RECORDS[0]).encode(), b"{", b'{"maintext": 1}', b"[1]", b"caf\xe9"]
    lines += [b'{"text": "' + b"x" * 17 * 2**20 + b'"}', json.dumps(RECORDS[1]).encode()]
    path = write(tmp_path / "a.jsonl", b"\n".join(lines))
    outcomes = run(path, out=tmp_path / "out")
    assert [outcome.status for outcome in outcomes] == ["written", *["refused"] * 5, "written"]
    assert findings(outcomes) == [
        ("a.jsonl:2", "json-syntax"),
        ("a.jsonl:3", "source-fields"),
        ("a.jsonl:4", "source-fields"),
        ("a.jsonl:5", "file-encoding"),
        ("a.jsonl:6", "file-size"),
    ]


@pytest.mark.parametrize("packed", [False, True])
def test_pages_of_an_archive(packed: bool, tmp_path: Path) -> None:
    wire, amp = (PAGES / "wire.html").read_bytes(), (PAGES / "amp.html").read_bytes()
    toll = (PAGES / "cookie_wall.html").read_text("utf-8").encode("cp1252", "xmlcharrefreplace")
    path = write_warc(
        tmp_path / ("a.warc.gz" if packed else "a.warc"),
        [
            ("https://a.example/wire", wire, "text/html"),
            ("https://a.example/a.zip", b"PK\x03\x04", "application/zip"),
            ("https://a.example/amp", amp, "text/html; charset=utf-8"),
            (
                "https://a.example/toll",
                toll.replace(b'charset="utf-8"', b""),
                "text/html;charset=windows-1252",
            ),
        ],
        packed=packed,
    )
    outcomes = run(path, out=tmp_path / "out")
    assert [(outcome.source, outcome.status) for outcome in outcomes] == [
        (f"{path.name}:1", "written"),
        (f"{path.name}:2", "passed over"),
        (f"{path.name}:3", "written"),
        (f"{path.name}:4", "written"),
    ]
    record = json.loads((tmp_path / "out" / "articles" / f"{outcomes[0].id}.json").read_bytes())
    assert record["extraction"]["address"] == "https://a.example/wire"
    text = (tmp_path / "out" / "texts" / f"{outcomes[3].id}.txt").read_text("utf-8")
    assert "“Somebody pays for the piles,”" in text


def test_what_is_passed_over_is_named(tmp_path: Path) -> None:
    source = write(tmp_path / "in" / "fog.txt", FOG).parent
    write(source / "photo\x1b.png", b"\x89PNG")
    for number in range(25):
        write(source / f"z{number:02}.png", b"\x89PNG")
    done = CliRunner().invoke(app, ["ingest", str(source), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0
    (line,) = [each for each in done.output.splitlines() if each.startswith("passed over: ")]
    assert line.startswith(r"passed over: photo\x1b.png, z00.png, ")
    assert line.endswith("z18.png and 6 more (--json names all)")


def test_order_and_result_do_not_depend_on_processes(tmp_path: Path) -> None:
    source = shutil.copytree(PAGES, tmp_path / "in")
    for number in range(40):
        write(source / f"t{number:02}.txt", f"Boat {number}\n\nBoat {number} is in, they said.\n")
    write(source / "bad.txt", b"caf\xe9 \x81\x8d")
    one = run(source, out=tmp_path / "one")
    two = run(source, out=tmp_path / "two", processes=2)
    assert one == two
    assert {**contents(tmp_path / "one"), "manifest.json": b""} == {
        **contents(tmp_path / "two"),
        "manifest.json": b"",
    }


def test_links_are_not_followed_and_nothing_is_written_outside(tmp_path: Path) -> None:
    secret = write(
        tmp_path / "secret" / "s.txt", "Secret\n\nNobody may read this, said the clerk.\n"
    )
    source = write(tmp_path / "in" / "fog.txt", FOG).parent
    (source / "link.txt").symlink_to(secret)
    (source / "folder").symlink_to(secret.parent)
    os.mkfifo(source / "pipe.txt")
    out = tmp_path / "out"
    outcomes = run(source, out=out)
    assert statuses(outcomes) == {"refused": 3, "written": 1}
    assert findings(outcomes) == [
        ("folder", "source-link"),
        ("link.txt", "source-link"),
        ("pipe.txt", "file-unreadable"),
    ]
    for name in ("articles", "texts"):
        shutil.rmtree(out / name)
        (out / name).symlink_to(secret.parent, target_is_directory=True)
        with pytest.raises(MisuseError, match="symbolic link"):
            run(source, out=out)
        (out / name).unlink()
    assert [path.name for path in secret.parent.iterdir()] == ["s.txt"]


def test_a_title_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.json",
        json.dumps({"title": "../../etc/passwd", "text": "Words.", "outlet": "../..", "date": "/"}),
    )
    (outcome,) = run(path, out=tmp_path / "out")
    assert outcome.id and "/" not in outcome.id and ".." not in outcome.id
    assert {path.name for path in tmp_path.iterdir()} == {"a.json", "out"}


def test_the_folder_written_into_is_not_read(tmp_path: Path) -> None:
    write(tmp_path / "fog.txt", FOG)
    write(tmp_path / "image.png", b"\x89PNG")
    write(tmp_path / ".hidden.txt", "Hidden\n\nNobody sees this, said the clerk of the works.\n")
    first = run(tmp_path, out=tmp_path / "corpus")
    assert statuses(first) == {"written": 1, "passed over": 1}
    assert statuses(run(tmp_path, out=tmp_path / "corpus")) == {"unchanged": 1, "passed over": 1}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nothing.txt"], "no such file or folder"),
        ([".", "--split", "dev"], "unknown split"),
        ([".", "--language", "English"], "no BCP 47 tag"),
        ([".", "--out", str(ROOT / "README.md")], "is a file"),
    ],
)
def test_misuse_is_one_line(words: list[str], message: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["ingest", "--out", str(tmp_path / "out"), *words])
    assert result.exit_code == 2 and message in result.stderr and result.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_the_command_says_what_it_did(tmp_path: Path) -> None:
    write(tmp_path / "in" / "fog.txt", FOG.replace("\n", "\r\n"))
    write(tmp_path / "in" / "bad.txt", b"caf\xe9 \x81\x8d")
    words = ["ingest", str(tmp_path / "in"), "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 1
    first, second, third = result.stdout.splitlines()
    assert first == "article-fog-closes-harbour (fog.txt): 11 line ends"
    assert second.startswith("bad.txt: file-encoding: byte 3 (0xe9)")
    assert third == "1 refused, 1 written: 1 finding"
    again = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)
    assert again["unchanged"] == 1 and again["refused"] == 1
    assert [each["status"] for each in again["sources"]] == ["refused", "unchanged"]
    assert [each["code"] for each in again["issues"]] == ["file-encoding"]


@pytest.mark.parametrize(
    ("module", "name", "extra"),
    [("trafilatura", "wire.html", "html"), ("warcio", "a.warc", "html,warc")],
)
def test_a_missing_extra_is_a_finding_of_its_source(
    module: str, name: str, extra: str, tmp_path: Path
) -> None:
    """In a process that cannot import the module, with its metadata out of sight."""
    source = write(tmp_path / name, (PAGES / "wire.html").read_bytes())
    fog = write(tmp_path / "fog.txt", FOG)
    code = (
        "import sys, importlib.metadata as m\n"
        f"sys.modules[{module!r}] = None\n"
        "found = m.version\n"
        "def version(name):\n"
        f"    if name == {module!r}: raise m.PackageNotFoundError(name)\n"
        "    return found(name)\n"
        "m.version = version\n"
        "from onrecord.cli import main\n"
        f"sys.argv = ['onrecord', 'ingest', {str(source)!r}, {str(fog)!r},"
        f" '--out', {str(tmp_path / 'out')!r}]\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=ENVIRONMENT
    )
    assert done.returncode == 1, done.stderr
    assert f"{name}: source-format: needs {module}, which is not installed" in done.stdout
    assert f"pip install '.[{extra}]'" in done.stdout
    assert [path.name for path in (tmp_path / "out" / "texts").iterdir()] == [
        "article-fog-closes-harbour.txt"
    ], "the others are read"


KILLER = """
import os, signal, sys
from pathlib import Path
from onrecord.ingestion import ingest
source, runs = Path(sys.argv[1]), Path(sys.argv[2])
changes = {"os.rename", "os.mkdir", "os.remove", "tempfile.mkstemp"}

def kill_at(deadly, out):
    seen = 0
    def count(event, args):
        nonlocal seen
        if event in changes and str(out) in str(args[0]):
            seen += 1
            if seen == deadly:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(count)

deadly, status = 0, 1
while status:
    deadly += 1
    out = runs / str(deadly) / "corpus"
    child = os.fork()
    if child == 0:
        kill_at(deadly, out)
        list(ingest([source], out))
        os._exit(0)
    status = os.waitpid(child, 0)[1]
print(deadly)
"""


def test_killed_at_any_moment_files_are_whole_and_the_next_run_completes(tmp_path: Path) -> None:
    """Every change to the file system is once the last thing that an ingestion does."""
    source = write(tmp_path / "in" / "1.txt", FOG).parent
    write(source / "2.txt", "Goat found\n\nThe goat was found on Sunday, the water board said.\n")
    complete = tmp_path / "complete" / "corpus"
    run(source, out=complete)
    wanted = contents(complete)
    done = subprocess.run(
        [sys.executable, "-c", KILLER, str(source), str(tmp_path / "runs")],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        check=True,
    )
    assert int(done.stdout) > 15
    for out in (tmp_path / "runs").glob("*/corpus"):
        for name, raw in contents(out).items():
            whole = raw == wanted.get(name) or (name == "splits.json" and raw == b"{}\n")
            assert whole or Path(name).name.startswith("."), name
        run(source, out=out)
        assert contents(out) == wanted, "nothing is missing, nothing is left behind"


def test_a_registry_that_cannot_be_read_stops_everything(fenmoor: Path, tmp_path: Path) -> None:
    (fenmoor / "outlets.json").write_text("[")
    words = ["ingest", str(write(tmp_path / "fog.txt", FOG)), "--out", str(fenmoor)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 1 and "outlets.json: json-syntax" in result.stdout


def test_the_private_article_is_read_as_its_gold_needs_it(external: Path, tmp_path: Path) -> None:
    texts = sorted((external / "seeds").glob("*.txt"))
    if not texts:
        pytest.skip(f"{NOT_HERE}private texts")
    outcomes = run(*texts, out=tmp_path / "out", language="en-GB")
    assert statuses(outcomes) == {"written": len(texts)}
    licensed = {
        record["text_sha256"]: record
        for path in (ROOT / "corpus" / "articles").iterdir()
        if (record := json.loads(path.read_bytes()))["rights"] == "licensed"
    }
    for outcome in outcomes:
        record = json.loads((tmp_path / "out" / "articles" / f"{outcome.id}.json").read_bytes())
        assert record["text_sha256"] in licensed
        assert record["published"] == licensed[record["text_sha256"]]["published"]
