"""The licensed first article: gold without text here, checked against the private copy."""

from pathlib import Path

import pytest

from conftest import ROOT
from licensed_edits import straight_marks
from onrecord.json_input import decode
from onrecord.licensed.anchoring import find_all
from onrecord.licensed.fingerprints import Fingerprints
from onrecord.licensed.sealing import leaks
from onrecord.licensed.texts import private_text, read_private_texts
from onrecord.model import Article, Gold, Targets
from onrecord.text import mark_offsets, words_of
from onrecord.validation import validate

ID = "20250403-nato-foreign-ministers"


@pytest.fixture(scope="module")
def text(external: Path) -> str:
    texts = read_private_texts(external / "seeds")
    path = ROOT / "corpus" / "articles" / f"{ID}.json"
    return texts[decode(path.read_bytes(), Article, path.name).text_sha256]


@pytest.fixture(scope="module")
def gold() -> Gold:
    path = ROOT / "corpus" / "gold" / f"{ID}.json"
    return decode(path.read_bytes(), Gold, path.name)


def test_gold_is_sound_against_the_private_text(external: Path) -> None:
    assert validate(ROOT / "corpus", texts=read_private_texts(external / "seeds")).issues == ()


def test_a_wrong_offset_is_found_with_and_without_the_text(
    external: Path, gold: Gold, tmp_path: Path
) -> None:
    import shutil

    copy = shutil.copytree(ROOT / "corpus", tmp_path / "corpus")
    path = copy / "gold" / f"{ID}.json"
    first = gold.quotes[0].content[0]
    path.write_text(
        path.read_text().replace(f'"start": {first.start},', f'"start": {first.start + 1},', 1)
    )
    (found,) = validate(copy).issues
    assert found.code == "fingerprint-missing"
    assert f"{first.start + 1} to {first.end}" in found.message
    texts = read_private_texts(external / "seeds")
    codes = {issue.code for issue in validate(copy, texts=texts).issues}
    assert codes and codes != {found.code}


def test_every_mark_character_is_accounted_for(text: str, gold: Gold) -> None:
    ends = [end for mark in gold.marks for end in (mark.open, mark.close) if end is not None]
    assert sorted(ends) == mark_offsets(text)


def test_issues_are_the_fixed_ones(gold: Gold) -> None:
    """They were fixed before anybody annotated, so every layer has them, too."""
    path = ROOT / "corpus" / "targets.json"
    targets = {target.id: target for target in decode(path.read_bytes(), Targets, path.name)}
    assert {targets[id].text for id in gold.issues} == {
        "The United States should remain fully committed to Nato.",
        "European allies and Canada should spend more and bear greater responsibility for"
        " defending themselves.",
        "Fears that the United States is abandoning its Nato allies are justified.",
    }
    layers = sorted((ROOT / "corpus" / "annotators").glob(f"*/{ID}.json"))
    assert len(layers) == 2
    for layer in layers:
        assert decode(layer.read_bytes(), Gold, layer.name).issues == gold.issues


def test_no_run_of_seven_words_is_left_in_the_repository(text: str) -> None:
    assert list(leaks(text, _tracked())) == []


def test_the_gold_finds_its_words_in_a_copy_with_other_marks(external: Path, text: str) -> None:
    path = ROOT / "corpus" / "fingerprints" / f"{ID}.json"
    found = find_all(decode(path.read_bytes(), Fingerprints, path.name), straight_marks(text, None))
    assert found.share == 1
    assert all(old == new for old, new in found.places.items())


def _tracked() -> list[Path]:
    import subprocess

    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file() and path.stat().st_size < 3_000_000]


def test_leading_date_is_no_text() -> None:
    assert private_text(" date 2025-01-31 One two.\n\nThree") == "One two.\n\nThree\n"
    assert private_text("A date 2025-01-31 stays.\n") == "A date 2025-01-31 stays.\n"


def test_words_of_fragments() -> None:
    from onrecord.model import Fragment

    span = (Fragment(start=0, end=1), Fragment(start=4, end=5))
    assert words_of("a b c", span) == "a c"
