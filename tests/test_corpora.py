"""Importing and writing back, for every corpus and format, on small invented ones."""

import json
import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from conftest import ROOT
from makers import MAKERS
from onrecord.building import build
from onrecord.cli import app
from onrecord.converting.exporting import export_corpus
from onrecord.converting.importing import Converted, import_corpus
from onrecord.corpora import CORPORA
from onrecord.files import write_json
from onrecord.issues import MisuseError
from onrecord.loading import read_articles
from onrecord.model import Gold, Manifest
from onrecord.sources import open_source
from onrecord.validation import validate
from test_archives import contents, write_tar

NAMES = list(MAKERS)
NOT_BACK = {"polnear": {"data/metadata.tsv"}}
"""Files of which only the rows of what is imported come back."""
COUNTS = {
    # articles, quotes, stances, layers, records kept as they came
    "polnear": (2, 6, 0, 4, 2),
    "german-wikinews": (2, 12, 0, 0, 0),
    "pdnc": (1, 3, 0, 0, 0),
    "basil": (2, 4, 4, 0, 2),
    "seesaw": (2, 5, 4, 2, 0),
    "brat": (2, 7, 0, 0, 2),
    "citron": (2, 3, 0, 0, 1),
    "bio": (3, 4, 0, 0, 2),
}


LOST_OF_BASIL = {
    "quotes.id": 4,
    "marks": 4,
    "stances": 4,
    "articles.outlet": 2,
    "articles.published": 2,
    "articles.story": 2,
    "articles.zones": 2,
}
"""What brat cannot carry of the invented one."""


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def convert(name: str, tmp_path: Path) -> tuple[Path, Path, Converted]:
    """The makers' folder, the corpus folder imported from it, and the result."""
    source, out = MAKERS[name](tmp_path / name), tmp_path / f"{name}-out"
    return source, out, import_corpus(CORPORA[name], source, out)


def sheets(corpus: Path) -> dict[str, Gold]:
    """Gold by article id."""
    source = open_source(corpus)
    source.registries()
    return {entry.id: entry.gold.annotation for entry in source.entries() if entry.gold}


def test_every_corpus_and_format_has_an_invented_one() -> None:
    assert set(MAKERS) == set(CORPORA) == set(COUNTS)


@pytest.mark.parametrize("name", NAMES)
def test_an_import_is_a_corpus_on_which_every_verb_runs(name: str, tmp_path: Path) -> None:
    _, out, result = convert(name, tmp_path)
    counted = (result.articles, result.quotes, result.stances, result.layers, result.kept)
    assert counted == COUNTS[name]
    assert {issue.code for issue in result.issues} <= {"convert-field"}  # days that are none
    report = validate(out)
    assert report.issues == () and report.articles == result.articles
    folder, info = build(out, tmp_path / "dataset")
    assert sum(info.configs["quotes"].rows.values()) == result.quotes
    assert info.hydrated is (CORPORA[name].rights == "licensed")
    for corpus in (out, folder):
        stats = json.loads(run("stats", corpus, "--json").output)
        assert stats["total"]["quotes"] == result.quotes
        assert (stats["licensed"], stats["layers"]) == (0, result.layers)
    assert len(list(read_articles(folder))) == result.articles


@pytest.mark.parametrize("name", NAMES)
def test_every_record_keeps_its_original_and_the_files_come_back(name: str, tmp_path: Path) -> None:
    source, out, _ = convert(name, tmp_path)
    for gold in sheets(out).values():
        assert all(quote.orig and quote.orig[0].raw for quote in gold.quotes)
        assert all(mention.orig for mention in gold.mentions)
    written = export_corpus(CORPORA[name], out, tmp_path / "back")
    assert written.issues == ()
    before, after = contents(source), contents(tmp_path / "back")
    assert written.files == len(after)
    differ = {file for file in after if after[file] != before[file]}
    assert differ == NOT_BACK.get(name, set())
    absent = {file for file in before if file not in after and "annotator-training" not in file}
    assert absent == set()


