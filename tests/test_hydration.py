"""Licensed gold and copies of its text: sealed, joined again, built; and nothing of the text left."""

import json
import os
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from conftest import CASES, ROOT
from edits import apply
from killing import killed_everywhere
from licensed_edits import curly_marks, straight_marks, tally
from onrecord.building import build
from onrecord.hydration import hydrate, seal
from onrecord.issues import InputError, MisuseError
from onrecord.json_input import decode
from onrecord.licensed.sealing import leaks
from onrecord.licensed.texts import read_private_texts
from onrecord.licensed.tokens import plain
from onrecord.loading import read_articles
from onrecord.model import Fragment, Gold
from onrecord.records import AnnotatedArticle
from onrecord.text import text_hash, words_of
from onrecord.validation import validate
from versions import plain_article, rewrite, set_value

ID = "skerry-post-ferry-fares"
OPEN = "fenmoor-echo-lighthouse-sale"
LAYERED = "fenmoor-echo-harbour-toll"


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CASES / "private", tmp_path / "texts"))


@pytest.fixture
def sealed(fenmoor: Path, texts: Path) -> Path:
    """A corpus whose licensed article has fingerprints."""
    done = seal(fenmoor, ID, read_private_texts(texts))
    assert done.issues == () and done.blind == () and done.fingerprints > 10
    return fenmoor


def gold_of(corpus: Path, id: str) -> Gold:
    path = corpus / "gold" / f"{id}.json"
    return decode(path.read_bytes(), Gold, path.name)


def words(corpus: Path, text: str, id: str = ID) -> dict[str, list[str]]:
    """The plain words of every quote's content, by quote id."""
    return {
        quote.id: plain(words_of(text, quote.content)).split()
        for quote in gold_of(corpus, id).quotes
    }


def joined(corpus: Path, texts: Path, text: str, out: Path) -> dict[str, list[str]]:
    """The same from the corpus joined to one copy, which must be sound; none without a copy."""
    shutil.rmtree(texts)
    texts.mkdir()
    (texts / "copy.txt").write_bytes(text.encode())
    hydrate(corpus, read_private_texts(texts), out)
    if not out.exists():
        return {}
    assert validate(out).issues == ()
    path = out / "texts" / f"{ID}.txt"
    return words(out, path.read_bytes().decode())


def original(texts: Path) -> str:
    return (texts / f"{ID}.txt").read_text("utf-8")


def test_the_annotated_text_is_known_by_its_hash(sealed: Path, texts: Path, tmp_path: Path) -> None:
    (result,) = hydrate(sealed, read_private_texts(texts), tmp_path / "out")
    assert result.exact and result.share == 1 and result.issues == ()
    assert validate(tmp_path / "out").issues == ()
    assert words(tmp_path / "out", original(texts)) == words(sealed, original(texts))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: straight_marks(text, None),
        lambda text: curly_marks(straight_marks(text, None), None),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace(" ", "\xa0"),
        lambda text: text.replace(" ", "  ").replace("\n\n", "\n\n\n"),
        lambda text: "\ufeff date 2031-04-05 " + text,
        lambda text: text.replace(" ", "\t", 9).replace("\n", "\x0c\n", 1) + "\x00\x1b",
        lambda text: f"Advertisement: buy ‘Marigold’ tea, every leaf by hand.\n\n{text}",
        lambda text: f"{text}\nMore from us: weather, tides and the price of rope today.\n",
    ],
    ids="straight curly crlf nbsp spaces bom-and-date controls before after".split(),
)
def test_another_form_of_the_text_gives_all_quotes(
    change: object, sealed: Path, texts: Path, tmp_path: Path
) -> None:
    text = original(texts)
    found = joined(sealed, texts, change(text), tmp_path / "out")  # type: ignore[operator]
    assert found == words(sealed, text)


