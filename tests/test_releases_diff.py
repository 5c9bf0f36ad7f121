"""The semantic diff: counts, words, speakers, revisions, and a plain comparison beside it."""

import copy
import json
import subprocess
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given
from typer.testing import CliRunner

from edits import apply
from onrecord.building import build
from onrecord.cli import app
from onrecord.issues import InputError, MisuseError
from onrecord.releases.comparison import diff
from onrecord.releases.differences import Difference
from onrecord.schema_export import write_schemas
from strategies import corpora, modest, write_folder
from versions import (
    FENMOOR,
    GOLD,
    ICE,
    NEGATED,
    SALE,
    SPEAKER,
    STONE,
    TOLL,
    WITHOUT_Q6,
    Edits,
    edited,
    plain_article,
    remove_article,
    reseal,
    set_value,
)


def test_counts_labels_and_words_of_a_correction(tmp_path: Path) -> None:
    found = diff(FENMOOR, edited(tmp_path, "new", [*NEGATED, *WITHOUT_Q6]))
    tables = msgspec.to_builtins(found.tables)
    assert tables["quotes"] == {"added": 0, "removed": 1, "changed": 1, "fields": {"status": 1}}
    assert tables["stances"] == {"added": 0, "removed": 1, "changed": 0, "fields": {}}
    assert tables["articles"] == {
        "added": 0,
        "removed": 0,
        "changed": 1,
        "fields": {"quotes": 1, "mentions": 1},
    }
    assert found.confusions == {"status": {"actual": {"negated": 1}}}
    (example,) = [each for each in found.examples if each.field == "status"]
    assert example.place == f"{TOLL}#q4" and (example.old, example.new) == ("actual", "negated")
    assert example.words and example.words.startswith("that the council had already sold")
    (gone,) = [each for each in found.examples if each.place == f"{TOLL}#q6"]
    assert (gone.field, gone.old, gone.new) == ("content", "on the leak", None)


def test_a_stance_keeps_old_and_new_label(tmp_path: Path) -> None:
    found = diff(FENMOOR, edited(tmp_path, "new", [set_value(GOLD, "/stances/0/label", "both")]))
    assert found.confusions == {"stance": {"against": {"both": 1}}}
    (example,) = found.examples
    assert (
        example.place == f"{TOLL}#q1/toll-harbour"
        and example.words == "Harbour toll ‘a tax on fog’"
    )


def test_a_takedown_is_told_with_its_reason(tmp_path: Path) -> None:
    edits = [*remove_article(SALE), set_value("manifest.json", "/tombstones", [STONE])]
    found = diff(FENMOOR, edited(tmp_path, "new", edits))
    assert (found.bump, found.version) == ("patch", "0.1.1")
    assert [msgspec.to_builtins(stone) for stone in found.takedowns] == [STONE]
    assert found.tables["articles"].removed == 1 and found.tables["quotes"].removed == 10


def replaced_speakers(names: dict[tuple[str, str], str]) -> Edits:
    """Other speakers for the quotes with these (article, quote) ids, also as registry entries."""
    entries = json.loads((FENMOOR / "speakers.json").read_bytes())
    known = {entry["id"] for entry in entries}
    new = sorted(set(names.values()) - known)
    edits = [{"file": "speakers.json", "append": "", "value": {**SPEAKER, "id": id}} for id in new]
    for (article, quote), speaker in names.items():
        gold = json.loads((FENMOOR / f"gold/{article}.json").read_bytes())
        at = [each["id"] for each in gold["quotes"]].index(quote)
        edits.append(set_value(f"gold/{article}.json", f"/quotes/{at}/speaker", [speaker]))
    return edits


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {(TOLL, "q3"): "venn-orla"}, []),
        (
            {},
            {(TOLL, "q3"): "venn-orla", (TOLL, "q4"): "venn-orla"},
            [("merge", ("harke-tobin", "venn-orla"), ("venn-orla",), 2)],
        ),
        (
            {},
            {(TOLL, f"q{n}"): "one" for n in (1, 2, 3, 4)},
            [("merge", ("harke-tobin", "venn-orla"), ("one",), 4)],
        ),
        (
            {(TOLL, f"q{n}"): "one" for n in (1, 2, 3, 4)},
            {},
            [("split", ("one",), ("harke-tobin", "venn-orla"), 4)],
        ),
        ({}, {(TOLL, "q2"): "two"}, [("split", ("venn-orla",), ("two", "venn-orla"), 1)]),
        (
            {},
            {(TOLL, "q3"): "tobin", (TOLL, "q4"): "tobin"},
            [("rename", ("harke-tobin",), ("tobin",), 2)],
        ),
    ],
)
def test_speakers_merged_split_and_renamed(
    before: dict[tuple[str, str], str],
    after: dict[tuple[str, str], str],
    expected: list[tuple[str, tuple[str, ...], tuple[str, ...], int]],
    tmp_path: Path,
) -> None:
    old = edited(tmp_path, "old", replaced_speakers(before))
    found = diff(old, edited(tmp_path, "new", replaced_speakers(after)))
    assert [(each.kind, each.old, each.new, each.quotes) for each in found.speakers] == expected