@pytest.mark.parametrize("name", NAMES)
def test_an_archive_says_the_same_as_the_folder(name: str, tmp_path: Path) -> None:
    source, out, _ = convert(name, tmp_path)
    files = {f"some-name/{file}": content for file, content in contents(source).items()}
    packed = write_tar(tmp_path / "packed.tar.xz", files)
    import_corpus(CORPORA[name], packed, tmp_path / "again")
    before, after = contents(out), contents(tmp_path / "again")
    if not CORPORA[name].is_format:  # formats name articles after their files
        assert before == after
    assert len(before) == len(after)


@pytest.mark.parametrize("name", NAMES)
def test_the_manifest_says_what_is_not_annotated(name: str, tmp_path: Path) -> None:
    _, out, result = convert(name, tmp_path)
    manifest = json.loads((out / "manifest.json").read_bytes())
    assert set(manifest["incomplete"]) == set(CORPORA[name].incomplete)
    for gold in sheets(out).values():
        assert gold.layer.kind == "imported" and gold.layer.guidelines is None
        for kind in ("marks", "mentions", "stances", "issues"):
            fields = {each for each in CORPORA[name].annotates if each.startswith(f"{kind}.")}
            assert not getattr(gold, kind) or fields, "what is there is declared"
        for quote in gold.quotes:
            for field in ("act", "status", "continues", "repeats", "via", "cue_head"):
                assert (
                    getattr(quote, field) is None or getattr(quote, field) == () or name == "brat"
                )
    about = (out / "README.md").read_text("utf-8")
    assert CORPORA[name].terms in about and (CORPORA[name].citation or "") in about
    assert result.articles


@pytest.mark.parametrize("name", [name for name in NAMES if not CORPORA[name].is_format])
def test_what_has_changed_since_the_import_is_named_when_a_corpus_is_written_back(
    name: str, tmp_path: Path
) -> None:
    _, out, _ = convert(name, tmp_path)
    id = next(id for id, gold in sheets(out).items() if gold.quotes)
    path = out / "gold" / f"{id}.json"
    gold = json.loads(path.read_bytes())
    gold["quotes"][0]["note"] = "looked at again"
    path.write_text(json.dumps(gold))
    written = export_corpus(CORPORA[name], out, tmp_path / "edited")
    assert [(issue.code, issue.file) for issue in written.issues] == [
        ("convert-changed", f"gold/{id}.json")
    ]
    del gold["quotes"][0]
    gold["marks"], gold["mentions"], gold["stances"] = [], [], []
    path.write_text(json.dumps(gold))
    written = export_corpus(CORPORA[name], out, tmp_path / "shorter")
    found = {(issue.code, issue.file) for issue in written.issues if issue.code != "convert-layout"}
    assert found == {("convert-changed", f"gold/{id}.json")}


@pytest.mark.parametrize("name", [name for name in NAMES if not CORPORA[name].is_format])
def test_only_what_came_from_a_corpus_can_be_written_as_it(
    name: str, fenmoor: Path, tmp_path: Path
) -> None:
    done = run("convert", name, fenmoor, "--back", "--out", tmp_path / "x")
    assert done.exit_code == 1 and not (tmp_path / "x").exists()
    assert f"was not imported from {name}" in done.output


def test_renamed_speakers_are_named_too(tmp_path: Path) -> None:
    _, out, _ = convert("basil", tmp_path)
    path = out / "speakers.json"
    path.write_text(path.read_text().replace("Orla Venn", "O. Venn"))
    written = export_corpus(CORPORA["basil"], out, tmp_path / "back")
    assert [(issue.file, issue.pointer) for issue in written.issues] == [
        ("speakers.json", "/orla-venn")
    ]


