"""Input that means harm, or that nobody meant at all: bounded in time and memory, never a crash."""

import gzip
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from conftest import CASES
from onrecord.ingestion import extraction, warc
from onrecord.ingestion.drafts import Draft, Raw
from onrecord.ingestion.extraction import extract
from onrecord.ingestion.pages import read_page
from soundness import is_sound
from strategies import broken_bytes, modest, mutated_json
from test_files import ENVIRONMENT
from test_ingestion import PAGES, findings, run, statuses, write, write_warc

WIRE = (PAGES / "wire.html").read_bytes()
GOOD = "<p>The harbourmaster said on Tuesday that “the fog had won” and nobody would pay.</p>"
HEAD = "<html><head><title>T</title></head><body><h1>Fog</h1>"


def page(body: str) -> Raw:
    return Raw("a.html", "page", body.encode())


def code_of(raw: Raw) -> str:
    found = extract(raw)
    return found.title if isinstance(found, Draft) else found[0].code


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        pytest.param("<div>" * 240 + GOOD * 9, "Fog", id="deep"),
        pytest.param("<div>" * 5_000 + GOOD * 9, "source-size", id="deeper"),
        pytest.param("<b><i><u>" * 90 + GOOD * 9, "source-size", id="unclosed"),
        pytest.param(
            f'<p class="{"pullquote " * 200_000}">x</p>' + GOOD * 9, "Fog", id="attribute"
        ),
        pytest.param("<p>x</p>" * 60_000, "source-size", id="many elements"),
        pytest.param("x" * (9 * 2**20), "file-size", id="long"),
        pytest.param("<" * 500_000 + GOOD * 9, "Fog", id="angle brackets"),
        pytest.param("&amp" * 300_000 + GOOD * 9, "Fog", id="entities"),
        pytest.param(
            f'<script type="application/ld+json">{"[" * 99_999}</script>' + GOOD * 9,
            "Fog",
            id="deep data",
        ),
        pytest.param("<p>" + "<q>" * 200 + "x" + "</q>" * 200 + GOOD * 9, "Fog", id="quotes"),
        pytest.param("<table><tr><td>" * 80 + GOOD * 9, "Fog", id="tables"),
    ],
)
def test_an_excessive_page_is_read_or_refused_in_time(body: str, outcome: str) -> None:
    start = time.process_time()
    assert code_of(page(HEAD + body)) == outcome
    assert time.process_time() - start < 10


