"""Input of any size that is read: findings within seconds and bounded memory."""

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from killing import ENVIRONMENT
from onrecord.anchors import read_anchors
from onrecord.anchors.filling import innermost_holders
from onrecord.issues import InputError
from onrecord.model import Fragment, Quote
from onrecord.text import covers
from onrecord.validation.chains import in_circles
from strategies import modest

GOLD = "gold/fenmoor-echo-harbour-toll.json"
SECONDS = 40
"""Of processor time: several times what a case takes, a fraction of what it took in the square."""

pytestmark = pytest.mark.slow

VALIDATE = """
import json, sys
from pathlib import Path
from onrecord.validation import validate
corpus, *lines = map(Path, sys.argv[1:])
report = validate(corpus, jsonl=lines[0] if lines else None)
print(json.dumps([[issue.file, issue.code] for issue in report.issues]))
print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""


def bounded(*paths: Path, code: str = VALIDATE) -> tuple[list[tuple[str, str]], int]:
    """File and code of all findings, and the peak of memory in MiB."""

    def restrict() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))

    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, paths)],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        preexec_fn=restrict,
    )
    assert done.returncode == 0, (done.returncode, done.stderr[-1000:])
    found, peak = map(json.loads, done.stdout.splitlines())
    return [tuple(pair) for pair in found], peak // 1024


def test_a_line_of_50_mb_and_100_000_brackets(fenmoor: Path, tmp_path: Path) -> None:
    """Findings for both, and for the line after them."""
    path = tmp_path / "corpus.jsonl"
    manifest = (fenmoor / "manifest.json").read_bytes().replace(b"\n", b" ")
    with path.open("wb") as stream:
        stream.write(b'{"manifest": ' + manifest + b"}\n")
        stream.write(b'{"document": "' + b"x" * 50 * 2**20 + b'"}\n')
        stream.write(b"[" * 100_000 + b"]" * 100_000 + b"\n")
        stream.write(b'{"passage": {}}\n')
    found, peak = bounded(tmp_path, path)
    assert [pair for pair in found if pair[1] != "schema"] == [
        ("corpus.jsonl:2", "file-size"),
        ("corpus.jsonl:3", "json-nesting"),
    ]
    assert ("corpus.jsonl:4", "schema") in found
    assert peak < 350


def long_affiliations(speakers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A chain of 40,000 speakers that ends in a circle of two."""
    plain = {"kind": "organisation", "ident": "named"}
    chain = [f"s{number}" for number in range(40_000)]
    return speakers + [
        {"id": id, "name": id, "affiliation": after, **plain}
        for id, after in zip(chain, [*chain[1:], chain[-2]], strict=True)
    ]


def long_continuations(gold: dict[str, Any]) -> dict[str, Any]:
    """A chain of 50,000 quotes, each the continuation of the next, that ends in a circle of two."""
    chain = [f"x{number}" for number in range(50_000)]
    quotes = [
        {**gold["quotes"][0], "id": id, "continues": after}
        for id, after in zip(chain, [*chain[1:], chain[-2]], strict=True)
    ]
    return {**gold, "quotes": gold["quotes"] + quotes}


def many_floats(gold: dict[str, Any]) -> dict[str, Any]:
    """A million numbers with a decimal point, where integers belong."""
    fragments = [{"start": 1.5, "end": 2.5}] * 500_000
    return {**gold, "quotes": [{**gold["quotes"][0], "content": fragments}]}


def no_object(gold: dict[str, Any]) -> list[dict[str, Any]]:
    """A list of records where one record belongs."""
    return [gold] * 2000


def many_empty(gold: dict[str, Any]) -> dict[str, Any]:
    """A million quotes without anything in them."""
    return {**gold, "quotes": [{}] * 1_000_000}


@pytest.mark.parametrize(
    ("file", "edit", "code", "number"),
    [
        ("speakers.json", long_affiliations, "registry-cycle", 2),
        (GOLD, long_continuations, "quote-cycle", 2),
        (GOLD, many_floats, "json-number", 1000),
        (GOLD, many_empty, "schema", 1000),
        (GOLD, no_object, "schema", 1),
        ("splits.json", lambda splits: {f"{n:07x}": 1 for n in range(10**6)}, "schema", 1000),
    ],
)
def test_large_records(
    fenmoor: Path, file: str, edit: Callable[[Any], Any], code: str, number: int
) -> None:
    changed = edit(json.loads((fenmoor / file).read_bytes()))
    raw = json.dumps(changed, separators=(",", ":"))
    assert len(raw) < 16 * 2**20
    (fenmoor / file).write_text(raw)
    found, peak = bounded(fenmoor)
    assert found.count((file, code)) == number
    assert peak < 500