def test_nothing_is_written_over(tmp_path: Path) -> None:
    source, out, _ = convert("brat", tmp_path)
    before = contents(out)
    for back in (False, True):
        with pytest.raises(MisuseError, match="is not an empty folder"):
            (export_corpus if back else import_corpus)(
                CORPORA["brat"], out if back else source, out
            )
    assert contents(out) == before
    (tmp_path / "empty").mkdir()
    assert import_corpus(CORPORA["brat"], source, tmp_path / "empty").articles == 2


def test_what_a_killed_import_left_is_removed_by_the_next_one(tmp_path: Path) -> None:
    """No process has that number; one that writes beside it keeps its own."""
    stale, alive = tmp_path / f".out.new.{2**22 + 1}.x", tmp_path / f".out.new.{os.getpid()}.x"
    for left in (stale, alive):
        left.mkdir()
    import_corpus(CORPORA["basil"], MAKERS["basil"](tmp_path / "src"), tmp_path / "out")
    assert alive.exists() and not stale.exists()


@pytest.mark.parametrize("name", NAMES)
def test_where_there_is_nothing_to_import_nothing_is_written(name: str, tmp_path: Path) -> None:
    (tmp_path / "nothing" / "articles").mkdir(parents=True)
    (tmp_path / "nothing" / "README.md").write_text("hello")
    done = run("convert", name, tmp_path / "nothing", "--out", tmp_path / "out")
    assert done.exit_code == 2 and "holds nothing of" in done.stderr
    assert not (tmp_path / "out").exists()
    gone = run("convert", name, tmp_path / "gone", "--out", tmp_path / "out")
    assert gone.exit_code == 2 and "no such file or folder" in gone.stderr


def test_splits_by_the_makers_names(tmp_path: Path) -> None:
    source = MAKERS["polnear"](tmp_path / "src")

    def split(*names: str) -> tuple[list[str], dict[str, str]]:
        out = tmp_path / "-".join(["out", *names])
        result = import_corpus(CORPORA["polnear"], source, out, splits=names)
        splits = json.loads((out / "splits.json").read_bytes())
        return [each.name for each in result.splits], splits

    pier, ferry = "echo-2031-01-02-the-pier", "skerry-post-2031-02-30-ferry"
    assert split() == (["train", "dev"], {pier: "train", ferry: "validation"})
    assert split("dev") == (["dev"], {ferry: "validation"})
    assert split("annotator-training")[1] == {"echo-2031-01-01-gulls": "train"}
    done = run(
        "convert", "polnear", source, "--split", "dev", "--split", "test", "--out", tmp_path / "x"
    )
    assert done.exit_code == 1 and "convert-split: holds nothing of split test" in done.output
    assert (tmp_path / "x" / "manifest.json").is_file()
    done = run("convert", "polnear", source, "--split", "validation", "--out", tmp_path / "y")
    assert done.exit_code == 2
    assert "no split validation; it has train, dev, test, annotator-training" in done.stderr


def test_the_command_line_says_what_was_done(tmp_path: Path) -> None:
    source = MAKERS["basil"](tmp_path / "src")
    done = run("convert", "basil", source, "--out", tmp_path / "out")
    assert done.exit_code == 0
    assert "2 articles, 6 spans; published are 300 and 1,726" in done.output
    assert "4 quotes, 4 stances, 1 speaker, 1 target, 0 layers" in done.output
    assert "2 spans are no quotes of ours; their originals are kept" in done.output
    assert done.output.endswith("0 findings\n")
    found = json.loads(run("convert", "basil", source, "--out", tmp_path / "b", "--json").output)
    assert found["quotes"] == 4 and found["issues"] == [] and found["splits"][0]["records"] == 6
    back = run("convert", "citron", tmp_path / "out", "--back", "--out", tmp_path / "c")
    assert "not carried: 4 quotes without a cue" in back.output and back.exit_code == 0
    found = json.loads(
        run("convert", "brat", tmp_path / "out", "--back", "--out", tmp_path / "d", "--json").output
    )
    assert found["files"] == 4 and found["lost"] == LOST_OF_BASIL