def test_words_changed_inside_one_quote_lose_that_quote(
    sealed: Path, texts: Path, tmp_path: Path
) -> None:
    text = original(texts)
    quote = max(
        gold_of(sealed, ID).quotes, key=lambda quote: quote.content[0].end - quote.content[0].start
    )
    middle = text.index(" ", (quote.content[0].start + quote.content[0].end) // 2)
    found = joined(sealed, texts, f"{text[:middle]} altered{text[middle:]}", tmp_path / "out")
    expected = words(sealed, text)
    assert quote.id not in found
    assert found.items() <= expected.items()
    (result,) = hydrate(sealed, read_private_texts(texts))
    reported = {issue.pointer.removeprefix("/quotes/") for issue in result.issues}
    assert expected.keys() - found.keys() <= reported
    assert (result.quotes, result.of_quotes) == (len(found), len(expected))


def test_a_text_of_another_article_anchors_nothing(
    sealed: Path, texts: Path, tmp_path: Path
) -> None:
    other = (sealed / "texts" / f"{OPEN}.txt").read_text("utf-8")
    assert joined(sealed, texts, other, tmp_path / "out") == {}
    (result,) = hydrate(sealed, read_private_texts(texts))
    assert [issue.code for issue in result.issues] == ["no-copy"]
    assert not result.joined


def test_a_statement_quoted_elsewhere_does_not_make_a_copy(
    fenmoor: Path, texts: Path, tmp_path: Path
) -> None:
    text = (fenmoor / "texts" / f"{OPEN}.txt").read_text("utf-8")
    seal(fenmoor, OPEN)
    (texts / "other.txt").write_text(f"Another story.\n\n{max(text.split(chr(10)), key=len)}\n")
    results = {each.article_id: each for each in hydrate(fenmoor, read_private_texts(texts))}
    assert [issue.code for issue in results[OPEN].issues] == ["no-copy"]


def test_sealing_again_changes_nothing(sealed: Path, texts: Path) -> None:
    before = {path: path.read_bytes() for path in sealed.rglob("*") if path.is_file()}
    seal(sealed, ID, read_private_texts(texts))
    assert {path: path.read_bytes() for path in sealed.rglob("*") if path.is_file()} == before


def test_an_open_article_becomes_a_licensed_one(fenmoor: Path, texts: Path, tmp_path: Path) -> None:
    text = (fenmoor / "texts" / f"{OPEN}.txt").read_text("utf-8")
    before = words(fenmoor, text, OPEN)
    done = seal(fenmoor, OPEN)
    assert done.issues == ()
    assert not (fenmoor / "texts" / f"{OPEN}.txt").exists()
    assert validate(fenmoor).issues == ()
    assert list(leaks(text, [path for path in fenmoor.rglob("*") if path.is_file()])) == []
    (texts / "copy.txt").write_text(straight_marks(text, None), "utf-8")
    hydrate(fenmoor, read_private_texts(texts), tmp_path / "out")
    assert words(tmp_path / "out", straight_marks(text, None), OPEN) == before


def test_what_nothing_tells_from_others_is_listed(fenmoor: Path) -> None:
    """A text of fewer words than a window has."""
    id = "fenmoor-echo-ice"
    mark = {"id": "m1", "open": 4, "kind": "other"}
    edits = [*plain_article(id, "test"), *rewrite(id, "Ice ’ came.\n")]
    apply([*edits, set_value(f"gold/{id}.json", "/marks", [mark])], fenmoor)
    assert seal(fenmoor, id).blind == (Fragment(start=4, end=5),)
    assert validate(fenmoor).issues == ()
    apply([set_value(f"fingerprints/{id}.json", "/blind", [])], fenmoor)
    assert [issue.code for issue in validate(fenmoor).issues] == ["fingerprint-missing"]


def test_words_left_in_a_corpus_are_found(sealed: Path, texts: Path) -> None:
    targets = json.loads((sealed / "targets.json").read_bytes())
    targets[0]["text"] = " ".join(original(texts).split()[:9])
    (sealed / "targets.json").write_text(json.dumps(targets))
    (issue,) = seal(sealed, ID, read_private_texts(texts)).issues
    assert issue.code == "licensed-words" and issue.file.endswith("targets.json")


def test_sealing_outside_split_test_is_a_finding(fenmoor: Path) -> None:
    apply([set_value("splits.json", f"/{OPEN}", "train")], fenmoor)
    apply([set_value("splits.json", f"/{LAYERED}", "train")], fenmoor)
    assert validate(fenmoor).issues == ()
    found = seal(fenmoor, OPEN).issues
    assert [issue.code for issue in found] == ["split-licensed"]
    assert found == validate(fenmoor).issues


def test_a_corpus_is_hydrated_until_its_last_licensed_text_is_sealed(
    fenmoor: Path, texts: Path, tmp_path: Path
) -> None:
    shutil.copy(fenmoor / "texts" / f"{OPEN}.txt", texts)
    seal(fenmoor, OPEN)
    private, out = read_private_texts(texts), tmp_path / "out"
    hydrate(fenmoor, private, out)

    def hydrated() -> bool:
        return json.loads((out / "manifest.json").read_bytes()).get("hydrated", False)

    assert seal(out, OPEN).removed and hydrated()
    assert seal(out, ID).removed and not hydrated()
    assert validate(out, texts=private).issues == ()


def test_sealing_needs_the_text(fenmoor: Path) -> None:
    with pytest.raises(MisuseError, match="--texts"):
        seal(fenmoor, ID)
    with pytest.raises(MisuseError, match="no article"):
        seal(fenmoor, "nowhere")


def test_a_hydrated_build_holds_everything_and_says_so(
    sealed: Path, texts: Path, tmp_path: Path
) -> None:
    plain_build, info = build(sealed, tmp_path / "plain")
    assert not info.hydrated and "licensed" in info.configs
    whole, info = build(sealed, tmp_path / "whole", texts=read_private_texts(texts))
    assert info.hydrated and "licensed" not in info.configs

    def by_id(folder: Path) -> dict[str, AnnotatedArticle]:
        return {article.id: article for article in read_articles(folder)}

    assert by_id(whole).keys() - by_id(plain_build).keys() == {ID}
    assert by_id(whole)[ID].text == original(texts)
    card = (whole / "README.md").read_text("utf-8")
    assert "license: other" in card and "may not be passed on" in card
    hydrate(sealed, read_private_texts(texts), tmp_path / "out")
    again, from_folder = build(tmp_path / "out", tmp_path / "again")
    assert from_folder.hydrated and by_id(again) == by_id(whole)


def test_hydration_replaces_only_what_it_wrote(sealed: Path, texts: Path, tmp_path: Path) -> None:
    private = read_private_texts(texts)
    for out in (sealed, sealed / "inside", tmp_path):
        with pytest.raises(MisuseError):
            hydrate(sealed, private, out)
    other = Path(shutil.copytree(sealed, tmp_path / "other"))
    with pytest.raises(MisuseError, match="no hydrated corpus"):
        hydrate(sealed, private, other)
    hydrate(sealed, private, tmp_path / "out")
    hydrate(sealed, private, tmp_path / "out")


def test_what_cannot_be_copied_is_a_finding(sealed: Path, texts: Path, tmp_path: Path) -> None:
    path = sealed / "gold" / f"{OPEN}.json"
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(InputError, match="no regular file"):
        hydrate(sealed, read_private_texts(texts), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_layers_are_sealed_and_come_back_with_the_annotated_text_alone(
    fenmoor: Path, texts: Path, tmp_path: Path
) -> None:
    text = (fenmoor / "texts" / f"{LAYERED}.txt").read_text("utf-8")
    layer = fenmoor / "annotators" / "a1" / f"{LAYERED}.json"
    noted = json.loads(layer.read_bytes())
    noted["quotes"][0]["note"] = "a remark"
    layer.write_text(json.dumps(noted))
    seal(fenmoor, LAYERED)
    sealed = json.loads(layer.read_bytes())
    assert b"a remark" not in layer.read_bytes()
    assert all(quote["derived"] for quote in sealed["quotes"])

    def copied(copy: str, out: Path) -> tuple[bool, bool]:
        """Whether the layer is in the folder, and in a dataset built from it."""
        (texts / "copy.txt").write_text(copy, "utf-8")
        hydrate(fenmoor, read_private_texts(texts), out)
        dataset, _ = build(out, out.with_name(f"{out.name}-dataset"))
        assert LAYERED in {article.id for article in read_articles(dataset)}
        files = (dataset / "annotations").glob("*.parquet")
        rows = [id for file in files for id in pq.read_table(file)["article_id"].to_pylist()]
        return (out / "annotators" / "a1" / f"{LAYERED}.json").exists(), LAYERED in rows

    assert copied(text, tmp_path / "same") == (True, True)
    assert copied(f"News.\n\n{text}", tmp_path / "other") == (False, False)
    assert layer.exists()


def test_a_text_is_known_as_it_is_stored_and_as_offsets_refer_to_it(tmp_path: Path) -> None:
    stored = "\ufeff date 2031-04-05 “Go.”\r\n\r\nShe went."
    (tmp_path / "a.txt").write_bytes(stored.encode())
    clean = " date 2031-04-05 “Go.”\n\nShe went."
    meant = "“Go.”\n\nShe went.\n"
    assert read_private_texts(tmp_path) == {text_hash(clean): clean, text_hash(meant): meant}


def test_control_characters_in_one_copy_leave_the_build_whole(
    sealed: Path, texts: Path, tmp_path: Path
) -> None:
    """With a word of another edition, so that the copy is found by its spans."""
    text = original(texts)
    (texts / f"{ID}.txt").write_text(f"Update:\x07 prices\tcorrected.\x85{text}", "utf-8")
    out, info = build(sealed, tmp_path / "built", texts=read_private_texts(texts))
    assert info.hydrated and "licensed" not in info.configs
    (article,) = [each for each in read_articles(out) if each.id == ID]
    assert article.text == f"Update: prices corrected.\n{text}"


def test_copies_that_cannot_be_read_are_named(sealed: Path, texts: Path) -> None:
    (texts / "latin.txt").write_bytes(b"caf\xe9")
    (texts / "other.txt").write_bytes(b"\xff")
    with pytest.raises(InputError) as caught:
        read_private_texts(texts)
    assert [issue.file for issue in caught.value.issues] == ["latin.txt", "other.txt"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("tokens", 0), ("tokens", 10**6), ("skip", 100), ("drop", 100), ("offset", 10**6)],
)
def test_a_damaged_fingerprint_finds_nothing(
    sealed: Path, texts: Path, field: str, value: int
) -> None:
    path = sealed / "fingerprints" / f"{ID}.json"
    prints = json.loads(path.read_bytes())
    for each in prints["fingerprints"]:
        for holder in [each, each.get("before") or {}, each.get("after") or {}]:
            if (field == "offset") == (holder is not each) and holder:
                holder[field] = value
    path.write_text(json.dumps(prints))
    (texts / f"{ID}.txt").write_text(original(texts) + "More.\n", "utf-8")
    (result,) = hydrate(sealed, read_private_texts(texts))
    assert [issue.code for issue in result.issues] == ["no-copy"]


@pytest.mark.slow
def test_random_edits_never_anchor_at_wrong_words() -> None:
    """Figures over more rounds stand in docs/RIGHTS.md; here one of each on every open article."""
    for kind, counted in tally(ROOT / "corpus", rounds=1).items():
        assert counted.wrong == 0, kind
        assert counted.found >= 0.8 * counted.spans, kind
        if kind in ("straight_marks", "curly_marks", "crlf", "other_spaces", "one_line_feed"):
            # a pull-out headline says words of the body again, and may not be told from them
            assert counted.found + counted.reasons["places"] == counted.spans, kind
            assert counted.reasons["places"] <= 0.001 * counted.spans, kind


def test_the_same_sentence_twice_is_told_apart_by_context_or_reported(
    fenmoor: Path, texts: Path, tmp_path: Path
) -> None:
    text = (fenmoor / "texts" / f"{OPEN}.txt").read_text("utf-8")
    before = words(fenmoor, text, OPEN)
    seal(fenmoor, OPEN)
    paragraphs = text.rstrip("\n").split("\n\n")
    copy = "\n\n".join([*paragraphs, max(paragraphs, key=len)]) + "\n"
    (texts / "copy.txt").write_text(copy, "utf-8")
    (result,) = [
        each
        for each in hydrate(fenmoor, read_private_texts(texts), tmp_path / "out")
        if each.article_id == OPEN
    ]
    found = words(tmp_path / "out", copy, OPEN)
    assert result.issues and all(found[id] == before[id] for id in found)
    assert len(found) < len(before)


@pytest.mark.slow
def test_killed_at_any_moment_hydration_leaves_the_old_folder_or_the_new_one(
    sealed: Path, texts: Path, tmp_path: Path
) -> None:
    def contents(folder: Path) -> dict[str, bytes]:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }

    private = read_private_texts(texts)
    out, new = tmp_path / "home" / "out", tmp_path / "new"
    hydrate(sealed, private, new)
    edited = (f"{text}\nOne line more.\n" for text in private.values())
    hydrate(sealed, {text_hash(text): text for text in edited}, out)
    old = contents(out)
    assert old and old != contents(new)
    stood = []
    for moment in killed_everywhere(
        "onrecord.hydration", "hydrate", out.parent, sealed, private, out
    ):
        aside = out.with_name(f".{out.name}.old")
        stood.append(contents(out if out.exists() else aside))
        assert stood[-1] in (old, contents(new)), moment
    assert len(stood) > 5
    assert contents(out) == contents(new)
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def run(*words: str | Path) -> tuple[int, str]:
    """Exit status and output of a verb."""
    from typer.testing import CliRunner

    from onrecord.cli import app

    done = CliRunner().invoke(app, [str(word) for word in words])
    return done.exit_code, done.output