Document = dict[str, Any]


@st.composite
def versions(draw: st.DrawFn) -> tuple[tuple[Document, ...], tuple[Document, ...]]:
    """A corpus and another version of it: articles gone, moved, renamed; rows gone or changed."""
    old = draw(corpora)
    new = []
    for document in copy.deepcopy(old):
        gold, article = document["gold"], document["article"]
        if draw(st.integers(0, 9)) == 0:
            continue
        article["title"] = draw(st.sampled_from([article["title"], "Other"]))
        document["split"] = draw(st.sampled_from([document["split"], "train"]))
        gold["quotes"] = [quote for quote in gold["quotes"] if draw(st.integers(0, 5))]
        kept = {quote["id"] for quote in gold["quotes"]}
        gold["stances"] = [
            stance
            for stance in gold["stances"]
            if stance["quote"] in kept and draw(st.integers(0, 5))
        ]
        for quote in gold["quotes"]:
            quote["status"] = draw(st.sampled_from(["actual", "negated"]))
            quote["speaker"] = [draw(st.sampled_from(["s-1", "s-2"]))]
        for stance in gold["stances"]:
            stance["label"] = draw(st.sampled_from(["favor", stance["label"]]))
        new.append({**document, "layers": [copy.deepcopy(gold)]})
    return (old, tuple(new)) if draw(st.booleans()) else (tuple(new), old)


def rows(documents: tuple[Document, ...], table: str) -> dict[Any, Any]:
    """Rows by key, with the fields that the versions above may change and that no other repeats."""
    if table == "articles":
        return {
            each["article"]["id"]: (each["article"]["title"], each["split"], each["gold"])
            for each in documents
        }
    if table == "annotations":
        return {each["article"]["id"]: each["layers"] for each in documents}
    return {
        (each["article"]["id"], row["id" if table == "quotes" else "quote"]): row
        for each in documents
        for row in each["gold"][table]
    }


