"""Fields of other people's corpora that are broken, one at a time: each is named, nothing is lost.

What is left out of the quotes is named; what is named stays in `orig` and comes back to the byte.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from makers import MAKERS, NOVEL
from onrecord.converting.exporting import export_corpus
from onrecord.converting.importing import Converted, import_corpus
from onrecord.corpora import CORPORA
from onrecord.issues import InputError, MisuseError
from onrecord.validation import validate
from test_archives import contents

BASIL = "annotations/2031/0a1b_2_ann.json"
BASIL_SPAN = "/phrase-level-annotations/1"
SEESAW = "annotations/TRIPLET_007_DOCUMENT_0.json"
STORY = "meta/TRIPLET_007.json"
TRIPLE = "/sentence-level stances/0/0"
GERMAN = "data/train/7 - Angler klagt (2031-05-02).pretty.json"
PDNC = "data/ThePier/quotation_info.csv"


def at(pointer: str, value: object) -> Callable[[bytes], bytes]:
    """Sets what stands at a JSON pointer, in the makers' layout; `...` takes it away."""

    def edit(raw: bytes) -> bytes:
        data = json.loads(raw)
        *steps, last = (int(s) if s.isdecimal() else s for s in pointer.split("/")[1:])
        holder: Any = data
        for step in steps:
            holder = holder[step if isinstance(holder, list) else str(step)]
        if value is ...:
            del holder[last]
        elif isinstance(holder, list) and last == len(holder):
            holder.append(value)
        else:
            holder[last] = value
        return json.dumps(data, indent=4, ensure_ascii=False).replace("/", "\\/").encode()

    return edit


def instead(old: str, new: str) -> Callable[[bytes], bytes]:
    """Replaces the first of some words, which are there."""

    def edit(raw: bytes) -> bytes:
        assert old.encode() in raw
        return raw.replace(old.encode(), new.encode(), 1)

    return edit


def repeated(raw: bytes) -> bytes:
    """A German file with its first annotation a second time, at the end."""
    annotations = json.loads(raw)["annotations"]
    return at(f"/annotations/{len(annotations)}", annotations[0])(raw)


CASES: dict[str, tuple[str, str, Callable[[bytes], bytes], tuple[str, str], int]] = {
    # corpus, file, edit, code and pointer of the one finding, quotes lost
    "quote": ("basil", BASIL, at(f"{BASIL_SPAN}/quote", "maybe"), ("field", "/quote"), 1),
    "bias": ("basil", BASIL, at(f"{BASIL_SPAN}/bias", "zz"), ("field", "/bias"), 0),
    "aim": ("basil", BASIL, at(f"{BASIL_SPAN}/aim", "zz"), ("field", "/aim"), 0),
    "key": ("basil", BASIL, at(f"{BASIL_SPAN}/colour", "red"), ("field", "/colour"), 0),
    "top": ("basil", BASIL, at("/colour", "red"), ("field", "/colour"), 0),
    "blank": ("basil", BASIL, at(f"{BASIL_SPAN}/end", 1), ("words", "/txt"), 0),
    "title": ("seesaw", SEESAW, at("/title", 5), ("field", "/title"), 5),
    "nobody": ("seesaw", SEESAW, at(f"{TRIPLE}/annotators", []), ("field", "/annotators"), 0),
    "subject": ("seesaw", SEESAW, at(f"{TRIPLE}/subject", "Gull"), ("field", "/subject"), 0),
    "object": ("seesaw", SEESAW, at(f"{TRIPLE}/object", "Gull"), ("field", "/object"), 0),
    "extra": ("seesaw", SEESAW, at(f"{TRIPLE}/colour", "red"), ("field", "/colour"), 0),
    "extra-file": ("seesaw", SEESAW, at("/colour", "red"), ("field", "/colour"), 0),
    "extra-meta": ("seesaw", STORY, at("/colour", "red"), ("field", "/colour"), 0),
    "day": ("seesaw", STORY, at("/story_time", "some day"), ("field", "/story_time"), 0),
    "leaning": (
        "seesaw",
        STORY,
        at("/Meta info for article 0/bias_label", 9),
        ("field", "/bias_label"),
        0,
    ),
    "repeated": ("german-wikinews", GERMAN, repeated, ("field", "/annotations/6/id"), -1),
    "token": ("german-wikinews", GERMAN, at("/tokens/3", ...), ("words", "/tokens"), 0),
    "medium": (
        "german-wikinews",
        GERMAN,
        at("/annotations/0/medium", "zz"),
        ("field", "/medium"),
        0,
    ),
    "name": ("german-wikinews", GERMAN, at("/documentName", "x"), ("field", "/documentName"), 0),
    "german-key": (
        "german-wikinews",
        GERMAN,
        at("/annotations/0/quote/spans/0/colour", "red"),
        ("field", "/annotations/0/quote/spans/0/colour"),
        0,
    ),
    "german-top": ("german-wikinews", GERMAN, at("/colour", "red"), ("field", "/colour"), 0),
    "german-token": (
        "german-wikinews",
        GERMAN,
        at("/tokens/3/colour", "red"),
        ("field", "/tokens/3/colour"),
        0,
    ),
    "german-empty": (
        "german-wikinews",
        GERMAN,
        at("/annotations/2/quote", {"spans": [], "text": "", "tokenIds": []}),
        ("offsets", "/annotations/2/quote/spans"),
        1,
    ),
    "spans": (
        "pdnc",
        PDNC,
        instead(f"[[{NOVEL.index('Who asks?')}, {NOVEL.index('Who asks?') + 9}]]", "[]"),
        ("field", "/quoteByteSpans"),
        1,
    ),
    "type": ("pdnc", PDNC, instead('"Explicit"', '"Explizit"'), ("field", "/quoteType"), 0),
    "text": ("pdnc", PDNC, instead('"Who asks?"', '"Who knows?"'), ("words", "/quoteText"), 0),
    "id": ("pdnc", PDNC, instead('"Q1"', '"Q0"'), ("field", "/quoteID"), 0),
    "addressees": (
        "pdnc",
        PDNC,
        instead('"[]","nan"', '"{1:2}","nan"'),
        ("field", "/addressees"),
        0,
    ),
    "speaker": ("pdnc", PDNC, instead('"Harke","[]"', '"Gull","[]"'), ("field", "/speaker"), 0),
    "column": (
        "pdnc",
        "data/ThePier/character_info.csv",
        lambda raw: b"".join(line + b",x\n" for line in raw.splitlines()),
        ("field", "/x"),
        0,
    ),
}


