"""Whatever the input: findings, never an exception that is not ours."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import msgspec
import orjson
import pytest
import yaml
from hypothesis import assume, example, given

from conftest import CASES
from edits import corpus_lines
from onrecord.anchors.writing import anchor_files
from onrecord.building import build
from onrecord.issues import InputError, Issue, MisuseError
from onrecord.loading import read_articles
from onrecord.statistics import statistics
from onrecord.validation import codes, validate
from strategies import broken_bytes, json_values, modest, mutated_json, texts

FENMOOR = CASES / "valid" / "fenmoor"
FILES = sorted(p.relative_to(FENMOOR).as_posix() for p in FENMOOR.rglob("*") if p.is_file())
JSON_FILES = [file for file in FILES if file.endswith(".json")]
LINES = [orjson.dumps(line) for line in corpus_lines(FENMOOR)]
ARTICLE = "fenmoor-echo-harbour-toll"


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of a small valid corpus; every example puts back what it changes."""
    return Path(shutil.copytree(FENMOOR, tmp_path_factory.mktemp("fuzz") / "fenmoor"))


def sound(issues: Iterable[Issue], known: Iterable[str] = ()) -> bool:
    """Findings with a place and a listed code that can be printed and written as JSON."""
    listed = {*codes(), *known}
    for issue in issues:
        assert issue.file and issue.message and issue.code in listed, issue
        assert str(issue).encode() and msgspec.json.encode(issue)
    return True


def with_file(scratch: Path, file: str, raw: bytes) -> Any:
    """The findings of the corpus with one file's bytes replaced."""
    original = (FENMOOR / file).read_bytes()
    try:
        (scratch / file).write_bytes(raw)
        return validate(scratch).issues
    finally:
        (scratch / file).write_bytes(original)


@pytest.mark.parametrize("file", FILES)
def test_any_bytes_as_a_file_of_a_corpus(scratch: Path, file: str) -> None:
    @modest(20)
    @given(raw=broken_bytes((FENMOOR / file).read_bytes()))
    def check(raw: bytes) -> None:
        assert sound(with_file(scratch, file, raw))

    check()


@pytest.mark.parametrize("file", JSON_FILES)
def test_mutated_json_as_a_file_of_a_corpus(scratch: Path, file: str) -> None:
    @modest(50)
    @given(raw=mutated_json((FENMOOR / file).read_bytes()))
    def check(raw: bytes) -> None:
        assert sound(with_file(scratch, file, raw))

    check()


@modest(120)
@given(data=st.data())
def test_any_bytes_as_jsonl(scratch: Path, data: st.DataObject) -> None:
    raw = data.draw(broken_bytes(b"\n".join(LINES)))
    path = scratch.parent / "corpus.jsonl"
    path.write_bytes(raw)
    assert sound(validate(scratch, jsonl=path).issues)


@modest(200)
@given(data=st.data())
def test_mutated_lines_as_jsonl(scratch: Path, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(LINES) - 1))
    lines = [*LINES[:number], data.draw(mutated_json(LINES[number])), *LINES[number + 1 :]]
    if data.draw(st.booleans()):
        lines = data.draw(st.permutations(lines))
    path = scratch.parent / "corpus.jsonl"
    path.write_bytes(b"\n".join(lines))
    assert sound(validate(scratch, jsonl=path).issues)


@modest(60)
@given(data=st.data())
def test_a_build_succeeds_where_validation_finds_nothing(
    scratch: Path, data: st.DataObject
) -> None:
    """The same findings from both, and a dataset or none."""
    file = data.draw(st.sampled_from(JSON_FILES))
    raw = data.draw(mutated_json((FENMOOR / file).read_bytes()))
    out = scratch.parent / "built"
    shutil.rmtree(out, ignore_errors=True)
    try:
        (scratch / file).write_bytes(raw)
        issues = validate(scratch).issues
        try:
            build(scratch, out)
        except InputError as error:
            assert set(error.issues) <= set(issues)
        else:
            assert not issues and len(list(read_articles(out))) > 0
        assert out.exists() is not bool(issues)
    finally:
        shutil.copyfile(FENMOOR / file, scratch / file)