def test_build_reports_what_a_copy_lacks(sealed: Path, texts: Path, tmp_path: Path) -> None:
    last = gold_of(sealed, ID).quotes[-1].content[0]
    text = original(texts)
    lacking = [part for part in text.split("\n\n") if text[last.start : last.end] not in part]
    (texts / f"{ID}.txt").write_text("\n\n".join(lacking), "utf-8")
    (expected,) = hydrate(sealed, read_private_texts(texts))
    assert expected.issues and 0 < expected.quotes < expected.of_quotes
    out = tmp_path / "built"
    status, output = run("build", sealed, "--texts", texts, "--out", out)
    assert status == 1 and [line for line in output.splitlines() if "not-anchored" in line] == [
        str(issue) for issue in expected.issues
    ]
    (article,) = [each for each in read_articles(out) if each.id == ID]
    assert len(article.quotes) == expected.quotes
    status, output = run("build", sealed, "--texts", texts, "--out", out, "--json")
    told = json.loads(output)
    assert status == 1 and told["folder"] == str(out)
    assert {issue["code"] for issue in told["issues"]} == {"not-anchored"}
    assert len(told["issues"]) == len(expected.issues)


@pytest.mark.parametrize("copy", [None, "", "Something else altogether.\n"])
def test_where_no_text_is_a_copy_no_hydrated_dataset_is_built(
    copy: str | None, sealed: Path, texts: Path, tmp_path: Path
) -> None:
    (texts / f"{ID}.txt").unlink()
    if copy is not None:
        (texts / "copy.txt").write_text(copy, "utf-8")
    status, output = run("build", sealed, "--texts", texts, "--out", tmp_path / "built")
    assert status == 1 and f"articles/{ID}.json: no-copy: " in output
    assert not (tmp_path / "built").exists()
    status, output = run("hydrate", sealed, "--texts", texts, "--out", tmp_path / "joined")
    assert status == 1 and f"{tmp_path / 'joined'}: nothing to write" in output
    assert not (tmp_path / "joined").exists()