def brought(name: str, tmp_path: Path, *edits: tuple[str, Callable[[bytes], bytes]]) -> Converted:
    """An invented corpus with edited files, imported into `out`."""
    source = MAKERS[name](tmp_path / name)
    for file, edit in edits:
        (source / file).write_bytes(edit((source / file).read_bytes()))
    return import_corpus(CORPORA[name], source, tmp_path / "out")


@pytest.mark.parametrize("case", CASES)
def test_a_broken_field_is_named_and_nothing_disappears(case: str, tmp_path: Path) -> None:
    name, file, edit, (code, pointer), lost = CASES[case]
    before = import_corpus(CORPORA[name], MAKERS[name](tmp_path / "sound"), tmp_path / "before")
    result = brought(name, tmp_path, (file, edit))
    known = {str(each) for each in before.issues}
    (issue,) = [each for each in result.issues if str(each) not in known]
    assert issue.code == f"convert-{code}" and issue.pointer.endswith(pointer), issue
    assert issue.file.partition(":")[0] == file
    assert before.quotes - result.quotes == lost
    assert validate(tmp_path / "out").issues == ()
    export_corpus(CORPORA[name], tmp_path / "out", tmp_path / "back")
    source, back = contents(tmp_path / name), contents(tmp_path / "back")
    if file in back:
        assert back[file] == source[file], "the makers' file comes back as it was"


def test_a_key_in_all_items_of_a_list_is_said_once(tmp_path: Path) -> None:
    def colour(raw: bytes) -> bytes:
        return raw.replace(b'"word": ', b'"colour": "red", "word": ')

    result = brought("german-wikinews", tmp_path, (GERMAN, colour))
    assert [each.pointer for each in result.issues if each.file == GERMAN] == ["/tokens/0/colour"]


# One cause is one finding


def test_another_corpus_is_misuse_in_one_line(tmp_path: Path) -> None:
    source = MAKERS["seesaw"](tmp_path / "seesaw")
    with pytest.raises(MisuseError, match=r"holds nothing of BASIL.*articles/TRIPLET") as caught:
        import_corpus(CORPORA["basil"], source, tmp_path / "out")
    assert "\n" not in str(caught.value) and not (tmp_path / "out").exists()


def test_a_corpus_cannot_be_written_as_another_and_that_is_said_once(tmp_path: Path) -> None:
    brought("polnear", tmp_path)
    with pytest.raises(InputError) as caught:
        export_corpus(CORPORA["basil"], tmp_path / "out", tmp_path / "back")
    (issue,) = caught.value.issues
    assert issue.code == "convert-article" and "was not imported from basil" in issue.message
    assert "2 articles" in issue.message


def test_a_truncated_novel_is_one_finding(tmp_path: Path) -> None:
    text = "data/ThePier/novel_text.txt"
    result = brought("pdnc", tmp_path, (text, lambda raw: raw[:40]))
    assert [(each.file, each.code) for each in result.issues] == [(text, "convert-offsets")]
    assert "spans in 3 records" in result.issues[0].message and result.kept == 3


def test_a_broken_table_is_one_finding(tmp_path: Path) -> None:
    """Cells that have gone from many records, or names of which there is no table."""
    rows = "".join(f'"Q{number}","too","few"\r\n' for number in range(3, 99))
    characters = "data/ThePier/character_info.csv"
    result = brought(
        "pdnc",
        tmp_path,
        (PDNC, lambda raw: raw + rows.encode()),
        (characters, lambda raw: raw + b"3,Gull\n4,Fox\n"),
    )
    assert [(each.file.partition(":")[0], each.code) for each in result.issues] == [
        (PDNC, "convert-syntax"),
        (characters, "convert-syntax"),
    ]
    assert "and so 95 more records have" in result.issues[0].message
    assert result.quotes == 3 and result.kept == 96


@pytest.mark.parametrize("field", ["Split", "story_time", "triplet_id"])
def test_what_is_wrong_with_a_story_is_said_once(field: str, tmp_path: Path) -> None:
    source = MAKERS["seesaw"](tmp_path / "seesaw")
    (source / STORY).write_bytes(at(f"/{field}", 5)((source / STORY).read_bytes()))
    with pytest.raises(InputError) as caught:
        import_corpus(CORPORA["seesaw"], source, tmp_path / "out")
    assert [(each.file, each.pointer) for each in caught.value.issues] == [(STORY, f"/{field}")]