@modest(150)
@given(data=st.data())
def test_reading_a_mutated_corpus_raises_only_our_errors(
    scratch: Path, data: st.DataObject
) -> None:
    file = data.draw(st.sampled_from(JSON_FILES))
    raw = data.draw(mutated_json((FENMOOR / file).read_bytes()))
    try:
        (scratch / file).write_bytes(raw)
        for read in (lambda: list(read_articles(scratch)), lambda: statistics(scratch)):
            try:
                read()
            except (InputError, MisuseError) as error:
                assert str(error)
    finally:
        shutil.copyfile(FENMOOR / file, scratch / file)


def anchored(scratch: Path, raw: bytes, *, copies: int = 1) -> list[Path] | None:
    """What an anchor file of these bytes writes; None where it has findings, all of them sound."""
    path = scratch.parent / "file.yaml"
    path.write_bytes(raw)
    before = tree(scratch)
    try:
        written = anchor_files([path] * copies, scratch, layers=True)
    except InputError as error:
        assert tree(scratch) == before
        assert error.issues and sound(error.issues, ANCHOR_CODES)
        return None
    finally:
        for folder in set((scratch / "annotators").iterdir()) - {scratch / "annotators" / "a1"}:
            shutil.rmtree(folder)
        for name in ("speakers.json", "targets.json"):
            shutil.copyfile(FENMOOR / name, scratch / name)
    return written


ANCHOR_CODES = {
    f"anchor-{name}"
    for name in "syntax alias article repeated missing mention ambiguous cuts-word mark registry".split()
}