@pytest.mark.parametrize("change", ["A word more.\n", None])
def test_validation_says_that_it_had_not_the_annotated_text(
    change: str | None, sealed: Path, texts: Path
) -> None:
    assert run("validate", sealed, "--texts", texts)[0] == 0
    copy = original(texts) + change if change else "Another.\n"
    (texts / f"{ID}.txt").write_text(copy, "utf-8")
    status, output = run("validate", sealed, "--texts", texts)
    assert status == 1 and output.count("fingerprint-unchecked: ") == 1, output
    assert run("validate", sealed)[0] == 0


def test_texts_that_no_article_needs_are_misuse(sealed: Path, texts: Path, tmp_path: Path) -> None:
    hydrate(sealed, read_private_texts(texts), tmp_path / "out")
    with pytest.raises(MisuseError, match="no article needs"):
        build(tmp_path / "out", tmp_path / "built", texts=read_private_texts(texts))
    assert not (tmp_path / "built").exists()


def test_what_cannot_be_read_among_the_texts_is_named_and_the_others_joined(
    sealed: Path, texts: Path, tmp_path: Path
) -> None:
    os.mkfifo(texts / "a.txt")
    with (texts / "b.txt").open("wb") as stream:
        stream.truncate(2**30)
    (texts / "c.txt").write_bytes(b"caf\xe9")
    (texts / "d.txt").mkdir()
    (texts / "e.txt").symlink_to("e.txt")
    named = {f"{letter}.txt" for letter in "abcde"}
    found = {}
    for verb, more in (
        ("hydrate", ["--out", tmp_path / "out"]),
        ("build", ["--out", tmp_path / "built"]),
        ("validate", []),
    ):
        status, output = run(verb, sealed, "--texts", texts, *more, "--json")
        found[verb] = json.loads(output)
        assert status == 1 and {issue["file"] for issue in found[verb]["issues"]} == named, output
    assert found["hydrate"]["articles"][0]["exact"] is True
    assert (tmp_path / "out" / "texts" / f"{ID}.txt").exists()
    assert ID in {article.id for article in read_articles(tmp_path / "built")}
    (sealed / "manifest.json").write_text("{")
    output = run("hydrate", sealed, "--texts", texts, "--json")[1]
    files = {issue["file"] for issue in json.loads(output)["issues"]}
    assert files == {*named, "manifest.json"}


def test_the_verb_says_what_was_found(sealed: Path, texts: Path, tmp_path: Path) -> None:
    status, output = run("hydrate", sealed, "--texts", texts)
    assert status == 0 and f"{ID}: the annotated text" in output
    found = json.loads(run("hydrate", sealed, "--texts", texts, "--json")[1])
    assert found["issues"] == [] and found["articles"][0]["exact"] is True
    assert found["articles"][0]["joined"] is True
    assert run("hydrate", sealed)[0] == 2
    status, output = run("seal", ID, "--corpus", sealed, "--texts", texts)
    assert status == 0 and output.startswith("sealed with your copy; ")
    assert run("seal", OPEN, "--corpus", sealed)[1].startswith(f"removed texts/{OPEN}.txt; ")
    found = json.loads(run("seal", ID, "--corpus", sealed, "--texts", texts, "--json")[1])
    assert found["fingerprints"] > 10 and found["issues"] == []