def test_no_entity_opens_a_file_or_grows(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.txt", "the secret words")
    bomb = (
        f'<!DOCTYPE html [<!ENTITY a "{"ha" * 99}"><!ENTITY b "{"&a;" * 99}">'
        f'<!ENTITY c "{"&b;" * 99}"><!ENTITY d SYSTEM "file://{secret}">]>'
    )
    draft = read_page(page(bomb + HEAD + f"<p>&c; &d; is what the page says.</p>{GOOD * 9}"))
    assert "secret words" not in draft.text and len(draft.text) < 2_000


def test_no_script_reaches_the_text() -> None:
    """Every page with scripts in every place where words could stand."""
    zqx = (
        "<script>zqx()</script><style>zqx{}</style><noscript>zqx</noscript>"
        "<template><p>zqx</p></template><iframe srcdoc='zqx'>zqx</iframe>"
        "<svg><text>zqx</text></svg><!-- zqx --><textarea>zqx</textarea>"
        '<p onclick="zqx()" style="--a: zqx">plain words</p>'
    )
    for path in sorted(PAGES.glob("*.html")):
        original = path.read_text("utf-8")
        draft = read_page(page(original.replace("</p>", f"</p>{zqx}")))
        assert "zqx" not in draft.text + draft.title, path.name
        assert "plain words" in draft.text or "</p>" not in original


@pytest.mark.slow
def test_a_page_that_keeps_the_parser_busy_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """50,000 attributes of one element take libxml2 half a minute where no signal reaches it."""
    monkeypatch.setattr(extraction, "MAX_SECONDS", 6.0)
    busy = HEAD + "<p " + " ".join(f"a{n}=1" for n in range(60_000)) + ">x</p>" + GOOD * 9
    for name, text in (("1.html", WIRE.decode()), ("2.html", busy), ("3.txt", "Fog\n\nIt is.\n")):
        write(tmp_path / "in" / name, text)
    start = time.perf_counter()
    outcomes = run(tmp_path / "in", out=tmp_path / "out")
    assert time.perf_counter() - start < 60
    assert [outcome.status for outcome in outcomes] == ["written", "refused", "written"]
    assert findings(outcomes) == [("2.html", "source-size")]


def test_a_process_that_dies_takes_one_source_along(tmp_path: Path) -> None:
    """The kernel ends a process that takes too much memory; here a test does."""
    items = [Raw(f"{n}.html", "page", WIRE) for n in range(3)]
    worker = extraction._Worker()
    try:
        worker.send(items)
        worker._process.kill()
        done = worker.receive()
    finally:
        worker.stop()
    assert [item for item, _ in done] == items
    assert all(isinstance(draft, Draft) for _, draft in done), "each was done again"


def peak_of(source: Path, out: Path) -> tuple[dict[str, int], int]:
    """Statuses, and the peak memory (MB) of an ingestion in a process of its own.

    `ru_maxrss` would count what the process was before it became this one.
    """
    code = (
        "import json, re, sys; from collections import Counter; from pathlib import Path\n"
        "from onrecord.ingestion import ingest\n"
        "done = Counter(o.status for o in ingest([Path(sys.argv[1])], Path(sys.argv[2])))\n"
        "peak = int(re.search(r'VmHWM:\\s*(\\d+)', Path('/proc/self/status').read_text())[1])\n"
        "print(json.dumps([done, peak // 1024]))"
    )
    words = [sys.executable, "-c", code, str(source), str(out)]
    done = subprocess.run(words, capture_output=True, text=True, env=ENVIRONMENT, check=True)
    found: tuple[dict[str, int], int] = tuple(json.loads(done.stdout))
    return found


@pytest.mark.slow
def test_a_sparse_gigabyte_is_refused_within_bounded_memory(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for name in ("a.txt", "a.html", "a.json", "a.jsonl", "a.warc", "a.parquet"):
        with (source / name).open("wb") as stream:
            stream.truncate(2**30)
    found, peak = peak_of(source, tmp_path / "out")
    assert found == {"refused": 6}
    assert peak < 200


def gzip_bomb(path: Path, size: int) -> Path:
    with gzip.open(path, "wb", compresslevel=9) as stream:
        head = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/\r\n"
        head += f"Content-Length: {size}\r\n\r\n"
        stream.write(head.encode() + b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        for _ in range(size // 2**20):
            stream.write(bytes(2**20))
    return path


@pytest.mark.slow
def test_an_archive_that_unpacks_without_end_is_given_up(tmp_path: Path) -> None:
    path = gzip_bomb(tmp_path / "a.warc.gz", 600 * 2**20)
    assert path.stat().st_size < 2 * 2**20
    found, peak = peak_of(path, tmp_path / "out")
    assert found == {"refused": 1}, "the archive is given up before its first record ends"
    assert peak < 200


@pytest.mark.slow
def test_a_packed_page_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress(bytes(300 * 2**20), 9)
    path = write_warc(
        tmp_path / "a.warc", [("https://a.example/", WIRE, "text/html")], packed=False
    )
    headers = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"
    block = headers + packed
    record = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://b.example/\r\n"
        b"Content-Type: application/http\r\nContent-Length: %d\r\n\r\n" % len(block)
    )
    path.write_bytes(record + block + b"\r\n\r\n" + path.read_bytes())
    outcomes = run(path, out=tmp_path / "out")
    assert findings(outcomes) == [("a.warc:1", "file-size")]
    assert statuses(outcomes) == {"refused": 1, "written": 1}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw + b"\r\n\r\nWARC/1.0\r\n" + b"x" * 3_000_000,
        lambda raw: raw.replace(b"Content-Length: ", b"Content-Length: 9", 1),
        lambda raw: raw + b"garbage after the end",
        lambda raw: b"no archive at all",
        lambda raw: raw.replace(b"Content-Length: ", b"Content-Length: x", 1),
        lambda raw: raw.replace(b"WARC-Target-URI", b"WARC-No-URI", 1),
        lambda raw: b"",
    ],
    ids=[
        "cut",
        "endless",
        "too long",
        "garbage",
        "none",
        "no number",
        "no address",
        "empty",
    ],
)
def test_a_broken_archive_is_a_finding_without_a_word_on_stderr(
    spoil: object, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = write_warc(
        tmp_path / "whole.warc", [("https://a.example/", WIRE, "text/html")], packed=False
    )
    path = write(tmp_path / "a.warc", spoil(whole.read_bytes()))  # type: ignore[operator]
    outcomes = run(path, out=tmp_path / "out")
    assert {code for _, code in findings(outcomes)} <= {"source-broken"}
    assert findings(outcomes) or path.stat().st_size == 0
    assert capfd.readouterr().err == ""


def test_a_broken_table_is_a_finding(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    write(tmp_path / "in" / "1.parquet", b"PAR1 and nothing else PAR1")
    pq.write_table(pa.table({"words": ["a"]}), tmp_path / "in" / "2.parquet")
    table = pa.table({"text": ["Boat one is in.", None, "Boat two is in."]})
    pq.write_table(table, tmp_path / "in" / "3.parquet")
    raw = (tmp_path / "in" / "3.parquet").read_bytes()
    write(tmp_path / "in" / "4.parquet", raw[:20] + bytes(20) + raw[40:])
    outcomes = run(tmp_path / "in", out=tmp_path / "out")
    assert findings(outcomes)[:3] == [
        ("1.parquet", "source-broken"),
        ("2.parquet", "source-fields"),
        ("3.parquet:2", "source-fields"),
    ]
    assert statuses(outcomes)["written"] == 2


def test_where_one_may_not_read_a_finding_says_so(tmp_path: Path) -> None:
    from conftest import as_nobody

    locked = write(tmp_path / "in" / "1.txt", "Locked\n\nNobody reads this, said the clerk.\n")
    write(tmp_path / "in" / "shut" / "2.txt", "Shut\n\nNor this.\n")
    locked.chmod(0)
    (tmp_path / "in" / "shut").chmod(0)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.geteuid() and len(folder.parts) > 2:
            folder.chmod(folder.stat().st_mode | 0o055)
    (tmp_path / "out").mkdir(mode=0o777)
    (tmp_path / "out").chmod(0o777)
    found = as_nobody(lambda: findings(run(tmp_path / "in", out=tmp_path / "out")))
    (tmp_path / "in" / "shut").chmod(0o755)
    assert found == [["1.txt", "file-unreadable"], ["shut/", "file-unreadable"]] or found == [
        ("1.txt", "file-unreadable"),
        ("shut/", "file-unreadable"),
    ]


CASES_OF_PAGES = [path.read_bytes() for path in sorted((CASES / "pages").glob("*.html"))]


@given(st.data())
@modest(60)
def test_no_page_however_broken_is_a_crash(data: st.DataObject) -> None:
    original = data.draw(st.sampled_from(CASES_OF_PAGES))
    assert is_sound(extract(Raw("a.html", "page", data.draw(broken_bytes(original)))))


TEXT = "Pier gone\n\nBy Ilse Marrow\n\nThe pier has “gone”, they said.\n".encode()
RECORD = json.dumps(
    {"title": "Pier", "text": "It has “gone”.", "authors": [{"name": "I. M."}]}
).encode()


@given(st.data())
@modest(150)
def test_no_text_or_record_however_broken_is_a_crash(data: st.DataObject) -> None:
    assert is_sound(extract(Raw("a.txt", "text", data.draw(broken_bytes(TEXT)))))
    assert is_sound(extract(Raw("a.json", "record", data.draw(broken_bytes(RECORD)))))
    assert is_sound(extract(Raw("a.json", "record", data.draw(mutated_json(RECORD)))))


def test_the_bound_of_an_archive_is_far_above_what_pages_reach() -> None:
    assert len(WIRE) / len(gzip.compress(WIRE, 9)) < warc.MAX_RATIO / 20