def tree(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


HEAD = f"article: {ARTICLE}\nannotator: fuzz\nguidelines: 1.0.0\n"
YAML_PIECES = (
    ": - , [ ] { } # ' \" | > |- & * ! !!int !!binary % @ ` ? --- ... << ~ null quotes content é 👍"
    " \x85 \u2028 \ufeff".split(" ")
)
yaml_pieces = st.lists(
    st.sampled_from([*YAML_PIECES, "\n", "\t", "\n- ", "\n  ", ": ", " #"]), max_size=12
).map("".join)


@modest(300)
@given(raw=st.one_of(broken_bytes(HEAD.encode()), yaml_pieces.map(str.encode)))
@example(raw=b"# only a comment\n")
@example(raw=b"%YAML 1.1\n")
def test_any_bytes_as_an_anchor_file(scratch: Path, raw: bytes) -> None:
    anchored(scratch, raw)


@modest(150)
@given(pieces=yaml_pieces)
def test_any_text_after_the_head_of_an_anchor_file(scratch: Path, pieces: str) -> None:
    anchored(scratch, (HEAD + pieces).encode())


TEXT = (FENMOOR / "texts" / f"{ARTICLE}.txt").read_text("utf-8")


@st.composite
def words_of_the_text(draw: st.DrawFn) -> Any:
    """Words from the text or from nowhere, plain, with context, or several."""
    start = draw(st.integers(0, len(TEXT) - 1))
    words = TEXT[start : start + draw(st.integers(1, 40))]
    plain = draw(st.one_of(st.just(words), st.sampled_from(TEXT.split()), texts))
    if draw(st.booleans()):
        return plain
    selector = {"exact": plain, "cuts_word": draw(st.sampled_from(["true", "false", "maybe"]))}
    selector[draw(st.sampled_from(["prefix", "suffix"]))] = draw(texts | st.just(TEXT[start - 3]))
    return draw(st.sampled_from([selector, [plain, selector], []]))


spans = words_of_the_text()
some_id = st.sampled_from(["venn-orla", "harke-tobin", "toll-harbour", "new", "q1", "q2", "Q 1"])


def optional(**fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with some of these fields, and now and then with something else as a value."""
    return st.fixed_dictionaries(
        {}, optional={name: st.one_of(value, value, value) for name, value in fields.items()}
    )


anchor_data = optional(
    issues=st.lists(some_id, max_size=2),
    quotes=st.lists(
        st.builds(
            lambda content, rest: {"content": content, **rest},
            spans,
            optional(
                cue=spans,
                source=spans,
                frame=spans,
                speaker=st.one_of(some_id, st.lists(some_id, max_size=3)),
                id=some_id,
                parent=some_id,
                doubtful=st.sampled_from(["true", "no"]),
                stances=st.lists(
                    st.builds(
                        lambda target, label, rest: {"target": target, "label": label, **rest},
                        some_id,
                        st.sampled_from(["favor", "none", "?"]),
                        optional(condition=spans, evidence=spans, note=json_values),
                    ),
                    max_size=2,
                ),
            ),
        ),
        max_size=3,
    ),
    mentions=st.lists(optional(speaker=some_id, span=spans, every=spans), max_size=2),
    marks=st.lists(optional(span=spans, kind=st.sampled_from(["name", "speech"])), max_size=2),
    speakers=st.lists(
        optional(id=some_id, name=texts, kind=st.just("group"), wikidata=st.just("Q1")), max_size=2
    ),
    targets=st.lists(optional(id=some_id, text=texts, kind=st.just("issue")), max_size=2),
)


@modest(250)
@given(data=anchor_data, style=st.sampled_from(["json", "yaml"]))
def test_structured_anchor_files_with_random_words(
    scratch: Path, data: dict[str, Any], style: str
) -> None:
    data = {"article": ARTICLE, "annotator": "fuzz", "guidelines": "1.0.0", **data}
    dump = yaml.safe_dump(data, allow_unicode=True, default_style='"')
    anchored(scratch, orjson.dumps(data) if style == "json" else dump.encode())


@modest(10)
@given(wikidata=texts)
def test_any_wikidata_id_of_a_speaker_in_an_anchor_file(scratch: Path, wikidata: str) -> None:
    speaker = {"id": "new", "name": "New", "wikidata": wikidata or "Q0"}
    data = {"article": ARTICLE, "annotator": "fuzz", "guidelines": "1.0.0", "speakers": [speaker]}
    anchored(scratch, orjson.dumps(data))


@modest(40)
@given(raw=st.binary(max_size=60))
@example(raw=b"\xff")
def test_any_bytes_as_the_text_of_an_anchor_file(scratch: Path, raw: bytes) -> None:
    path = scratch / "texts" / f"{ARTICLE}.txt"
    try:
        path.write_bytes(raw)
        anchored(scratch, f"{HEAD}quotes: [{{content: Venn}}]\n".encode())
    finally:
        shutil.copyfile(FENMOOR / "texts" / path.name, path)


def test_gold_from_anchors_is_gold_by_its_schema(scratch: Path) -> None:
    """A span never ends up empty: `content` needs a fragment."""
    text = scratch / "texts" / f"{ARTICLE}.txt"
    try:
        text.write_text("Harbour toll\n")
        assert anchored(scratch, f'{HEAD}quotes: [{{content: "\\n"}}]\n'.encode()) is None
    finally:
        shutil.copyfile(FENMOOR / "texts" / text.name, text)


def test_two_anchor_files_of_one_article_are_a_finding(scratch: Path, tmp_path: Path) -> None:
    (scratch.parent / "plain").mkdir()
    for name in ("speakers.json", "targets.json"):
        shutil.copyfile(FENMOOR / name, scratch.parent / "plain" / name)
    (scratch.parent / "plain" / "texts").mkdir()
    (scratch.parent / "plain" / "texts" / f"{ARTICLE}.txt").write_text("Toll, said Venn. Ha.\n")
    files = []
    for words in ("Toll", "Ha"):
        files.append(tmp_path / f"{words}.yaml")
        files[-1].write_text(f"{HEAD}issues: [toll-harbour]\nquotes: [{{content: {words}}}]\n")
        assert anchor_files(files[-1:], scratch.parent / "plain")
    with pytest.raises(InputError) as caught:
        anchor_files(files, scratch.parent / "plain")
    assert [(issue.file, issue.code) for issue in caught.value.issues] == [
        ("Ha.yaml", "anchor-repeated")
    ]


@pytest.mark.parametrize("depth", [33, 253, 300, 1000, 2000])
@pytest.mark.parametrize("file", ["speakers.json", f"gold/{ARTICLE}.json"])
def test_nesting_of_any_depth(scratch: Path, file: str, depth: int) -> None:
    raw = b"[" * depth + b"]" * depth
    assert {issue.code for issue in with_file(scratch, file, raw)} >= {"json-nesting"}


@modest(60)
@given(name=st.binary(min_size=1, max_size=12))
def test_any_file_name(scratch: Path, name: bytes) -> None:
    assume(b"/" not in name and b"\0" not in name and name not in (b".", b".."))
    path = scratch / "gold" / os.fsdecode(name)
    assume(not path.exists())
    path.write_bytes(b"{}")
    try:
        assert sound(validate(scratch).issues)
    finally:
        path.unlink()