@modest(60)
@given(pair=versions())
def test_counts_are_those_of_a_plain_comparison(
    pair: tuple[tuple[Document, ...], tuple[Document, ...]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("versions")
    sides = [write_folder(each, folder / name) for name, each in zip("ab", pair, strict=True)]
    found = diff(*sides)
    for table in ("articles", "quotes", "stances", "annotations"):
        old, new = (rows(each, table) for each in pair)
        counted = found.tables.get(table)
        seen = (counted.added, counted.removed, counted.changed) if counted else (0, 0, 0)
        changed = sum(old[key] != new[key] for key in old.keys() & new.keys())
        assert seen == (len(new.keys() - old.keys()), len(old.keys() - new.keys()), changed)
    back = diff(*reversed(sides))
    for name, forth in found.tables.items():
        turned = back.tables[name]
        assert (forth.added, forth.removed, forth.changed, forth.fields) == (
            turned.removed,
            turned.added,
            turned.changed,
            turned.fields,
        )
    assert found.confusions == {
        field: transposed(confusion) for field, confusion in back.confusions.items()
    }


def transposed(confusion: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    turned: dict[str, dict[str, int]] = {}
    for old, counts in confusion.items():
        for new, count in counts.items():
            turned.setdefault(new, {})[old] = count
    return turned


def git(repository: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(repository), *words], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository with the small corpus: at `v0.1.0`, and with a status changed since."""
    root = tmp_path / "repository"
    edited(root, "corpus", [])
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ada Gull")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ada@example.org")
    git(root, "init")
    write_schemas(root / "schemas")
    git(root, "add", ".")
    git(root, "commit", "-m", "One")
    git(root, "tag", "v0.1.0")
    apply(NEGATED, root / "corpus")
    git(root, "commit", "-am", "Two")
    monkeypatch.chdir(root)
    return root


def test_revisions_are_compared_like_folders(repository: Path) -> None:
    expected = diff(FENMOOR, repository / "corpus")
    assert expected.bump == "patch"
    for old, new in (("v0.1.0", "HEAD"), ("HEAD~1:corpus", "corpus"), ("v0.1.0:corpus/", "HEAD")):
        found = diff(old, new)
        assert (found.old.name, found.new.name) == (old, new)
        assert (found.demands, found.tables) == (expected.demands, expected.tables)
    assert diff("HEAD", "corpus").demands == ()


@pytest.mark.parametrize("old", ["v9.9.9", "HEAD:schemas", "HEAD:nowhere", "--help", ":corpus"])
def test_what_is_no_revision_is_refused_in_one_line(repository: Path, old: str) -> None:
    with pytest.raises(MisuseError, match="revision") as caught:
        diff(old, "corpus")
    assert "\n" not in str(caught.value)


def test_outside_a_repository_there_are_no_revisions(tmp_path: Path) -> None:
    with pytest.raises(MisuseError, match="neither a folder nor a revision"):
        diff("HEAD", FENMOOR, repository=tmp_path)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda columns: columns["marks"].pop("text"), "columns-added"),
        (lambda columns: columns["marks"].update(height="int32"), "columns-removed"),
        (lambda columns: columns["marks"].update(open="string"), "columns-changed"),
        (lambda columns: columns.pop("marks"), "columns-added"),
    ],
)
def test_columns_of_a_revision_are_those_of_its_schemas(
    repository: Path, change: Any, code: str
) -> None:
    path = repository / "schemas" / "tables.json"
    columns = json.loads(path.read_bytes())
    change(columns)
    path.write_text(json.dumps(columns))
    git(repository, "commit", "-am", "Other columns")
    found = diff("HEAD", "corpus")
    assert {demand.code for demand in found.demands} == {code}
    assert all(
        change.what == "column" and change.name.startswith("marks.") for change in found.schema
    )


def test_a_revision_of_another_schema_needs_the_code_of_its_time(repository: Path) -> None:
    apply([set_value("manifest.json", "/schema_version", "9.0.0")], repository / "corpus")
    with pytest.raises(MisuseError, match=r"schema version 9\.0\.0"):
        diff("v0.1.0", "corpus")


def test_a_dataset_of_another_schema_is_compared(tmp_path: Path) -> None:
    folder, _ = build(FENMOOR, tmp_path / "built")
    apply([set_value("manifest.json", "/schema_version", "2.0.0")], folder)
    reseal(folder)
    found = diff(FENMOOR, folder)
    assert [demand.code for demand in found.demands] == ["schema-version"]


def test_hydrated_and_shipped_are_not_compared(tmp_path: Path) -> None:
    with pytest.raises(MisuseError, match="licensed texts"):
        diff(FENMOOR, edited(tmp_path, "new", [set_value("manifest.json", "/hydrated", True)]))


def test_all_that_cannot_be_read_is_told_with_its_side(tmp_path: Path) -> None:
    broken: Edits = [
        {"file": GOLD, "content": "{"},
        {"file": f"articles/{SALE}.json", "delete": True},
    ]
    with pytest.raises(InputError) as caught:
        diff(edited(tmp_path, "old", broken), edited(tmp_path, "new", broken[:1]))
    found = {(issue.file, issue.code) for issue in caught.value.issues}
    assert found == {
        (f"{tmp_path}/old/{GOLD}", "json-syntax"),
        (f"{tmp_path}/old/articles/{SALE}.json", "article-missing"),
        (f"{tmp_path}/new/{GOLD}", "json-syntax"),
    }


@pytest.mark.parametrize(
    "edit",
    [
        set_value(GOLD, "/quotes/0/content/0/end", 10**6),
        set_value(GOLD, "/quotes/0/speaker", ["nobody"]),
        set_value(GOLD, "/marks/0", {"id": "m1", "kind": "other"}),
    ],
)
def test_unsound_gold_is_no_traceback(edit: dict[str, Any], tmp_path: Path) -> None:
    new = edited(tmp_path, "new", [edit])
    done = CliRunner().invoke(app, ["diff", str(FENMOOR), str(new)])
    assert done.exit_code in (0, 2) and "Traceback" not in done.output


def test_a_dataset_out_of_order_is_a_finding(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    folder, _ = build(FENMOOR, tmp_path / "built")
    (path,) = (folder / "articles").glob("test-*.parquet")
    table = pq.read_table(path)
    pq.write_table(table.take(list(reversed(range(table.num_rows)))), path)
    reseal(folder)
    with pytest.raises(InputError) as caught:
        diff(folder, FENMOOR)
    assert [issue.code for issue in caught.value.issues] == ["id-order"]
    path.write_bytes(path.read_bytes()[:-9])
    reseal(folder)
    with pytest.raises(InputError) as caught:
        diff(FENMOOR, folder)
    assert [issue.code for issue in caught.value.issues] == ["file-unreadable"]


def test_a_damaged_dataset_is_not_compared(tmp_path: Path) -> None:
    """Rows of `quotes` are counted from `articles`: they must be what was built with them."""
    old, _ = build(FENMOOR, tmp_path / "old")
    new, _ = build(FENMOOR, tmp_path / "new")
    (quotes,) = (path.relative_to(old) for path in (old / "quotes").glob("test-*.parquet"))
    (old / quotes).write_bytes((old / quotes).read_bytes()[:-1] + b"!")
    (new / quotes).unlink()
    with pytest.raises(InputError) as caught:
        diff(old, new)
    assert [(issue.file, issue.code) for issue in caught.value.issues] == [
        (f"{old}/{quotes}", "file-damaged"),
        (f"{new}/{quotes}", "file-missing"),
    ]


def run(*words: str | Path) -> str:
    done = CliRunner().invoke(app, ["diff", *map(str, words)])
    assert done.exit_code == 0, done.output
    return done.output


def test_text_says_what_a_maintainer_needs(tmp_path: Path) -> None:
    old = edited(tmp_path, "old", plain_article(ICE, "validation"))
    new = edited(tmp_path, "new", [*NEGATED, *plain_article(ICE, "train")])
    lines = run(old, new).splitlines()
    assert lines[1] == "The smallest legal version is 1.0.0 (major)."
    squeezed = [" ".join(line.split()) for line in lines]
    assert (
        f"major splits-changed 1 An article changed its split. {ICE}: validation → train"
        in squeezed
    )
    assert "quotes 0 0 1 status 1" in squeezed
    assert "status actual negated 1" in squeezed
    assert any(
        line.startswith(f"quotes {TOLL}#q4 status actual negated that the") for line in squeezed
    )
    assert run(FENMOOR, FENMOOR).splitlines()[1:] == ["Nothing changed."]


def test_markdown_tables_are_whole(tmp_path: Path) -> None:
    edits = [*NEGATED, set_value(f"gold/{TOLL}.json", "/quotes/0/note", "Toll | row\nagain")]
    text = run(FENMOOR, edited(tmp_path, "new", edits), "--markdown")
    assert text.startswith("# ") and "\n## Rows\n" in text and "Toll \\| row ¶ again" in text
    for block in text.split("\n\n"):
        bars = {
            line.replace("\\|", "").count("|") for line in block.splitlines() if line[:1] == "|"
        }
        assert len(bars) <= 1


def test_json_is_the_whole_record(tmp_path: Path) -> None:
    new = edited(tmp_path, "new", NEGATED)
    read = msgspec.json.decode(run(FENMOOR, new, "--json"), type=Difference)
    assert read == diff(str(FENMOOR), str(new))


def test_one_form_at_a_time() -> None:
    done = CliRunner().invoke(app, ["diff", str(FENMOOR), str(FENMOOR), "--json", "--markdown"])
    assert done.exit_code == 2