def test_a_hundred_thousand_keys_of_which_one_is_twice(fenmoor: Path) -> None:
    keys = [f'"{number:x}": 1' for number in range(100_000)]
    (fenmoor / GOLD).write_text("{" + ", ".join([*keys, keys[0]]) + "}")
    found, _ = bounded(fenmoor)
    assert (GOLD, "json-duplicate-key") in found


ANCHOR = """
import json, sys
from pathlib import Path
from onrecord.anchors import anchor
from onrecord.issues import InputError

file, text = map(Path, sys.argv[1:])
try:
    gold = anchor(file, {"a": text.read_text("utf-8")}.__getitem__).gold
    found = [[kind, str(len(getattr(gold, kind)))] for kind in ("quotes", "marks", "mentions")]
except InputError as error:
    found = [[issue.file, issue.code] for issue in error.issues]
print(json.dumps(found))
print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""
QUOTED = "- content: '“Word{0} it is,”'\n  cue: said\n  source: Cox{0}\n  speaker: cox\n"


@pytest.mark.parametrize(
    ("paragraph", "body", "number", "found"),
    [
        ("“Word{0} it is,” said Cox{0}.", ("quotes:\n", QUOTED), 10_000, ("quotes", "10000")),
        ("The “word{0}” is.", ("marks:\n", "- span: “word{0}”\n"), 8_000, ("marks", "8000")),
        ("The workers’ plan {0}.", ("quotes: []\n", ""), 100_000, ("marks", "100000")),
        ("Cox said.", ("mentions: [{speaker: cox, every: [Cox, said]}]\n", ""), 50_000, ("mentions", "100000")),
        ("It is.", ("marks:\n", "- {{span: It, quote: Q{0}}}\n"), 15_000, ("file.yaml:5", "schema")),
        ("““‘‘““’", ("quotes: []\n", ""), 50_000, ("file.yaml", "anchor-mark")),
    ],
    ids="quotes marks apostrophes mentions schema unsettled".split(),
)  # fmt: skip
def test_many_anchors(
    tmp_path: Path, paragraph: str, body: tuple[str, str], number: int, found: tuple[str, str]
) -> None:
    file, text = tmp_path / "file.yaml", tmp_path / "text.txt"
    given = body[0] + "".join(body[1].format(n) for n in range(number))
    file.write_text("article: a\nannotator: x\nguidelines: 1.0.0\n" + given)
    text.write_text("\n\n".join(paragraph.format(n) for n in range(number)) + "\n", "utf-8")
    result, peak = bounded(file, text, code=ANCHOR)
    assert found in result and len(result) <= 1000
    assert peak < 500


def test_a_fault_far_behind_in_an_anchor_file(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    marks = "".join(f"- {{span: It{number}}}\n" for number in range(40_000))
    path.write_text(f"article: a\nannotator: x\nguidelines: 1.0.0\nmarks:\n{marks}- {{spam: It}}\n")
    with pytest.raises(InputError, match=r"schema: .*marks\[40000\]"):
        read_anchors(path)


@modest(200)
@given(st.dictionaries(ids := st.sampled_from("abcdef"), st.none() | ids | st.just("elsewhere")))
def test_circles_are_those_from_which_one_comes_back(following: dict[str, str | None]) -> None:
    def comes_back(start: str) -> bool:
        step = following[start]
        for _ in following:
            if step == start:
                return True
            step = following.get(step) if step else None
        return False

    assert in_circles(following) == {id for id in following if comes_back(id)}


some_fragments = st.lists(st.integers(0, 12), min_size=2, max_size=4, unique=True).map(
    lambda cuts: tuple(
        Fragment(start=start, end=end)
        for start, end in zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False)
    )
)


@modest(300)
@given(st.lists(some_fragments, max_size=6))
def test_the_innermost_holder_is_the_smallest_that_covers(contents: list[Any]) -> None:
    quotes = [Quote(id=f"q{n}", content=content) for n, content in enumerate(contents)]

    def size(quote: Quote) -> int:
        return sum(part.end - part.start for part in quote.content)

    expected = {
        quote.id: min(holders, key=size).id
        for quote in quotes
        if (
            holders := [
                other
                for other in quotes
                if other.content != quote.content and covers(other.content, quote.content)
            ]
        )
    }
    assert innermost_holders(quotes) == expected