def test_list_shows_terms_citation_and_what_absence_means() -> None:
    shown = run("convert", "--list")
    assert shown.exit_code == 0
    for name, corpus in CORPORA.items():
        for part in (f"(`{name}`)", corpus.terms, corpus.citation or "", corpus.definition):
            assert part in shown.output
    one = run("convert", "polnear", "--list").output
    assert "| train | 840 | 19,868 |" in one and "basil" not in one
    listed = json.loads(run("convert", "--list", "--json").output)
    assert [each["name"] for each in listed] == list(CORPORA)
    assert run("convert", "parc", "--list").exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("polnear",),
        ("polnear", "x"),
        ("polnear", "--out", "y"),
        ("parc", "x", "--out", "y"),
        ("polnear", "x", "--out", "y", "--from-url", "http://127.0.0.1:9/x"),
    ],
)
def test_misuse_exits_2_in_one_line(words: tuple[str, ...]) -> None:
    done = run("convert", *words)
    assert done.exit_code == 2 and done.stderr.count("\n") == 1 and "Traceback" not in done.output


def test_texts_in_a_format_have_the_language_that_is_said(tmp_path: Path) -> None:
    source = MAKERS["citron"](tmp_path / "src")
    for options, language in (((), "und"), (("--language", "en-GB"), "en-GB")):
        out = tmp_path / language
        assert run("convert", "citron", source, "--out", out, *options).exit_code == 0
        assert {each.language for each in read_articles(out)} == {language}


def test_an_imported_corpus_cannot_be_taken_for_an_open_one(tmp_path: Path) -> None:
    """Texts that may not be handed on are licensed, and the manifest says that they are here."""
    _, out, _ = convert("polnear", tmp_path)
    manifest = Manifest(**json.loads((out / "manifest.json").read_bytes()))
    assert manifest.hydrated
    write_json(
        out / "manifest.json",
        {**json.loads((out / "manifest.json").read_bytes()), "hydrated": False},
    )
    assert {issue.code for issue in validate(out).issues} >= {"text-licensed"}


def test_a_corpus_of_ours_needs_its_text_to_be_written(fenmoor: Path, tmp_path: Path) -> None:
    shutil.rmtree(fenmoor / "challenge")
    written = export_corpus(CORPORA["brat"], fenmoor, tmp_path / "out")
    assert [(issue.code, issue.file) for issue in written.issues] == [
        ("convert-article", "articles/skerry-post-ferry-fares.json")
    ]
    assert written.files == 4


def test_convert_is_documented() -> None:
    page = (ROOT / "docs" / "CORPORA.md").read_text("utf-8")
    for name, corpus in CORPORA.items():
        assert f"`{name}`" in page
        assert all(what in page for what in corpus.loses), name


def test_a_format_counts_what_it_loses_of_speakers_and_articles(
    fenmoor: Path, tmp_path: Path
) -> None:
    """Each speaker once; names of fields are those of the records."""
    lost = export_corpus(CORPORA["brat"], fenmoor, tmp_path / "out").lost
    golds = list(sheets(fenmoor).values())
    source = open_source(fenmoor)
    speakers = source.registries().speakers or {}
    written = [entry for entry in source.entries() if entry.text is not None and entry.gold]
    quotes = [quote for entry in written for quote in entry.gold.annotation.quotes]
    named = {id for quote in quotes for id in quote.speaker}
    assert golds and named
    assert lost["quotes.id"] == len(quotes)
    assert lost["speakers.kind"] == sum(speakers[id].kind != "unknown" for id in named)
    assert lost.get("speakers.aliases", 0) == sum(bool(speakers[id].aliases) for id in named)
    assert lost["articles.outlet"] == sum(bool(entry.article.outlet) for entry in written)
